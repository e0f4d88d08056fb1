"""Sobel's magnitude of a picture's colours with OpenCV, from file to file.

    sobel.py INPUT OUTPUT THREADS [PNG LEVEL]
"""
import sys

import cv2


def main():
    source, target, threads = sys.argv[1:4]
    cv2.setNumThreads(int(threads))
    picture = cv2.imread(source, cv2.IMREAD_COLOR)
    x = cv2.Sobel(picture, cv2.CV_32F, 1, 0, ksize=3)
    y = cv2.Sobel(picture, cv2.CV_32F, 0, 1, ksize=3)
    shape = x.shape
    length = cv2.magnitude(x.reshape(len(x), -1), y.reshape(len(y), -1))
    edges = cv2.convertScaleAbs(length).reshape(shape)
    options = [cv2.IMWRITE_JPEG_QUALITY, 90]
    if len(sys.argv) > 4:
        options = [cv2.IMWRITE_PNG_COMPRESSION, int(sys.argv[4])]
    if not cv2.imwrite(target, edges, options):
        sys.exit("cannot write " + target)


if __name__ == "__main__":
    main()
