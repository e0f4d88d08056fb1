"""Checks that peers and featuremap compute the same before anything is timed; ends with an error where not.

    check.py FEATUREMAP WEIGHTS ONNX GARMENTS FOLDER
"""
import json
import os
import subprocess
import sys

import numpy as np

TASKS = {"sobel": "sobel", "5x5": "gaussian:sigma=1:size=5"}


def difference(name, mine, theirs, allowed):
    largest = float(np.abs(np.asarray(mine, np.float64) - np.asarray(theirs, np.float64)).max())
    print(f"{name}: largest difference {largest:.2g}", file=sys.stderr)
    if not largest <= allowed:
        sys.exit(f"{name}: results differ by {largest}, at most {allowed} is expected")


def check_filters(featuremap, folder):
    import cv2

    import filter_peers

    picture = np.random.default_rng(1).integers(0, 256, (150, 210, 3), dtype=np.uint8)
    file, output = os.path.join(folder, "check.png"), os.path.join(folder, "check.npy")
    cv2.imwrite(file, picture[:, :, ::-1])
    floats = picture.astype(np.float32) / 255
    rows = " ".join(",".join(f"{value:.9g}" for value in row) for row in filter_peers.kernel7x7())
    for task, chain in {**TASKS, "7x7": "7x7: " + rows}.items():
        subprocess.run([featuremap, "apply", chain, file, "-o", output], check=True, stdout=subprocess.DEVNULL)
        planes = np.load(output).reshape(3, 150, 210)
        for name, (run, threads) in filter_peers.variants(task, floats, 2).items():
            cv2.setNumThreads(threads)
            result = run()
            result = np.stack(result) if isinstance(result, list) else result.transpose(2, 0, 1)
            difference(f"OpenCV {task} {name}", planes, result, 3e-5)


def check_network(featuremap, weights, onnx, garments):
    import network_peers
    from PIL import Image

    files = [os.path.join(garments, name) for name in sorted(os.listdir(garments))[:64]]
    lines = subprocess.run(
        [featuremap, "classify", "--format", "jsonl", "--top", "10", *files], check=True, capture_output=True,
        text=True).stdout.splitlines()
    answers = [{a["index"]: a["probability"] for a in json.loads(line)["top"]} for line in lines]
    mine = np.array([[answer[i] for i in range(10)] for answer in answers])
    pixels = np.stack([np.asarray(Image.open(file)) for file in files])[:, None]
    pixels = pixels.astype(np.float32) / 255
    for peer in ("torch", "onnx", "opencv"):
        try:
            model = network_peers.forward(peer, weights, onnx, 2)
            logits = np.asarray(model(model.ready(pixels)), np.float64)
        except Exception as error:
            # What is missing here is missing in its rows, too.
            print(f"{peer}: not checked, {error}", file=sys.stderr)
            continue
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        difference(f"LeNet, {peer}", mine, powers / powers.sum(axis=1, keepdims=True), 2e-5)


def main():
    try:
        check_filters(sys.argv[1], sys.argv[5])
    except ImportError as error:
        print(f"filters: not checked, {error}", file=sys.stderr)
    check_network(*sys.argv[1:5])


if __name__ == "__main__":
    main()
