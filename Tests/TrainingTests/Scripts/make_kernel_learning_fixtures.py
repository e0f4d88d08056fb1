#!/usr/bin/env python3
"""Kernels learned by numpy.linalg.lstsq, for KernelLearningTests: writes ../Fixtures/kernel_learning.safetensors.

Every window of the picture before is a row of a matrix, as the definition says; nothing here knows of normal
equations. Needs numpy and safetensors.
"""
import pathlib

import numpy as np
from safetensors.numpy import save_file

random = np.random.default_rng(7)
PADDING = {"zero": "constant", "replicate": "edge", "reflect": "reflect", "symmetric": "symmetric", "circular": "wrap"}


def windows(x, size):
    """[C, H, W] -> [C, rows, columns, kH * kW]"""
    view = np.lib.stride_tricks.sliding_window_view(x, size, axis=(1, 2))
    return view.reshape(*view.shape[:3], -1)


def smooth(shape):
    """Neighbours that are alike, as in pictures."""
    x = random.random(shape)
    return 0.6 * x + 0.2 * np.roll(x, 1, -1) + 0.2 * np.roll(x, 1, -2)


def case(name, sharing, inputs, outputs, picture, size, bias, border=None, clip=False, out={}):
    x = smooth((inputs, *picture)).astype(np.float32)
    (kh, kw) = size
    wide = x
    if border:
        edges = ((0, 0), ((kh - 1) // 2, kh // 2), ((kw - 1) // 2, kw // 2))
        wide = np.pad(x, edges, mode=PADDING[border])
    v = windows(wide.astype(np.float64), size)
    truth = random.normal(size=(outputs, inputs if sharing == "mixed" else 1, kh * kw))
    if sharing == "shared":
        truth[:] = truth[0]
    if sharing == "mixed":
        y = np.einsum("cyxk,ock->oyx", v, truth)
    else:
        y = np.einsum("cyxk,ck->cyx", v, truth[:, 0])
    y = (y + 0.3 * bias + random.normal(scale=0.05, size=y.shape)).astype(np.float32)
    counts = np.ones(y.shape, bool)
    if clip:
        low, high = np.quantile(y, [0.1, 0.8]).astype(np.float32)
        y = np.clip(y, low, high)
        # A whole row that is cut off: the sums take another way there.
        y[:, 3] = high
        counts = (y > low) & (y < high)
        out[f"{name}.clip"] = np.array([low, high], np.float32)
    if sharing == "mixed":
        counts[:] = counts.all(0)

    def solve(matrix, right):
        if bias:
            matrix = np.concatenate([matrix, np.ones((len(matrix), 1))], 1)
        w, _, rank, _ = np.linalg.lstsq(matrix, right, rcond=None)
        rest = ((matrix @ w - right) ** 2).sum()
        normal = matrix.T @ matrix
        error = np.sqrt(rest / (len(matrix) - len(w)) * np.diag(np.linalg.inv(normal)))
        return w, rest, error, np.linalg.eigvalsh(normal)

    if sharing == "mixed":
        matrix = np.concatenate([v[c][counts[0]] for c in range(inputs)], 1)
        solved = [solve(matrix, y[o][counts[0]].astype(np.float64)) for o in range(outputs)]
    elif sharing == "each":
        solved = [solve(v[c][counts[c]], y[c][counts[c]].astype(np.float64)) for c in range(outputs)]
    else:
        solved = [solve(v[counts], y[counts].astype(np.float64))]
    out[f"{name}.before"], out[f"{name}.after"] = x, y
    out[f"{name}.weights"] = np.array([s[0] for s in solved], np.float32)
    out[f"{name}.loss"] = np.array([sum(s[1] for s in solved)], np.float32)
    out[f"{name}.errors"] = np.array([s[2] for s in solved], np.float32)
    out[f"{name}.condition"] = np.array([max(s[3][-1] / s[3][0] for s in solved)], np.float32)
    out[f"{name}.smallest"] = np.array([min(s[3][0] for s in solved)], np.float32)
    return out


case("shared", "shared", 1, 1, (20, 23), (3, 3), False)
case("colours", "shared", 3, 3, (12, 17), (3, 5), True)
case("each", "each", 3, 3, (14, 19), (2, 3), True)
case("mixed", "mixed", 3, 2, (16, 15), (3, 2), True)
case("mixed4", "mixed", 2, 2, (15, 18), (1, 4), False)
case("row", "shared", 1, 1, (9, 30), (1, 7), False)
case("column", "shared", 1, 1, (150, 9), (6, 1), True)
case("clipped", "shared", 2, 2, (18, 21), (3, 3), True, clip=True)
case("clippedmixed", "mixed", 2, 2, (25, 21), (2, 3), True, clip=True)
for border in PADDING:
    out = case(border, "shared", 1, 1, (13, 12), (4, 3), False, border=border)
# A picture of columns: only the sums over columns of a 3x3 kernel are determined.
x = np.repeat(random.random((1, 1, 9)), 8, 1).astype(np.float32)
y = windows(x.astype(np.float64), (3, 3)) @ np.arange(9.0)
w = np.linalg.lstsq(windows(x.astype(np.float64), (3, 3)).reshape(-1, 9), y.ravel(), rcond=1e-9)[0]
out |= {"singular.before": x, "singular.after": y.astype(np.float32), "singular.weights": w.astype(np.float32)}

goal = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "kernel_learning.safetensors"
save_file({k: np.ascontiguousarray(a) for k, a in out.items()}, goal)
print(goal, goal.stat().st_size, len(out))
