"""What both comparison scripts share: a seeded picture, border modes, fixtures, and photos through the program.

A case is (kernel as written on the command line, name of the peer, function of a float32 plane, options).
Option `image` names the synthetic picture, `margin` how many pixels of the frame are left out, `tolerance`
what may differ.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import cv2
import numpy as np
import scipy
import skimage

CV_BORDERS = {
    "zero": cv2.BORDER_CONSTANT,
    "replicate": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "symmetric": cv2.BORDER_REFLECT,
}
SCIPY_MODES = {
    "zero": "constant",
    "replicate": "nearest",
    "reflect": "mirror",
    "symmetric": "reflect",
    "circular": "wrap",
}
BORDERS = list(SCIPY_MODES) + ["valid"]


def with_border(border, radius, function):
    """`function(plane, cv2 border)` under any of our borders; OpenCV's filters have neither wrap nor valid."""

    def filtered(plane):
        if border == "circular":
            padded = np.pad(plane, radius, mode="wrap")
            return function(padded, cv2.BORDER_CONSTANT)[radius:-radius, radius:-radius]
        if border == "valid":
            return function(plane, cv2.BORDER_CONSTANT)[radius:-radius, radius:-radius]
        return function(plane, CV_BORDERS[border])

    return filtered


def synthetic(height, width, seed):
    """A disc, a bar, a slope and a little noise in 0...1, with four decimals so that JSON holds them exactly."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    plane = 0.25 + 0.3 * x / width
    plane[(y - 0.45 * height) ** 2 + (x - 0.35 * width) ** 2 < (0.3 * min(height, width)) ** 2] += 0.4
    plane[:, int(0.75 * width) : int(0.85 * width)] *= 0.4
    plane += random.uniform(-0.05, 0.05, plane.shape)
    return np.round(np.clip(plane, 0, 1), 4).astype(np.float32)


IMAGES = {"small": synthetic(13, 17, 1), "large": synthetic(40, 48, 2)}


def write_fixtures(path, cases):
    entries = []
    for kernel, peer, function, options in cases:
        image = options.get("image", "small")
        result = function(IMAGES[image])
        values = [float(f"{v:.7g}") for v in np.asarray(result, dtype=np.float64).ravel()]
        if all(v in (0, 1) for v in values):
            values = [int(v) for v in values]
        entries.append(
            {
                "kernel": kernel,
                "peer": peer,
                "image": image,
                "height": result.shape[0],
                "width": result.shape[1],
                "margin": options.get("margin", 0),
                "tolerance": options.get("tolerance", 5e-6),
                "values": values,
            }
        )
    versions = {"opencv": cv2.__version__, "scikit-image": skimage.__version__, "scipy": scipy.__version__}
    images = {
        name: {"height": i.shape[0], "width": i.shape[1], "values": [round(float(v), 4) for v in i.ravel()]}
        for name, i in IMAGES.items()
    }
    with open(path, "w") as file:
        file.write('{"versions": %s,\n"images": %s,\n"cases": [\n' % (json.dumps(versions), json.dumps(images)))
        file.write(",\n".join(json.dumps(entry) for entry in entries))
        file.write("\n]}\n")
    print(f"{len(entries)} cases written to {path}")


def difference(ours, theirs, margin):
    if margin:
        ours, theirs = (a[margin:-margin, margin:-margin] for a in (ours, theirs))
    return np.abs(ours.astype(np.float64) - theirs).max()


def compare_photos(featuremap, photos, cases):
    from PIL import Image

    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        picture, output = f"{folder}/photo.png", f"{folder}/out.npy"
        for photo in sorted(p for p in pathlib.Path(photos).iterdir() if p.suffix in (".png", ".jpg")):
            image = Image.open(photo).convert("RGB")
            image.thumbnail((800, 800))
            # A PNG without rotation or profile: only the filters are compared, not the decoders.
            Image.fromarray(np.asarray(image)).save(picture)
            planes = np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / np.float32(255)
            for kernel, peer, function, options in cases:
                subprocess.run([featuremap, "apply", kernel, picture, "-o", output], check=True)
                ours = np.load(output)
                ours = ours.reshape((-1,) + ours.shape[-2:])
                theirs = np.stack([function(np.ascontiguousarray(plane)) for plane in planes])
                margin = options.get("margin", 0)
                if options.get("binary"):
                    wrong = (ours != theirs)[:, 2:-2, 2:-2].mean()
                    # Equal neighbours (8-bit plateaus) are decided by the last bit.
                    state, text = wrong <= 1e-3, f"{100 * wrong:.4f} % of the pixels differ"
                else:
                    d = max(difference(a, b, margin) for a, b in zip(ours, theirs))
                    limit = max(options.get("tolerance", 5e-6), 1e-5 * max(1, np.abs(theirs).max()))
                    state, text = d <= limit, f"max difference {d:.2e}"
                bad += not state
                print(f"{'ok ' if state else 'BAD'} {photo.name:24} {kernel:48} {peer:32} {text}")
    return bad


def main(cases, fixtures):
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--featuremap", help="path of the program: compare on photos instead of writing fixtures")
    parser.add_argument("--photos", default="../shared/data/photos")
    arguments = parser.parse_args()
    if not arguments.featuremap:
        write_fixtures(fixtures, cases)
    elif compare_photos(arguments.featuremap, arguments.photos, cases):
        sys.exit(1)
