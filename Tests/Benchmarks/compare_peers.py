#!/usr/bin/env python3
"""Measures featuremap and its peers side by side, in turn, on this machine, and prints a table.

    swift build -c release
    python3 Tests/Benchmarks/compare_peers.py --featuremap .build/release/featuremap

The first run makes a virtual environment and installs PyTorch, ONNX Runtime, OpenCV and Pillow into it. A peer that
is missing is reported in its row. README.md beside this file says what is compared.
"""
import argparse
import os
import subprocess
import sys
import tempfile

# Nothing is left in the project's folders.
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers"))

from contenders import Context, all_rows
from table import as_markdown, as_text

PACKAGES = ["numpy", "pillow", "opencv-python-headless", "onnx", "onnxruntime"]
TORCH = ["torch", "--index-url", "https://download.pytorch.org/whl/cpu"]


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    parser.add_argument("--featuremap", default=os.path.join(root, ".build/release/featuremap"))
    parser.add_argument("--weights", default=os.path.join(root, "Plugins/LeNet/Weights/lenet.safetensors"))
    cache = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))
    parser.add_argument("--venv", default=os.path.join(cache, "featuremap-peers"), help="virtual environment")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender gets its turn")
    parser.add_argument("--only", help="rows, with commas between")
    parser.add_argument("--quick", action="store_true", help="whether it works, not how fast it is")
    parser.add_argument("--markdown", action="store_true", help="a table for a document")
    return parser.parse_args()


def python_of(venv):
    """The environment's Python, made and filled where it is not there yet."""
    python = os.path.join(venv, "bin", "python")
    if not os.path.exists(python):
        print(f"installing peers into {venv}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        if subprocess.run([python, "-m", "pip", "install", "-q", *TORCH]).returncode:
            # The general index has PyTorch too, larger.
            if subprocess.run([python, "-m", "pip", "install", "-q", "torch"]).returncode:
                print("PyTorch cannot be installed; its rows stay empty", file=sys.stderr)
    return python


def measure(rows, rounds):
    """All contenders of a row in turn, the first one changing, for each round."""
    for row in rows:
        for number in range(rounds):
            turn = number % len(row.contenders)
            for contender in row.contenders[turn:] + row.contenders[:turn]:
                print(f"{row.name}: {contender.name}, {number + 1} of {rounds}", file=sys.stderr)
                contender.measure()
        # All rows take long: what is ready is shown.
        print(as_text([row]), file=sys.stderr)


def main():
    chosen = options()
    with tempfile.TemporaryDirectory(prefix="featuremap-peers-") as folder:
        context = Context(
            os.path.abspath(chosen.featuremap), python_of(chosen.venv), os.path.abspath(chosen.weights), folder,
            chosen.threads, chosen.quick)
        context.prepare()
        names = chosen.only.split(",") if chosen.only else None
        rows = [row for row in all_rows(context) if not names or row.name in names]
        measure(rows, 1 if chosen.quick else chosen.rounds)
        print(context.machine())
        print()
        print(as_markdown(rows) if chosen.markdown else as_text(rows))


if __name__ == "__main__":
    main()
