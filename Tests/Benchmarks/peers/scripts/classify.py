"""Classifies all pictures of a folder with Pillow (or OpenCV) and ONNX Runtime, as fast as Python can: one process
for each core, each with its share of the files, read and then classified as one batch.

    classify.py FOLDER ONNX PROCESSES pillow|opencv
"""
import multiprocessing
import os
import sys

LABELS = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def classify(job):
    files, onnx, reader = job
    # Imported here, so that all processes import at the same time.
    import numpy as np
    import onnxruntime

    pixels = np.empty((len(files), 1, 28, 28), np.float32)
    if reader == "pillow":
        from PIL import Image

        for index, file in enumerate(files):
            with Image.open(file) as image:
                pixels[index, 0] = np.asarray(image)
    else:
        import cv2

        cv2.setNumThreads(1)
        for index, file in enumerate(files):
            pixels[index, 0] = cv2.imread(file, cv2.IMREAD_GRAYSCALE)
    pixels /= 255
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    logits = np.concatenate([
        session.run(["fc3"], {"input": pixels[start : start + 256]})[0] for start in range(0, len(files), 256)
    ])
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    best = np.argsort(-shares, axis=1)[:, :3]
    lines = []
    for file, row, share in zip(files, best.tolist(), shares.tolist()):
        lines.append(f"{file}: " + ", ".join(f"{LABELS[i]} {100 * share[i]:.1f} %" for i in row))
    return "\n".join(lines)


def main():
    folder, onnx, processes, reader = sys.argv[1:5]
    count = int(processes)
    files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    size = -(-len(files) // count)
    jobs = [(files[start : start + size], onnx, reader) for start in range(0, len(files), size)]
    with multiprocessing.get_context("fork").Pool(count) as pool:
        print("\n".join(pool.map(classify, jobs, chunksize=1)))


if __name__ == "__main__":
    main()
