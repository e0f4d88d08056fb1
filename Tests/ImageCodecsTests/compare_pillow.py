#!/usr/bin/env python3
"""Decodes pictures with Pillow, upright, and writes their raw 8-bit samples for a comparison.

usage: compare_pillow.py FOLDER FILE...

For the n-th file, FOLDER/n.raw gets the samples [height, width, channels] and standard output a line
"width height channels". Palettes and CMYK become RGB.
"""
import sys

from PIL import Image, ImageOps

folder, *files = sys.argv[1:]
for number, name in enumerate(files):
    image = ImageOps.exif_transpose(Image.open(name))
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGB")
    with open(f"{folder}/{number}.raw", "wb") as out:
        out.write(image.tobytes())
    print(image.width, image.height, len(image.getbands()))
