#!/usr/bin/env python3
"""Writes Fixtures.swift: tiny JPEG files of rare kinds, with the pixels that Pillow decodes from them.

usage: make_fixtures.py > Fixtures.swift        (needs Pillow)

Kinds that Pillow does not write are made from related files whose coded blocks fit: a CMYK file whose
Adobe segment is changed to say YCCK, and a square picture whose sampling factors are exchanged.
"""
import base64
import io
import textwrap

from PIL import Image


def picture(mode, side):
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    data = bytearray()
    for y in range(side):
        for x in range(side):
            values = [x * 255 // side, y * 255 // side, (x + y) * 127 // side, (x * y) % 160]
            data += bytes(values[:channels])
    return Image.frombytes(mode, (side, side), bytes(data))


def jpeg(mode, side, **options):
    out = io.BytesIO()
    picture(mode, side).save(out, "JPEG", quality=92, **options)
    return bytearray(out.getvalue())


def with_adobe_transform(data, transform):
    data[data.index(b"Adobe") + 11] = transform
    return data


def with_luma_sampling(data, horizontal, vertical):
    for marker in (b"\xff\xc0", b"\xff\xc2"):
        at = data.find(marker)
        if at >= 0:
            data[at + 11] = horizontal << 4 | vertical
            return data
    raise ValueError("no frame header")


fixtures = {
    "grey": jpeg("L", 9),
    "rgb": jpeg("RGB", 9, keep_rgb=True),
    "progressive": jpeg("RGB", 9, progressive=True),
    "ratio444": jpeg("RGB", 16, subsampling="4:4:4"),
    "ratio422": jpeg("RGB", 16, subsampling="4:2:2"),
    "ratio420": jpeg("RGB", 16, subsampling="4:2:0"),
    "ratio440": with_luma_sampling(jpeg("RGB", 16, subsampling="4:2:2"), 1, 2),
    "ratio411": with_luma_sampling(jpeg("RGB", 32, subsampling="4:2:0"), 4, 1),
    "cmyk": with_adobe_transform(jpeg("CMYK", 8), 0),
    "ycck": with_adobe_transform(jpeg("CMYK", 8), 2),
    "restart": jpeg("RGB", 32, restart_marker_blocks=1),
}

print("// Made by make_fixtures.py with Pillow; do not edit.\n")
print("struct Fixture: Sendable {")
print("  let name: String\n  let width: Int\n  let channels: Int\n  let file: String\n  let pixels: String\n}\n")
print("let fixtures: [Fixture] = [")
for name, data in fixtures.items():
    image = Image.open(io.BytesIO(bytes(data)))
    image = image if image.mode == "L" else image.convert("RGB")
    print(f'  Fixture(\n    name: "{name}", width: {image.width}, channels: {len(image.getbands())},')
    for label, content in (("file", bytes(data)), ("pixels", image.tobytes())):
        lines = textwrap.wrap(base64.b64encode(content).decode(), 100)
        closing = ")," if label == "pixels" else ","
        print(f'    {label}: """')
        print("\n".join("      " + line for line in lines))
        print(f'      """{closing}')
print("]")
