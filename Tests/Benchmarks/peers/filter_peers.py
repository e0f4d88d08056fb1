"""Measures OpenCV's filters on RGB floats in memory: prints seconds for a picture as JSON.

    filter_peers.py sobel|7x7|5x5 HEIGHT WIDTH THREADS SECONDS
"""
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from timing import median, report, runs

BORDER = cv2.BORDER_REFLECT_101


def kernel7x7():
    """A kernel without zeros or symmetries, the same that the check gives featuremap."""
    return np.random.default_rng(7).uniform(0.004, 0.04, (7, 7)).astype(np.float32)


def whole(task, picture):
    """The picture at once; OpenCV deals with threads. Returns a function that gives the result."""
    result, kernel = np.empty_like(picture), kernel7x7()
    if task == "sobel":
        x, y = np.empty_like(picture), np.empty_like(picture)

        def run():
            cv2.Sobel(picture, cv2.CV_32F, 1, 0, dst=x, ksize=3, borderType=BORDER)
            cv2.Sobel(picture, cv2.CV_32F, 0, 1, dst=y, ksize=3, borderType=BORDER)
            cv2.magnitude(x.reshape(len(x), -1), y.reshape(len(y), -1), result.reshape(len(result), -1))
            return result

        return run
    if task == "7x7":
        return lambda: cv2.filter2D(picture, -1, kernel, dst=result, borderType=BORDER)
    return lambda: cv2.GaussianBlur(picture, (5, 5), 1, dst=result, sigmaY=1, borderType=BORDER)


def banded(task, picture, threads, rows=64):
    """Bands of rows that stay in the cache, dealt to threads; OpenCV works with one thread in each."""
    height, reach = len(picture), {"sobel": 1, "7x7": 3, "5x5": 2}[task]
    result, pool = np.empty_like(picture), ThreadPoolExecutor(threads)

    def band(start):
        end = min(start + rows, height)
        above, below = max(start - reach, 0), min(end + reach, height)
        part = whole(task, picture[above:below])()
        result[start:end] = part[start - above : end - above]

    def run():
        list(pool.map(band, range(0, height, rows)))
        return result

    return run


def variants(task, picture, threads):
    """Ways to say it in OpenCV, by name; `picture` is [height, width, 3]."""
    planes = [np.ascontiguousarray(picture[:, :, c]) for c in range(3)]
    by_plane = [whole(task, plane) for plane in planes]

    def all_planes():
        return [run() for run in by_plane]

    return {
        "interleaved": (whole(task, picture), threads),
        "by planes": (all_planes, threads),
        "in bands": (banded(task, picture, threads), 1),
    }


def main():
    task, height, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    threads, seconds = int(sys.argv[4]), float(sys.argv[5])
    picture = np.random.default_rng(24).random((height, width, 3), dtype=np.float32)
    times = {}
    for name, (run, cv_threads) in variants(task, picture, threads).items():
        cv2.setNumThreads(cv_threads)
        times[name] = median(runs(run, seconds / 3, warm_ups=1))
    best = min(times, key=times.get)
    report(times[best], best)


if __name__ == "__main__":
    main()
