"""Writes Fixtures/pytorch.json and Fixtures/numpy_pad.json: what PyTorch, SciPy and NumPy answer.

Run it with a Python that has torch, scipy and numpy:  python make_pytorch_fixtures.py
Everything is computed in float64 from inputs with few decimals, so that the files stay small and exact.
"""

import json
import os

import numpy
import torch
import torch.nn.functional as F
from scipy.signal import convolve2d

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures")
generator = torch.Generator().manual_seed(2024)


def random(*shape):
    values = torch.rand(*shape, generator=generator, dtype=torch.float64) * 4 - 2
    return torch.round(values * 100) / 100


def array(tensor):
    """A tensor as {shape, values}: shape is always four sizes."""
    shape = list(tensor.shape)
    shape += [1] * (4 - len(shape)) if len(shape) > 1 else []
    return {"shape": shape, "values": [float(f"{v:.10g}") for v in tensor.detach().flatten().tolist()]}


def numbers(tensor):
    return [float(f"{v:.10g}") for v in tensor.detach().flatten().tolist()]


def correlation(n, cin, size, cout, kernel, stride=(1, 1), edges=(0, 0, 0, 0), dilation=(1, 1), groups=1):
    """edges: top, bottom, left, right."""
    top, bottom, left, right = edges
    x = random(n, cin, *size).requires_grad_()
    w = random(cout, cin // groups, *kernel).requires_grad_()
    b = random(cout).requires_grad_()
    y = F.conv2d(F.pad(x, (left, right, top, bottom)), w, b, stride=stride, dilation=dilation, groups=groups)
    dy = random(*y.shape)
    y.backward(dy)
    return {
        "stride": list(stride), "edges": list(edges), "dilation": list(dilation), "groups": groups,
        "input": array(x), "weight": array(w), "bias": numbers(b), "output": array(y),
        "outputGradient": array(dy), "inputGradient": array(x.grad), "weightGradient": array(w.grad),
        "biasGradient": numbers(b.grad),
    }


def true_convolution(size, kernel):
    x, w = random(1, 1, *size), random(1, 1, *kernel)
    y = torch.from_numpy(convolve2d(x[0, 0].numpy(), w[0, 0].numpy(), mode="valid"))[None, None]
    return {"input": array(x), "weight": array(w), "output": array(y)}


def pooling(kind, size, kernel, stride, padding, ceil, include=True):
    x = random(2, 2, *size).requires_grad_()
    if kind == "max":
        y = F.max_pool2d(x, kernel, stride, padding, ceil_mode=ceil)
    else:
        y = F.avg_pool2d(x, kernel, stride, padding, ceil_mode=ceil, count_include_pad=include)
    dy = random(*y.shape)
    y.backward(dy)
    return {
        "kind": kind, "kernel": list(kernel), "stride": list(stride), "padding": list(padding),
        "ceilMode": ceil, "countIncludePad": include, "input": array(x), "output": array(y),
        "outputGradient": array(dy), "inputGradient": array(x.grad),
    }


def linear(n, inputs, outputs):
    x = random(n, inputs).requires_grad_()
    w = random(outputs, inputs).requires_grad_()
    b = random(outputs).requires_grad_()
    y = F.linear(x, w, b)
    dy = random(*y.shape)
    y.backward(dy)
    return {
        "input": array(x), "weight": array(w), "bias": numbers(b), "output": array(y),
        "outputGradient": array(dy), "inputGradient": array(x.grad), "weightGradient": array(w.grad),
        "biasGradient": numbers(b.grad),
    }


def elementwise(name, function, *shape, scale=3):
    x = (random(*shape) * scale).detach().requires_grad_()
    y = function(x)
    dy = random(*y.shape)
    y.backward(dy)
    return {"name": name, "input": array(x), "output": array(y), "outputGradient": array(dy),
            "inputGradient": array(x.grad)}


def cross_entropy(n, classes, scale):
    x = (random(n, classes) * scale).detach().requires_grad_()
    labels = torch.randint(0, classes, (n,), generator=generator)
    loss = F.cross_entropy(x, labels)
    loss.backward()
    return {"logits": array(x), "labels": labels.tolist(), "loss": loss.item(),
            "gradient": array(x.grad), "correct": int((x.argmax(1) == labels).sum())}


def pytorch():
    correlations = [
        correlation(2, 3, (5, 6), 4, (3, 3)),
        correlation(1, 2, (6, 5), 3, (3, 3), edges=(1, 1, 1, 1)),
        correlation(2, 2, (7, 6), 2, (5, 3), edges=(2, 2, 1, 1)),
        correlation(1, 2, (8, 8), 2, (3, 3), stride=(2, 2), edges=(1, 1, 1, 1)),
        correlation(2, 1, (8, 7), 3, (3, 2), stride=(3, 2)),
        correlation(1, 2, (6, 7), 2, (2, 4), edges=(0, 1, 1, 2)),
        correlation(1, 1, (5, 5), 1, (3, 3), edges=(2, 0, 0, 3), stride=(2, 1)),
        correlation(1, 2, (9, 8), 2, (3, 3), dilation=(2, 2)),
        correlation(1, 2, (8, 9), 3, (2, 3), dilation=(3, 2), edges=(1, 2, 0, 2), stride=(2, 3)),
        correlation(2, 4, (5, 5), 4, (3, 3), groups=2, edges=(1, 1, 1, 1)),
        correlation(2, 3, (5, 4), 6, (2, 2), groups=3, stride=(2, 1)),
        correlation(1, 4, (6, 6), 4, (3, 3), groups=4, dilation=(2, 1), edges=(2, 2, 1, 1)),
        correlation(3, 3, (2, 3), 2, (1, 1)),
        correlation(1, 1, (1, 1), 1, (3, 3), edges=(1, 1, 1, 1)),
        correlation(8, 2, (4, 4), 3, (3, 3), edges=(1, 0, 0, 1)),
        correlation(9, 2, (4, 5), 2, (2, 3), groups=2, stride=(2, 2), edges=(1, 1, 1, 1), dilation=(1, 2)),
        correlation(17, 1, (3, 3), 2, (2, 2), stride=(2, 2), edges=(0, 1, 1, 0)),
    ]
    poolings = []
    for kind, include in (("max", True), ("average", True), ("average", False)):
        for size, kernel, stride, padding, ceil in (
            ((4, 4), (2, 2), (2, 2), (0, 0), False),
            ((4, 4), (3, 3), (2, 2), (1, 1), False),
            ((5, 7), (2, 3), (2, 3), (0, 1), False),
            ((5, 6), (2, 2), (2, 2), (0, 0), True),
            ((6, 5), (3, 2), (2, 3), (1, 1), True),
            ((3, 3), (3, 3), (3, 3), (1, 1), True),
            ((7, 5), (3, 4), (1, 1), (1, 2), False),
            ((7, 8), (2, 2), (3, 4), (1, 0), True),
        ):
            poolings.append(pooling(kind, size, kernel, stride, padding, ceil, include))
    return {
        "versions": {"torch": torch.__version__, "numpy": numpy.__version__},
        "correlations": correlations,
        "convolutions": [true_convolution((5, 6), (3, 2)), true_convolution((4, 4), (4, 3))],
        "poolings": poolings,
        "linears": [linear(1, 5, 3), linear(4, 7, 6), linear(17, 9, 5)],
        "activations": [
            elementwise("sigmoid", torch.sigmoid, 2, 2, 3, 3),
            elementwise("tanh", torch.tanh, 2, 2, 3, 3, scale=1),
            elementwise("relu", torch.relu, 2, 2, 3, 3),
        ],
        "softmaxes": [
            elementwise("softmax", lambda x: F.softmax(x, 1), 3, 5),
            elementwise("softmax", lambda x: F.softmax(x, 1), 2, 4, 2, 3, scale=20),
        ],
        "crossEntropies": [cross_entropy(1, 3, 1), cross_entropy(6, 10, 2), cross_entropy(5, 4, 60)],
    }


def numpy_pad():
    """Our border mode's name, NumPy's, and the rows 1...n enlarged by nine on both sides."""
    names = {"zero": "constant", "replicate": "edge", "reflect": "reflect", "symmetric": "symmetric",
             "circular": "wrap"}
    return [
        {"border": ours, "count": count,
         "row": numpy.pad(numpy.arange(1, count + 1), 9, mode=theirs).tolist()}
        for ours, theirs in names.items() for count in (1, 2, 3, 5)
    ]


def write(name, content):
    with open(os.path.join(FOLDER, name), "w") as file:
        json.dump(content, file, separators=(",", ":"))
        file.write("\n")


write("pytorch.json", pytorch())
write("numpy_pad.json", numpy_pad())
