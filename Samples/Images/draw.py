"""Draws every file of Samples/Images, Samples/Arrays and Samples/Kernels/gabor.safetensors, always the same ones.

Needs numpy and Pillow: `python3 draw.py` for all (the scene takes some minutes), `python3 draw.py small` for all but the scene.
"""

import json
import math
import os
import struct
import sys

import numpy as np
from PIL import Image

import draw_garments
import draw_scene

IMAGES = os.path.dirname(os.path.abspath(__file__))
KERNELS = os.path.join(os.path.dirname(IMAGES), "Kernels")
ARRAYS = os.path.join(os.path.dirname(IMAGES), "Arrays")


def draw_edge(path):
    """Ones, but zeros in columns 2 to 5: the picture with which the chapter on convolution begins."""
    picture = np.full((6, 8), 255, np.uint8)
    picture[:, 2:6] = 0
    Image.fromarray(picture).save(path)


def save_edge_arrays():
    """The same picture as numbers, and what the kernel [1, -1] makes of it: the chapter learns it from these."""
    before = np.ones((6, 8), "<f4")
    before[:, 2:6] = 0
    np.save(os.path.join(ARRAYS, "edge.npy"), before)
    np.save(os.path.join(ARRAYS, "edge-difference.npy"), before[:, :-1] - before[:, 1:])


def gabor_bank(count=8, size=9, wavelength=5.0, sigma=2.1, aspect=0.7):
    """Stripes under a bell, turned step by step; each sums to 0, and its sizes sum to 1."""
    r = size // 2
    y, x = np.mgrid[-r : r + 1, -r : r + 1].astype(float)
    bank = []
    for k in range(count):
        a = math.pi * k / count
        along, across = x * math.cos(a) + y * math.sin(a), -x * math.sin(a) + y * math.cos(a)
        bell = np.exp(-(along**2 + (aspect * across) ** 2) / (2 * sigma**2))
        kernel = bell * np.cos(2 * math.pi * along / wavelength)
        kernel -= bell * kernel.sum() / bell.sum()
        bank.append(kernel / np.abs(kernel).sum())
    return np.array(bank, "<f4")[:, None]


def save_safetensors(path, name, array):
    """A length, a JSON header, the values: https://github.com/huggingface/safetensors."""
    entry = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [0, array.nbytes]}
    header = json.dumps({name: entry}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + array.tobytes())


def main(small):
    def at(name):
        return os.path.join(IMAGES, name)

    draw_edge(at("edge.png"))
    save_edge_arrays()
    draw_garments.small(draw_garments.boot, 3).save(at("garment.png"))
    draw_garments.small(draw_garments.pullover, 4).save(at("pullover.png"))
    draw_garments.small(draw_garments.coat, 5).save(at("coat.png"))
    draw_garments.shoe().save(at("shoe.jpg"), quality=92)
    save_safetensors(os.path.join(KERNELS, "gabor.safetensors"), "gabor.weight", gabor_bank())
    if not small:
        draw_scene.render().save(at("scene.jpg"), quality=90)


if __name__ == "__main__":
    main(small="small" in sys.argv[1:])
