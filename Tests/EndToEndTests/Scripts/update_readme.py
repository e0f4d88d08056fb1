#!/usr/bin/env python3
"""Runs the commands of README.md's console blocks and writes what they print beneath them.

    Tests/EndToEndTests/Scripts/update_readme.py .build/release

The argument is the folder of the built program. Look at the difference before committing it. The pictures of
Samples/Gallery are copied from the files that the commands write.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

package = pathlib.Path(__file__).resolve().parents[3]
readme = package / "README.md"
# Pictures of the README and the command outputs that they are.
gallery = {
    "garment-conv1.png": "garment-conv1.png",
    "edges.jpg": "edges.jpg",
    "conv1.png": "kernels/conv1.png",
    "sobel-x.png": "kernels/sobel-x.png",
    "scene-conv1.jpg": "native.jpg",
    "learned.png": "gradient.png",
    "overlay.png": "overlay.png",
    "sheet-conv1.png": "sheet-conv1.png",
    "sheet-garment.png": "garment-sheet.png",
    "sweater-coat-conv1.png": "sheets/sheet-conv1.png",
    "sweater-coat-conv2.png": "sheets/sheet-conv2.png",
    "histograms.png": "histograms/garment-conv1-histogram.png",
    "patches.png": "patches.png",
    "effective.png": "effective.png",
    "best.png": "best.png",
    "explain-sobel.png": "why-sobel.png",
    "difference.png": "difference.png",
    "field.png": "garment-conv2-field.png",
    "explain.png": "why.png",
}

with tempfile.TemporaryDirectory() as folder:
    shutil.copytree(package / "Samples", pathlib.Path(folder) / "Samples")
    environment = dict(os.environ, PATH=f"{pathlib.Path(sys.argv[1]).resolve()}:{os.environ['PATH']}")
    lines, inside, skipping = [], False, False
    for line in readme.read_text().split("\n"):
        if line.startswith("```"):
            inside, skipping = line == "```console", False
        if inside and line.startswith("$ "):
            result = subprocess.run(
                ["bash", "-c", line[2:]], cwd=folder, env=environment, capture_output=True, text=True)
            if result.returncode != 0:
                sys.exit(f"{line}\n{result.stderr}")
            lines.append(line)
            lines += result.stdout.rstrip("\n").split("\n") if result.stdout else []
            skipping = True
        elif not skipping:
            lines.append(line)
    readme.write_text("\n".join(lines))
    for name, source in gallery.items():
        path = pathlib.Path(folder) / source
        if path.exists():
            (package / "Samples" / "Gallery").mkdir(exist_ok=True)
            shutil.copy(path, package / "Samples" / "Gallery" / name)
