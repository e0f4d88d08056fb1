"""Draws conv1's six maps of a 28x28 PNG into a PNG, blue for negative and red for positive.

    conv1_maps.py PICTURE MODEL OUTPUT torch|onnx
"""
import os
import sys

import numpy as np
from PIL import Image


def maps_by_torch(pixels, path):
    import torch

    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    import lenet

    arrays = lenet.weights(path)
    weight, bias = (torch.from_numpy(arrays["conv1." + name]) for name in ("weight", "bias"))
    return torch.nn.functional.conv2d(torch.from_numpy(pixels), weight, bias, padding=2).numpy()[0]


def maps_by_onnx(pixels, path):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["conv1"], {"input": pixels})[0][0]


def main():
    picture, model, output, peer = sys.argv[1:5]
    pixels = np.asarray(Image.open(picture).convert("L"), np.float32)[None, None] / 255
    maps = (maps_by_torch if peer == "torch" else maps_by_onnx)(pixels, model)
    share = maps / np.abs(maps).max()
    color = np.stack([1 + np.minimum(share, 0), 1 - np.abs(share), 1 - np.maximum(share, 0)], axis=-1)
    tiles = np.kron((255 * color).astype(np.uint8), np.ones((1, 4, 4, 1), np.uint8))
    tiles = np.pad(tiles, ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=255)
    grid = np.concatenate([np.concatenate(tiles[row : row + 3], axis=1) for row in (0, 3)])
    Image.fromarray(grid).save(output)


if __name__ == "__main__":
    main()
