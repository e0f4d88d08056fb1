"""Measures LeNet in PyTorch, ONNX Runtime or OpenCV: prints seconds for one example as JSON.

    network_peers.py train|infer|image PEER WEIGHTS ONNX THREADS SECONDS
"""
import sys

import numpy as np

import lenet
from timing import median, report, runs


def pictures(count):
    return np.random.default_rng(28).random((count, 1, 28, 28), dtype=np.float32)


def train(peer, weights, batch, seconds):
    """Forward, backward and step on batches that are ready in memory."""
    import torch

    model = lenet.torch_model(weights)
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    batches = torch.from_numpy(pictures(8 * batch)).split(batch)
    labels = torch.arange(8 * batch).remainder(10).split(batch)

    def loss(x, y):
        return loss_of(model(x), y)

    loss = torch.compile(loss) if "compile" in peer else loss

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss(x, y).backward()
        optimizer.step()

    def all_steps():
        for x, y in zip(batches, labels):
            step(x, y)

    report(median(runs(all_steps, seconds)) / (8 * batch))


def best_batch(forward, count, seconds):
    """Reports the batch size with which all pictures are done first."""
    sizes = [size for size in (16, 64, 256, 1000, 2500, 10000) if size <= count]
    x = pictures(count)
    times = {}
    for size in sizes:
        batches = [forward.ready(x[start : start + size]) for start in range(0, count, size)]

        def all_batches():
            for batch in batches:
                forward(batch)

        times[size] = median(runs(all_batches, seconds / len(sizes), warm_ups=2))
    size = min(times, key=times.get)
    report(times[size] / count, f"batch {size:,}")


class TorchForward:
    def __init__(self, peer, weights):
        import torch

        torch.set_grad_enabled(False)
        model = lenet.torch_model(weights).eval()
        self.ready = torch.from_numpy
        self.run = torch.compile(model, dynamic=False) if "compile" in peer else model
        torch._dynamo.config.cache_size_limit = 64

    def __call__(self, x):
        return self.run(x)


class OnnxForward:
    def __init__(self, onnx, threads):
        self.session = lenet.session(onnx, threads)

    def ready(self, x):
        return np.ascontiguousarray(x)

    def __call__(self, x):
        return self.session.run(["fc3"], {"input": x})[0]


class OpenCVForward(OnnxForward):
    def __init__(self, onnx):
        import cv2

        self.net = cv2.dnn.readNetFromONNX(onnx)

    def __call__(self, x):
        self.net.setInput(x)
        return self.net.forward()


def forward(peer, weights, onnx, threads):
    if peer.startswith("torch"):
        return TorchForward(peer, weights)
    return OpenCVForward(onnx) if peer == "opencv" else OnnxForward(onnx, threads)


def image(model, seconds):
    """One picture at a time."""
    x = model.ready(pictures(1))
    report(median(runs(lambda: model(x), seconds, warm_ups=200)))


def main():
    task, peer, weights, onnx = sys.argv[1:5]
    threads, count, seconds = int(sys.argv[5]), int(sys.argv[6]), float(sys.argv[7])
    if peer.startswith("torch"):
        import torch

        torch.set_num_threads(threads)
    if task == "train":
        return train(peer, weights, count, seconds)
    model = forward(peer, weights, onnx, threads)
    if task == "infer":
        return best_batch(model, count, seconds)
    image(model, seconds)


if __name__ == "__main__":
    main()
