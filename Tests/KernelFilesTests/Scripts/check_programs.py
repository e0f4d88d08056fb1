#!/usr/bin/env python3
"""Kernels that `featuremap kernels --format` writes, computed by vips, ImageMagick and G'MIC and compared.

    check_programs.py FEATUREMAP          (the built program)

Needs numpy, and of the three programs those that are there: vips (libvips-tools), convert (imagemagick), gmic.
All three continue the picture's edge, so featuremap does with border=replicate. Exits with 1 for a difference.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy

KERNELS = [
    "sobel-x",
    "gaussian:sigma=1.4",
    "laplacian",
    "box:size=4",
    "1,2,3;4,5,6",
    "2x2: 1,2 3,4",
    "4x3+0+2: 1,2,3,4 5,6,7,8 9,10,11,12",
    "1x4: 1,2,3,4",
]


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def read_pfm(path):
    data = path.read_bytes()
    kind, size, scale, values = data.split(b"\n", 3)
    width, height = map(int, size.split())
    order = "<" if float(scale) < 0 else ">"
    return numpy.frombuffer(values, order + "f4").reshape(height, width)[::-1].astype(float)


def by_vips(folder, picture, kernel):
    run("vips", "conv", picture, folder / "v.csv", kernel, "--precision", "float")
    return numpy.loadtxt(folder / "v.csv", delimiter="\t", ndmin=2) / 255


def by_imagemagick(folder, picture, kernel):
    # A float format in quantum steps, so that negative values stay.
    binary = "/usr/bin/convert" if Path("/usr/bin/convert").exists() else "convert"
    version = run(binary, "-version")
    text = kernel.read_text().replace("\n", " ").strip()
    run(binary, picture, "-define", "quantum:format=floating-point", "-depth", "32", "-morphology",
        "Correlate", text, folder / "i.pfm")
    values = read_pfm(folder / "i.pfm")
    # Without HDRI, values outside of 0...1 are cut.
    return values if "HDRI" in version else ("cut", values)


def by_gmic(folder, picture, kernel):
    run("gmic", "-v", "-", picture, kernel.read_text().strip(), "correlate[0]", "[1]", "o[0]",
        folder / "g.csv")
    return numpy.loadtxt(folder / "g.csv", delimiter=",", ndmin=2) / 255


def main():
    program = Path(sys.argv[1]).resolve()
    tools = [
        ("vips", "vips", by_vips), ("imagemagick", "convert", by_imagemagick), ("gmic", "gmic", by_gmic),
    ]
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generator = numpy.random.default_rng(1)
        pixels = generator.integers(0, 256, (17, 23))
        picture = folder / "p.pgm"
        picture.write_text("P2\n23 17\n255\n" + "\n".join(" ".join(map(str, row)) for row in pixels) + "\n")
        # featuremap reads no PGM.
        run("convert", picture, folder / "p.png")
        for spec in KERNELS:
            run(program, "apply", spec, folder / "p.png", "--border", "replicate", "-o", folder / "e.npy")
            expected = numpy.load(folder / "e.npy")[0].astype(float)
            for format, command, compute in tools:
                if shutil.which(command) is None:
                    continue
                kernel = folder / ("k.mat" if format == "vips" else "k.txt")
                kernel.write_text(run(program, "kernels", spec, "--format", format))
                found = compute(folder, picture, kernel)
                if isinstance(found, tuple):
                    found, wanted = found[1], numpy.clip(expected, 0, 1)
                else:
                    wanted = expected
                error = numpy.abs(found - wanted).max()
                limit = 2e-5 * max(1, numpy.abs(wanted).max())
                failed |= not error <= limit
                print(f"{spec:40} {format:12} largest difference {error:.2e}{'' if error <= limit else '  WRONG'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
