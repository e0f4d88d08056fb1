#!/usr/bin/env python3
"""Compares the smoothing filters with OpenCV, scikit-image and SciPy.

Without arguments: writes fixtures.json, which the tests read. With --featuremap PATH [--photos FOLDER]: runs the
program on photos and compares its results. Needs numpy, scipy, opencv-python-headless, scikit-image, pillow.
"""

import pathlib
import sys

import cv2
import numpy as np
from scipy import ndimage
from skimage import filters

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "EdgeDetectorsTests"))
from comparison import BORDERS, SCIPY_MODES, main, with_border  # noqa: E402


def weights(*rows):
    kernel = np.array(rows, np.float32)
    return lambda plane: cv2.filter2D(plane, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101)


def gaussian(size, sigma, border):
    return with_border(border, size // 2, lambda plane, b: cv2.GaussianBlur(plane, (size, size), sigma, borderType=b))


def cases():
    for border in BORDERS:
        yield f"gaussian:sigma=1.2:size=5:border={border}", "cv2.GaussianBlur", gaussian(5, 1.2, border), {}
        yield f"box:size=3:border={border}", "cv2.blur", with_border(
            border, 1, lambda plane, b: cv2.blur(plane, (3, 3), borderType=b)), {}
    for border, mode in SCIPY_MODES.items():
        yield f"gaussian:sigma=1.3:border={border}", "scipy gaussian_filter", (
            lambda plane, mode=mode: ndimage.gaussian_filter(plane, 1.3, mode=mode)), {}
        for size in (3, 5, 9):
            yield f"median:size={size}:border={border}", "scipy median_filter", (
                lambda plane, size=size, mode=mode: ndimage.median_filter(plane, size, mode=mode)), {
                    "tolerance": 1e-7}
    for size in (3, 5):
        yield f"median:size={size}:border=replicate", "cv2.medianBlur", (
            lambda plane, size=size: cv2.medianBlur(plane, size)), {"tolerance": 1e-7}
    yield "box:size=4:border=valid", "scipy uniform_filter, moved", (
        lambda plane: ndimage.uniform_filter(plane, 4)[2:-1, 2:-1]), {}
    yield "gaussian:sigma=1:truncate=2", "scipy gaussian_filter", (
        lambda plane: ndimage.gaussian_filter(plane, 1, truncate=2, mode="mirror")), {}
    yield "sharpen:amount=0.7", "cv2.filter2D", weights((0, -0.7, 0), (-0.7, 3.8, -0.7), (0, -0.7, 0)), {}
    yield "emboss", "cv2.filter2D", weights((-2, -1, 0), (-1, 1, 1), (0, 1, 2)), {}
    yield "unsharp:sigma=1.1:amount=1.5:border=symmetric", "skimage.unsharp_mask", (
        lambda plane: filters.unsharp_mask(plane, 1.1, 1.5, preserve_range=True)), {}
    yield "identity", "the picture", lambda plane: plane, {"tolerance": 1e-7}


if __name__ == "__main__":
    main(list(cases()), pathlib.Path(__file__).with_name("fixtures.json"))
