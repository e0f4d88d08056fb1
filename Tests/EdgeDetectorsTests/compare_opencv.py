#!/usr/bin/env python3
"""Compares the edge detectors with OpenCV, scikit-image and SciPy.

Without arguments: writes fixtures.json, which the tests read. With --featuremap PATH [--photos FOLDER]: runs the
program on photos and compares its results. Needs numpy, scipy, opencv-python-headless, scikit-image, pillow.
"""

import pathlib

import cv2
import numpy as np
from scipy import ndimage
from skimage import feature, filters

from comparison import BORDERS, SCIPY_MODES, main, with_border

F = cv2.CV_32F


def gradient(kind, output, border):
    def function(plane, cv_border):
        apply = (lambda dx, dy: cv2.Sobel(plane, F, dx, dy, ksize=3, borderType=cv_border)) if kind == "sobel" else (
            lambda dx, dy: cv2.Scharr(plane, F, dx, dy, borderType=cv_border)
        )
        gx, gy = apply(1, 0), apply(0, 1)
        return {"x": gx, "y": gy, "magnitude": np.hypot(gx, gy), "direction": np.arctan2(gy, gx)}[output]

    return with_border(border, 1, function)


def laplacian(border):
    return with_border(border, 1, lambda plane, b: cv2.Laplacian(plane, F, ksize=1, borderType=b))


def laplacian8(border):
    weights = np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]], np.float32)
    return with_border(border, 1, lambda plane, b: cv2.filter2D(plane, F, weights, borderType=b))


def difference(plane):
    weights = np.array([[1, -1]], np.float32)
    return cv2.filter2D(plane, F, weights, anchor=(0, 0), borderType=cv2.BORDER_REFLECT_101)


def gaussian_laplace(sigma, mode):
    # In double, and with the sum of the weights made zero, as ours are: away from the frame the excess is the
    # answer to a picture of ones.
    def function(plane):
        excess = ndimage.gaussian_laplace(np.ones((99, 99)), sigma)[49, 49]
        smooth = ndimage.gaussian_filter(plane.astype(np.float64), sigma, mode=mode)
        return ndimage.gaussian_laplace(plane.astype(np.float64), sigma, mode=mode) - excess * smooth

    return function


def canny(sigma, low, high, mode="reflect"):
    return lambda plane: feature.canny(
        plane, sigma=sigma, low_threshold=low, high_threshold=high, mode=mode
    ).astype(np.float32)


def cases():
    for border in BORDERS:
        yield f"sobel:output=x:border={border}", "cv2.Sobel", gradient("sobel", "x", border), {}
        yield f"sobel:output=magnitude:border={border}", "cv2.Sobel", gradient("sobel", "magnitude", border), {}
        yield f"laplacian:border={border}", "cv2.Laplacian(ksize=1)", laplacian(border), {}
    yield "sobel:output=y", "cv2.Sobel", gradient("sobel", "y", "reflect"), {}
    # At the frame a reflected gradient is 0 and its direction that of rounding errors.
    yield "sobel:output=direction", "arctan2 of cv2.Sobel", gradient("sobel", "direction", "reflect"), {
        "margin": 1, "tolerance": 2e-4}
    yield "scharr:output=x", "cv2.Scharr", gradient("scharr", "x", "reflect"), {"tolerance": 2e-5}
    yield "scharr", "cv2.Scharr", gradient("scharr", "magnitude", "reflect"), {"tolerance": 2e-5}
    yield "laplacian:neighbours=8", "cv2.filter2D", laplacian8("reflect"), {}
    yield "difference", "cv2.filter2D", difference, {}
    yield "sobel:scale=0.25:output=x:border=symmetric", "skimage.sobel_v", filters.sobel_v, {"margin": 1}
    for axis, name in (("x", "prewitt_v"), ("y", "prewitt_h")):
        yield f"prewitt:output={axis}:border=symmetric", f"3 skimage.{name}", (
            lambda plane, name=name: 3 * getattr(filters, name)(plane)), {"margin": 1}
    yield "prewitt:border=symmetric", "3 sqrt(2) skimage.prewitt", (
        lambda plane: 3 * np.sqrt(2) * filters.prewitt(plane)), {"margin": 1}
    yield "roberts:border=symmetric", "sqrt(2) skimage.roberts", (
        lambda plane: np.sqrt(2) * filters.roberts(plane)), {}
    for border, mode in SCIPY_MODES.items():
        yield f"difference-of-gaussians:sigma=0.8:ratio=1.5:border={border}", "skimage.difference_of_gaussians", (
            lambda plane, mode=mode: filters.difference_of_gaussians(plane, 0.8, 0.8 * 1.5, mode=mode)), {}
        yield f"laplacian-of-gaussian:sigma=1.2:border={border}", "scipy gaussian_laplace, zero sum", (
            gaussian_laplace(1.2, mode)), {"margin": 5 if border == "zero" else 0}
    yield "laplacian-of-gaussian:sigma=1:border=reflect", "scipy gaussian_laplace", (
        lambda plane: ndimage.gaussian_laplace(plane, 1, mode="mirror")), {"tolerance": 2e-4}
    large = {"image": "large", "binary": True}
    for sigma, low, high in ((1, 0.1, 0.2), (1, 0.3, 0.9), (2, 0.1, 0.4), (0, 0.5, 1.5)):
        yield f"canny:sigma={sigma}:low={low}:high={high}:border=symmetric", "skimage.canny", (
            canny(sigma, low, high)), large
    for border in ("reflect", "replicate", "circular"):
        yield f"canny:sigma=1.5:low=0.2:high=0.5:border={border}", "skimage.canny", (
            canny(1.5, 0.2, 0.5, SCIPY_MODES[border])), large | {"margin": 2}


if __name__ == "__main__":
    main(list(cases()), pathlib.Path(__file__).with_name("fixtures.json"))
