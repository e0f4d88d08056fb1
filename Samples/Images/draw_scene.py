"""Renders scene.jpg, a still life by a window, with a small ray tracer in numpy.

Nothing is loaded: every surface is a formula. Units are about 5 cm; x goes right, y up, z away from the
camera. Light comes from the sun and the sky through the window in the wall behind the table, and from the
room; each camera ray picks a point on the lens (depth of field) and one random ray for every light.
"""

import math
import multiprocessing

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 960, 640
SEED = 20240229
F = np.float32


def unit(v):
    v = np.asarray(v, F)
    return v / np.sqrt((v * v).sum(-1, keepdims=True))


def dot(a, b):
    return (a * b).sum(-1)


def mix(a, b, t):
    return a + (b - a) * t


def smooth(low, high, x):
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def turned(degrees):
    """Rows are the local axes x, y, z of something turned about the vertical."""
    a = math.radians(degrees)
    return np.array([[math.cos(a), 0, -math.sin(a)], [0, 1, 0], [math.sin(a), 0, math.cos(a)]], F)


def frame_along(axis):
    """Rows x, y, z with y along `axis`."""
    y = unit(axis)
    x = unit(np.cross(y, [0.0, 0.0, 1.0] if abs(y[2]) < 0.9 else [1.0, 0.0, 0.0]))
    return np.array([x, y, np.cross(x, y)], F)


# Noise: one tile of random values, read with linear interpolation, summed over octaves.
TILE = np.random.default_rng(SEED).random((256, 256), dtype=F)


def noise(u, v):
    iu, iv = np.floor(u), np.floor(v)
    fu, fv = u - iu, v - iv
    fu, fv = fu * fu * (3 - 2 * fu), fv * fv * (3 - 2 * fv)
    a, b = iu.astype(np.int64) & 255, iv.astype(np.int64) & 255
    c, d = (a + 1) & 255, (b + 1) & 255
    return mix(mix(TILE[b, a], TILE[b, c], fu), mix(TILE[d, a], TILE[d, c], fu), fv)


def fractal(u, v, octaves=4):
    total, weight = 0, 0.5
    for k in range(octaves):
        total = total + weight * noise(u + 17.3 * k, v + 9.1 * k)
        u, v, weight = u * 2.03, v * 2.03, weight / 2
    return total / (1 - 0.5**octaves)


# Shapes. Each gives, for rays (o, d), the distance to the first hit (infinite where there is none).
class Shape:
    center = None  # of a bounding sphere
    radius = None

    def reach(self, o, d):
        """Distances, computed only for rays that come near."""
        if self.center is None:
            return self.distance(o, d)
        oc = o - self.center
        b = dot(oc, d)
        near = b * b - dot(oc, oc) + self.radius**2 > 0
        t = np.full(len(o), np.inf, F)
        if near.any():
            t[near] = self.distance(o[near], d[near])
        return t


class Plane(Shape):
    def __init__(self, axis, at, inside=None):
        self.axis, self.at, self.inside = axis, at, inside

    def distance(self, o, d):
        t = (self.at - o[:, self.axis]) / d[:, self.axis]
        t = np.where(t > 1e-3, t, np.inf).astype(F)
        if self.inside is not None:
            p = o + np.where(np.isfinite(t), t, 0)[:, None] * d
            t = np.where(self.inside(p), t, np.inf).astype(F)
        return t

    def normal(self, p):
        n = np.zeros_like(p)
        n[:, self.axis] = -1 if self.axis == 2 else 1
        return n


class Box(Shape):
    def __init__(self, center, half, turn=0):
        self.center, self.half = np.array(center, F), np.array(half, F)
        self.rows, self.radius = turned(turn), float(np.linalg.norm(half)) * 1.001

    def local(self, p):
        return (p - self.center) @ self.rows.T

    def distance(self, o, d):
        o, d = self.local(o), d @ self.rows.T
        d = np.where(np.abs(d) < 1e-9, F(1e-9), d)
        a, b = (-self.half - o) / d, (self.half - o) / d
        first, last = np.minimum(a, b).max(1), np.maximum(a, b).min(1)
        return np.where((first < last) & (first > 1e-3), first, np.inf).astype(F)

    def normal(self, p):
        q = self.local(p) / self.half
        k = np.abs(np.abs(q) - 1).argmin(1)
        n = np.zeros_like(p)
        index = np.arange(len(p))
        n[index, k] = np.sign(q[index, k])
        return n @ self.rows


class Ellipsoid(Shape):
    def __init__(self, center, radii, rows=np.eye(3, dtype=F)):
        self.center, self.radii, self.rows = np.array(center, F), np.array(radii, F), rows
        self.radius = float(max(radii)) * 1.001

    def local(self, p):
        return ((p - self.center) @ self.rows.T) / self.radii

    def distance(self, o, d):
        o, d = self.local(o), (d @ self.rows.T) / self.radii
        a, b, c = dot(d, d), dot(o, d), dot(o, o) - 1
        root = b * b - a * c
        t = (-b - np.sqrt(np.maximum(root, 0))) / a
        return np.where((root > 0) & (t > 1e-3), t, np.inf).astype(F)

    def normal(self, p):
        return unit((self.local(p) / self.radii) @ self.rows)


class Frustum(Shape):
    """The side of a cone or cylinder from `base` along `axis`; `inward` shows its inside."""

    def __init__(self, base, axis, length, low, high, inward=False):
        self.base, self.rows, self.length = np.array(base, F), frame_along(axis), length
        self.low, self.slope, self.inward = low, (high - low) / length, inward
        self.center = (self.base + self.rows[1] * length / 2).astype(F)
        self.radius = math.hypot(length / 2, max(low, high)) * 1.001

    def local(self, p):
        return (p - self.base) @ self.rows.T

    def distance(self, o, d):
        o, d, k = self.local(o), d @ self.rows.T, self.slope
        r = self.low + k * o[:, 1]
        a = d[:, 0] ** 2 + d[:, 2] ** 2 - (k * d[:, 1]) ** 2
        b = o[:, 0] * d[:, 0] + o[:, 2] * d[:, 2] - k * r * d[:, 1]
        c = o[:, 0] ** 2 + o[:, 2] ** 2 - r * r
        root = b * b - a * c
        s = np.sqrt(np.maximum(root, 0))
        best = np.full(len(o), np.inf, F)
        for t in ((-b - s) / a, (-b + s) / a):
            y = o[:, 1] + t * d[:, 1]
            best = np.where((root > 0) & (t > 1e-3) & (y > 0) & (y < self.length) & (t < best), t, best)
        return best.astype(F)

    def normal(self, p):
        q = self.local(p)
        r = np.sqrt(q[:, 0] ** 2 + q[:, 2] ** 2)
        n = np.stack([q[:, 0] / r, np.full(len(q), -self.slope, F), q[:, 2] / r], 1)
        return unit(n @ self.rows)


class Disc(Shape):
    def __init__(self, center, radius, hole=0.0):
        self.center, self.radius, self.hole = np.array(center, F), radius, hole

    def distance(self, o, d):
        t = (self.center[1] - o[:, 1]) / d[:, 1]
        p = o + t[:, None] * d - self.center
        r2 = p[:, 0] ** 2 + p[:, 2] ** 2
        return np.where((t > 1e-3) & (r2 < self.radius**2) & (r2 > self.hole**2), t, np.inf).astype(F)

    def normal(self, p):
        return np.tile(np.array([0, 1, 0], F), (len(p), 1))


class Torus(Shape):
    """Found by walking along the ray by the distance to the surface."""

    def __init__(self, center, normal, large, small):
        self.center, self.rows = np.array(center, F), frame_along(normal)
        self.large, self.small, self.radius = large, small, large + small

    def field(self, q):
        ring = np.sqrt(q[:, 0] ** 2 + q[:, 2] ** 2) - self.large
        return np.sqrt(ring * ring + q[:, 1] ** 2) - self.small

    def distance(self, o, d):
        o, d = (o - self.center) @ self.rows.T, d @ self.rows.T
        t = np.maximum(-dot(o, d) - self.radius, 1e-2)
        for _ in range(48):
            t = t + self.field(o + t[:, None] * d)
        p = o + t[:, None] * d
        return np.where((np.abs(self.field(p)) < 4e-3) & (t > 2e-2), t, np.inf).astype(F)

    def normal(self, p):
        q = (p - self.center) @ self.rows.T
        flat = q * np.array([1, 0, 1], F)
        return unit((q - unit(flat) * self.large) @ self.rows)


class Leaf(Shape):
    """A blade on a stalk, bent along an arc: part of a cylinder's surface."""

    def __init__(self, base, tangent, up, length, width, bend):
        t = unit(tangent)
        n = unit(np.array(up, F) - t * float(dot(np.array(up, F), t)))
        self.rows = np.array([t, n, np.cross(t, n)], F)
        self.length, self.width, self.bend = length, width, bend
        self.base = np.array(base, F)
        self.middle = (self.base - self.rows[1] * bend).astype(F)
        self.center, self.radius = self.base, length * 1.02

    def place(self, p):
        """Along and across the leaf, as parts of its length and width."""
        q = (p - self.middle) @ self.rows.T
        return np.arctan2(q[:, 0], q[:, 1]) * self.bend / self.length, q[:, 2] / self.width

    def half_width(self, s):
        blade = np.clip((s - 0.36) / 0.64, 0, 1)
        shape = np.sqrt(blade) * (1 - blade) ** 0.75 * 1.75
        return np.where(s < 0.36, 0.05, np.maximum(shape, 0.05 * (1 - blade)))

    def distance(self, o, d):
        q, e = (o - self.middle) @ self.rows.T, d @ self.rows.T
        a = e[:, 0] ** 2 + e[:, 1] ** 2
        b = q[:, 0] * e[:, 0] + q[:, 1] * e[:, 1]
        c = q[:, 0] ** 2 + q[:, 1] ** 2 - self.bend**2
        root = b * b - a * c
        s = np.sqrt(np.maximum(root, 0))
        best = np.full(len(o), np.inf, F)
        for t in ((-b - s) / a, (-b + s) / a):
            along, across = self.place(o + t[:, None] * d)
            ok = (root > 0) & (t > 1e-3) & (along > 0) & (along < 1) & (t < best)
            best = np.where(ok & (np.abs(across) < self.half_width(along)), t, best)
        return best.astype(F)

    def normal(self, p):
        q = (p - self.middle) @ self.rows.T
        n = unit(np.stack([q[:, 0], q[:, 1], 0 * q[:, 2]], 1) @ self.rows)
        along, across = self.place(p)
        return unit(n + self.rows[2] * (np.clip(across, -1, 1) * 0.5)[:, None])


# The room.
WALL, BACK = 5.6, 5.2
WINDOW = (-5.3, 0.3, 1.35, 7.4)  # left, right, bottom, top
SUN = unit([-0.22, 0.58, 0.66])
SUN_AXES = frame_along(SUN)
SUN_COLOR = np.array([6.4, 5.1, 3.5], F)
SKY_COLOR = np.array([2.3, 2.75, 3.3], F)


def glass(x, y):
    """Where light comes through: inside the window and not behind a bar."""
    left, right, bottom, top = WINDOW
    inside = (x > left) & (x < right) & (y > bottom) & (y < top)
    column = np.abs(x - (left + right) / 2) < 0.13
    row = (np.abs(y - 3.35) < 0.1) | (np.abs(y - 5.4) < 0.1)
    return inside & ~column & ~row


def outside(x, y):
    """The blurred garden behind the glass."""
    sky = mix(np.array([1.9, 2.1, 2.3], F), np.array([1.0, 1.45, 2.2], F), smooth(2.5, 6, y)[:, None])
    hill = 2.15 + 0.35 * np.sin(x * 0.9 + 1) + 0.25 * fractal(x * 2.2, y * 2.2)
    green = np.array([0.34, 0.52, 0.16], F) * (0.55 + 1.3 * fractal(x * 3, y * 3))[:, None]
    return mix(sky, green, smooth(0.12, -0.12, y - hill)[:, None])


def room(d):
    """Light from where nothing stands: the room behind the camera, brighter above."""
    up = (0.5 + 0.5 * d[:, 1])[:, None]
    return mix(np.array([0.30, 0.25, 0.21], F), np.array([0.80, 0.76, 0.72], F), up)


# Materials: colour, shine (strength and sharpness) and a push of the normal, from places on a shape.
def plain(*color):
    color = np.array(color, F)
    return lambda shape, p: (np.tile(color, (len(p), 1)), None)


def wood(shape, p):
    x, z = p[:, 0] + 0.18 * p[:, 2], p[:, 2]
    plank = np.floor(x / 1.55)
    inside = x / 1.55 - plank
    shift = plank * 7.7
    g = fractal(x * 0.8 + shift, z * 0.16 + shift, 3)
    rings = 0.5 + 0.5 * np.sin(6.28 * (g * 7 + x * 1.1))
    fibre = fractal(x * 26, z * 1.1 + shift, 3)
    tone = 0.50 * rings**2 + 0.55 * fibre + 0.25 * noise(plank * 3.3, plank * 1.7)
    color = mix(np.array([0.50, 0.29, 0.14], F), np.array([0.23, 0.115, 0.05], F), tone[:, None])
    gap = np.minimum(inside, 1 - inside)
    color *= (0.25 + 0.75 * smooth(0.004, 0.018, gap))[:, None]
    push = np.stack([(fibre - 0.5) * 0.16, 0 * x, (rings - 0.5) * 0.03], 1)
    return color, push


def plaster(shape, p):
    grain = fractal(p[:, 0] * 6, p[:, 1] * 6)
    return np.array([0.66, 0.60, 0.52], F) * (0.93 + 0.14 * grain)[:, None], None


def cloth(shape, p):
    q = shape.local(p)
    u, v = q[:, 0], q[:, 2]
    def stripe(s):
        s = (s / 0.84) % 1
        return ((s > 0.10) & (s < 0.42)) * 1.0 + ((s > 0.66) & (s < 0.71)) * 0.6
    weave = np.sin(u * 100) * np.sin(v * 100)
    amount = (stripe(u + 10) + stripe(v + 10)) / 2
    color = mix(np.array([0.80, 0.77, 0.69], F), np.array([0.11, 0.22, 0.40], F), amount[:, None])
    color *= (0.93 + 0.10 * weave + 0.08 * (noise(u * 30, v * 30) - 0.5))[:, None]
    hem = np.minimum(shape.half[0] - np.abs(u), shape.half[2] - np.abs(v))
    color *= (1 - 0.22 * ((hem > 0.10) & (hem < 0.13)))[:, None]
    wave = 0.10 * np.stack([np.cos(u * 2.2 + v * 1.3), 0 * u, np.cos(v * 2.0 - u)], 1)
    return color, (wave + 0.10 * weave[:, None] * np.array([1, 0, 1], F)) @ shape.rows


def paper(shape, p):
    q = shape.local(p)
    u, v = q[:, 0], q[:, 2]
    color = np.tile(np.array([0.86, 0.84, 0.78], F), (len(p), 1))
    line = np.abs(((v + 10) / 0.21) % 1 - 0.5) > 0.462
    color = np.where(line[:, None], np.array([0.36, 0.50, 0.66], F), color)
    color = np.where((np.abs(u + shape.half[0] * 0.68) < 0.011)[:, None], np.array([0.75, 0.20, 0.18], F), color)
    # Handwriting: a curve that swings on every second line, with gaps between the words.
    row = np.floor((v + 10) / 0.21)
    height = ((v + 10) / 0.21 - row - 0.5) * 2
    swing = np.sin(u * 41 + row * 1.7) * (0.30 + 0.34 * noise(u * 5, row * 3.1)) + 0.22 * np.sin(u * 23 + row)
    word = noise(u * 3.1 + row * 5.3, row * 2.7) > 0.36
    ink = (np.abs(height + swing) < 0.17) & word & (u > -shape.half[0] * 0.62)
    ink &= (u < shape.half[0] * (0.55 + 0.35 * noise(row * 3.7, row))) & (v > -shape.half[2] * 0.35)
    color = np.where((ink & (shape.normal(p)[:, 1] > 0.5))[:, None], np.array([0.09, 0.10, 0.22], F), color)
    edge = shape.normal(p)[:, 1] < 0.5
    leaves = 0.62 + 0.3 * noise(q[:, 1] * 120, u * 0.4)
    color = np.where(edge[:, None], color * leaves[:, None], color)
    return color, None


def book(color, band):
    color, band = np.array(color, F), np.array(band, F)
    def material(shape, p):
        q = shape.local(p)
        n = shape.normal(p) @ shape.rows.T
        result = np.tile(color, (len(p), 1)) * (0.9 + 0.2 * noise(q[:, 0] * 60, q[:, 2] * 60))[:, None]
        thick = shape.half[1]
        front = n[:, 2] < -0.5  # the spine
        u, v = q[:, 0] / shape.half[0], q[:, 1] / thick
        bands = front & ((np.abs(np.abs(u) - 0.84) < 0.016) | (np.abs(np.abs(u) - 0.78) < 0.010))
        letters = front & (np.abs(v) < 0.36) & (np.abs(u) < 0.52) & (noise(u * 38 + 3, v * 1.6) > 0.52)
        letters |= front & (np.abs(u - 0.68) < 0.035) & (np.abs(v) < 0.4)
        result = np.where((bands | letters)[:, None], band, result)
        pages = (np.abs(n[:, 0]) > 0.5) & (np.abs(q[:, 1]) < thick - 0.045) & (q[:, 2] > -shape.half[2] + 0.08)
        lines = 0.62 + 0.36 * noise(q[:, 1] * 75, q[:, 2] * 0.7)
        result = np.where(pages[:, None], np.array([0.84, 0.78, 0.64], F) * lines[:, None], result)
        top = (n[:, 1] > 0.5) & (np.abs(np.abs(q[:, 0]) - shape.half[0] + 0.22) < 0.015)
        return np.where(top[:, None], band, result), None
    return material


def glaze(shape, p):
    y = p[:, 1]
    angle = np.arctan2(p[:, 0] - MUG[0], p[:, 2] - MUG[2])
    wave = 0.035 * np.sin(angle * 5) + 0.05 * (fractal(angle * 3 + 20, y * 2) - 0.5)
    blue = np.array([0.05, 0.20, 0.30], F) * (0.85 + 0.5 * fractal(angle * 6 + 9, y * 5))[:, None]
    cream = np.array([0.80, 0.74, 0.62], F)
    color = mix(blue, cream, smooth(-0.02, 0.02, 0.62 + wave - y)[:, None])
    line = np.abs(y - 0.50 - wave) < 0.018
    color = np.where(line[:, None], np.array([0.32, 0.16, 0.08], F), color)
    dots = noise(angle * 42 + 70, y * 26) > 0.94
    return np.where(dots[:, None], color * 0.5, color), None


def peel(shape, p):
    q = shape.local(p)
    a, b = np.arctan2(q[:, 0], q[:, 2]) * 16 + 60, q[:, 1] * 16 + 40
    bump = np.stack([noise(a, b) - 0.5, noise(a + 31, b) - 0.5, noise(a, b + 47) - 0.5], 1)
    pole = smooth(0.955, 0.975, q[:, 1])[:, None]
    return mix(np.array([0.90, 0.36, 0.03], F), np.array([0.20, 0.25, 0.06], F), pole), 0.32 * bump


def rind(shape, p):
    q = shape.local(p)
    a, b = np.arctan2(q[:, 1], q[:, 2]) * 13 + 60, q[:, 0] * 13 + 40
    bump = np.stack([noise(a, b) - 0.5, noise(a + 31, b) - 0.5, noise(a, b + 47) - 0.5], 1)
    green = smooth(0.80, 1.0, np.abs(q[:, 0]))[:, None] * 0.5
    return mix(np.array([0.80, 0.54, 0.035], F), np.array([0.46, 0.46, 0.06], F), green), 0.26 * bump


def apple(shape, p):
    q = shape.local(p)
    angle = np.arctan2(q[:, 0], q[:, 2])
    streak = fractal(angle * 11 + 60, q[:, 1] * 1.6 + 9)
    tone = np.clip(1.5 * streak - 0.35 + 0.35 * np.sin(angle + 0.8) + 0.25 * q[:, 1], 0, 1)[:, None]
    color = mix(np.array([0.62, 0.045, 0.035], F), np.array([0.85, 0.60, 0.16], F), tone**1.6 * 0.85)
    dots = noise(angle * 30 + 90, q[:, 1] * 24 + 40) > 0.93
    dip = smooth(0.90, 1.0, q[:, 1])[:, None]
    color = np.where(dots[:, None], mix(color, np.array([0.9, 0.75, 0.5], F), 0.5), color)
    return mix(color, np.array([0.26, 0.24, 0.07], F), dip), np.stack([q[:, 0], 0 * angle, q[:, 2]], 1) * -1.1 * dip


def clay(shape, p):
    g = fractal(p[:, 0] * 5 + 40, p[:, 1] * 9)
    pale = smooth(0.55, 0.8, fractal(p[:, 0] * 1.2 + 5, p[:, 1] * 1.4 + 3))[:, None]
    color = np.array([0.56, 0.24, 0.12], F) * (0.75 + 0.5 * g)[:, None]
    return mix(color, np.array([0.66, 0.50, 0.42], F), pale * 0.45), None


def soil(shape, p):
    g = noise(p[:, 0] * 14 + 50, p[:, 2] * 14)
    return np.array([0.075, 0.05, 0.035], F) * (0.5 + 1.4 * g)[:, None], None


def leafy(tone):
    def material(shape, p):
        s, w = shape.place(p)
        blade = s > 0.36
        side = np.abs(np.abs(w) * 1.0 - ((s * 9) % 1) * 0.9 + 0.0)
        vein = blade & ((np.abs(w) < 0.045) | (side < 0.03))
        color = mix(np.array([0.055, 0.19, 0.05], F), np.array([0.18, 0.36, 0.08], F), tone)
        color = color * (0.8 + 0.45 * fractal(s * 9 + 5, w * 3 + 8))[:, None]
        color = np.where(vein[:, None], color * 1.55 + 0.03, color)
        return np.where(blade[:, None], color, np.array([0.26, 0.34, 0.11], F)), None
    return material


def pencil_paint(shape, p):
    q = shape.local(p)
    y, angle = q[:, 1], np.arctan2(q[:, 0], q[:, 2])
    facet = 0.82 + 0.25 * (np.floor(angle / 6.2832 * 6 + 0.3) % 2)
    color = np.array([0.86, 0.52, 0.03], F) * facet[:, None]
    metal = np.array([0.55, 0.55, 0.52], F) * (0.7 + 0.5 * ((y * 22) % 1 > 0.5))[:, None]
    color = np.where((y < 0.42)[:, None], metal, color)
    return np.where((y < 0.2)[:, None], np.array([0.72, 0.33, 0.33], F), color), None


def pencil_tip(shape, p):
    y = shape.local(p)[:, 1]
    return np.where((y < 0.24)[:, None], np.array([0.70, 0.50, 0.30], F), np.array([0.07, 0.07, 0.08], F)), None


def painting(shape, p):
    """Soft hills in a frame: smooth gradients with a few clean curves."""
    q = shape.local(p)
    u, v = q[:, 0] / shape.half[0], q[:, 1] / shape.half[1]
    color = mix(np.array([0.88, 0.62, 0.40], F), np.array([0.32, 0.46, 0.58], F), smooth(-0.5, 1, v)[:, None])
    disc = smooth(0.30, 0.27, np.hypot((u - 0.25) * 0.9, v - 0.30))[:, None]
    color = mix(color, np.array([0.95, 0.82, 0.55], F), disc)
    for k, (level, tint) in enumerate([(0.02, (0.45, 0.36, 0.40)), (-0.28, (0.22, 0.32, 0.36)), (-0.58, (0.10, 0.17, 0.19))]):
        ridge = level + 0.16 * np.sin(u * (2.3 + k) + 1.7 * k) + 0.05 * np.sin(u * 7 + k)
        color = mix(color, np.array(tint, F), smooth(0.01, -0.01, v - ridge)[:, None])
    mat = (np.abs(u) > 0.72) | (np.abs(v) > 0.78)
    return np.where(mat[:, None], np.array([0.80, 0.78, 0.72], F), color), None


MUG = (-0.15, 0.0, 0.35)
POT = (3.45, 0.0, 2.3)


def build():
    """Pairs of shape, material, shine, sharpness; the first one is the table."""
    things = []
    def add(shape, material, shine=0.0, sharp=20.0):
        things.append((shape, material, F(shine), F(sharp)))

    add(Plane(1, 0.0, lambda p: p[:, 2] < BACK), wood, 0.20, 45)
    left, right, bottom, top = WINDOW
    def solid(p):
        return ~((p[:, 0] > left) & (p[:, 0] < right) & (p[:, 1] > bottom) & (p[:, 1] < top))
    add(Plane(2, WALL, solid), plaster)

    # Window frame and bars.
    white, mid = plain(0.80, 0.79, 0.76), (left + right) / 2
    for x in (left, right, mid):
        add(Box((x, (bottom + top) / 2, WALL), (0.13, (top - bottom) / 2, 0.14)), white, 0.1, 30)
    for y in (bottom, 3.35, 5.4):
        add(Box((mid, y, WALL), ((right - left) / 2, 0.10, 0.12)), white, 0.1, 30)
    add(Box((mid, bottom - 0.2, WALL - 0.2), ((right - left) / 2 + 0.3, 0.1, 0.35)), white, 0.1, 30)

    # A picture on the wall.
    add(Box((2.35, 3.35, WALL - 0.08), (1.05, 0.88, 0.05)), painting)
    for dx, dy, w, h in [(0, 0.93, 1.16, 0.07), (0, -0.93, 1.16, 0.07), (1.10, 0, 0.07, 0.9), (-1.10, 0, 0.07, 0.9)]:
        add(Box((2.35 + dx, 3.35 + dy, WALL - 0.12), (w, h, 0.10)), plain(0.10, 0.065, 0.04), 0.3, 40)

    # Cloth, note book, pencil.
    add(Box((0.75, 0.02, -0.35), (2.25, 0.02, 1.55), 24), cloth)
    add(Box((-3.0, 0.07, -1.75), (1.45, 0.07, 1.05), -17), paper, 0.03, 10)
    axis = np.array([0.86, 0.0, 0.51], F)
    start = np.array([-3.75, 0.245, -2.15], F)
    add(Frustum(start, axis, 1.95, 0.1, 0.1), pencil_paint, 0.5, 60)
    add(Frustum(start + unit(axis) * F(1.95), axis, 0.36, 0.1, 0.004), pencil_tip, 0.1, 20)

    # Books.
    add(Box((-3.05, 0.32, 2.0), (1.75, 0.32, 1.15), -9), book((0.36, 0.055, 0.05), (0.78, 0.58, 0.22)), 0.15, 25)
    add(Box((-3.0, 0.89, 2.05), (1.55, 0.25, 1.05), 5), book((0.06, 0.17, 0.14), (0.75, 0.70, 0.55)), 0.15, 25)
    add(Box((-2.95, 1.34, 2.0), (1.35, 0.20, 0.95), -3), book((0.70, 0.46, 0.12), (0.16, 0.09, 0.05)), 0.15, 25)
    add(Ellipsoid((-2.75, 2.02, 1.95), (0.52, 0.48, 0.52)), apple, 0.65, 90)
    add(Frustum((-2.75, 2.42, 1.95), (0.25, 1, 0.05), 0.34, 0.03, 0.045), plain(0.16, 0.09, 0.04))

    # Mug with coffee.
    x, _, z = MUG
    add(Frustum((x, 0.03, z), (0, 1, 0), 1.65, 0.78, 0.86), glaze, 0.9, 160)
    add(Frustum((x, 0.05, z), (0, 1, 0), 1.63, 0.71, 0.79, inward=True), plain(0.72, 0.67, 0.57), 0.5, 80)
    add(Disc((x, 1.68, z), 0.86, 0.79), plain(0.62, 0.52, 0.38), 0.9, 120)
    add(Disc((x, 1.36, z), 0.79), plain(0.055, 0.025, 0.012), 0.9, 200)
    add(Torus((x - 0.90, 0.90, z - 0.22), (0.25, 0, -1.0), 0.44, 0.115), glaze, 0.9, 160)

    # Fruit.
    add(Ellipsoid((1.55, 0.70, 0.25), (0.70, 0.68, 0.70), frame_along((0.25, 1, -0.35))), peel, 0.40, 40)
    add(Ellipsoid((2.55, 0.66, -0.55), (0.66, 0.64, 0.66), frame_along((-0.55, 1, -0.25))), peel, 0.40, 40)
    add(Ellipsoid((1.05, 0.49, -1.15), (0.68, 0.47, 0.47), turned(-32)), rind, 0.45, 50)

    # Plant.
    x, _, z = POT
    add(Frustum((x, 0.0, z), (0, 1, 0), 1.45, 0.78, 1.05), clay)
    add(Frustum((x, 1.40, z), (0, 1, 0), 0.36, 1.16, 1.20), clay)
    add(Disc((x, 1.76, z), 1.20, 1.02), clay)
    add(Frustum((x, 1.5, z), (0, 1, 0), 0.26, 1.02, 1.02, inward=True), clay)
    add(Disc((x, 1.60, z), 1.03), soil)
    rng = np.random.default_rng(SEED + 1)
    for k in range(19):
        angle = k * 2.39996 + 0.4
        lean = 0.30 + 0.055 * k
        out = np.array([math.cos(angle), 0, math.sin(angle)])
        base = np.array([x, 1.58, z]) + out * 0.30 * (k / 19 + 0.2)
        tangent = out * math.sin(lean) + np.array([0, math.cos(lean), 0])
        up = np.array([0, 1, 0]) * math.sin(lean) - out * math.cos(lean)
        length = 2.75 - 0.05 * k + 0.35 * rng.random()
        leaf = Leaf(base, tangent, up, length, 0.42 + 0.08 * rng.random(), 2.2 + rng.random())
        add(leaf, leafy(rng.random()), 0.28, 30)
    return things


THINGS = build()
# What throws shadows; the wall and window are a formula (`glass`).
BLOCKERS = [k for k, (s, *_) in enumerate(THINGS) if k > 8]


def trace(o, d, among=None):
    """The nearest thing on each ray: its number (-1: none) and distance."""
    best = np.full(len(o), np.inf, F)
    which = np.full(len(o), -1, np.int16)
    for k in range(len(THINGS)) if among is None else among:
        t = THINGS[k][0].reach(o, d)
        closer = t < best
        best[closer], which[closer] = t[closer], k
    return which, best


def open_way(o, d, limit):
    """Whether nothing stands on the way of length `limit`."""
    free = np.ones(len(o), bool)
    for k in BLOCKERS:
        rest = np.flatnonzero(free)
        if not len(rest):
            break
        free[rest] = THINGS[k][0].reach(o[rest], d[rest]) >= limit[rest]
    return free


def through_window(o, d):
    t = (WALL - o[:, 2]) / np.where(np.abs(d[:, 2]) < 1e-6, 1e-6, d[:, 2])
    p = o + t[:, None] * d
    return (t > 0) & glass(p[:, 0], p[:, 1])


def spot(number, count, turn, rng):
    """The `number`th of `count` places spread evenly on a disc of radius 1, for each pixel turned its own way."""
    r = np.sqrt((number + rng.random(len(turn), dtype=F)) / count)
    angle = turn + F(2.39996 * number)
    return (r * np.cos(angle)).astype(F), (r * np.sin(angle)).astype(F)


def sun_light(o, n, rng, at=None):
    """Whether the sun shines there, the cosine, and the direction to a place on it (random without `at`)."""
    if at is None:
        at = spot(0, 1, rng.random(len(o), dtype=F) * F(2 * math.pi), rng)
    d = unit(SUN + F(0.020) * (at[0][:, None] * SUN_AXES[0] + at[1][:, None] * SUN_AXES[2]))
    cosine = np.maximum(dot(n, d), 0)
    lit = (cosine > 0) & through_window(o, d)
    index = np.flatnonzero(lit)
    lit[index] = open_way(o[index], d[index], np.full(len(index), np.inf, F))
    return lit, cosine, d


def sky_light(o, n, rng):
    left, right, bottom, top = WINDOW
    u, v = rng.random(len(o), dtype=F), rng.random(len(o), dtype=F)
    x, y = mix(left, right, u), mix(bottom, top, v)
    way = np.stack([x, y, np.full(len(o), WALL, F)], 1) - o
    far = np.sqrt(dot(way, way))
    d = way / far[:, None]
    cosine = np.maximum(dot(n, d), 0) * np.maximum(d[:, 2], 0)
    seen = (cosine > 0) & glass(x, y)
    index = np.flatnonzero(seen)
    seen[index] = open_way(o[index], d[index], far[index])
    return (seen * cosine * (right - left) * (top - bottom) / (far * far * math.pi))[:, None] * SKY_COLOR


def surface(which, o, d, t):
    """Places, normals towards the viewer, colours, shine and sharpness of hits."""
    p = o + t[:, None] * d
    n, color = np.zeros_like(p), np.zeros_like(p)
    shine, sharp = np.zeros(len(p), F), np.ones(len(p), F)
    for k in np.unique(which):
        m = which == k
        shape, material, s, e = THINGS[k]
        normal = shape.normal(p[m])
        normal = np.where((dot(normal, d[m]) > 0)[:, None], -normal, normal)
        color[m], push = material(shape, p[m])
        n[m] = normal if push is None else unit(normal + push)
        shine[m], sharp[m] = s, e
    return p, n.astype(F), color.astype(F), shine, sharp


def bounced(p, n, rng):
    """Light from one random direction: from the room, or from a thing that the sun shines on."""
    d = unit(n + unit(rng.standard_normal(p.shape, dtype=F)) * F(0.999))
    which, t = trace(p, d)
    light = room(d)
    hit = np.flatnonzero(which >= 0)
    if len(hit):
        q, m, color, _, _ = surface(which[hit], p[hit], d[hit], t[hit])
        q = q + m * F(2e-3)
        lit, cosine, _ = sun_light(q, m, rng)
        light[hit] = color * (0.30 * room(m) + (lit * cosine)[:, None] * SUN_COLOR)
    escaped = np.flatnonzero((which < 0) & through_window(p, d))
    light[escaped] = 0  # counted by sky_light
    return light


def radiance(o, d, rng, at):
    """Light and, apart, what `soften` needs: colour, light from sky and room, normal, distance."""
    which, t = trace(o, d)
    result = np.zeros((len(o), 13), F)
    none = np.flatnonzero(which < 0)
    if len(none):
        far = (WALL + 1 - o[none, 2]) / d[none, 2]
        q = o[none] + far[:, None] * d[none]
        result[none, :3] = outside(q[:, 0], q[:, 1])
        result[none, 12] = 20
    hit = np.flatnonzero(which >= 0)
    p, n, color, shine, sharp = surface(which[hit], o[hit], d[hit], t[hit])
    p = p + n * F(2e-3)
    view = d[hit]
    lit, cosine, sun = sun_light(p, n, rng, (at[0][hit], at[1][hit]))
    result[hit, 3:6] = color
    result[hit, 6:9] = sky_light(p, n, rng) + bounced(p, n, rng)
    result[hit, 9:12], result[hit, 12] = n, t[hit]
    total = color * (lit * cosine)[:, None] * SUN_COLOR
    # Light through leaves from behind.
    leaf = np.array([isinstance(THINGS[k][0], Leaf) for k in range(len(THINGS))])[which[hit]]
    index = np.flatnonzero(leaf & (dot(n, np.broadcast_to(SUN, n.shape)) < 0))
    if len(index):
        back, amount, _ = sun_light(p[index] - n[index] * F(4e-3), -n[index], rng)
        total[index] += (back * amount)[:, None] * SUN_COLOR * color[index] * np.array([0.9, 1.1, 0.35], F)
    # Shine: the sun's highlight, and the mirrored window and room.
    half = unit(sun - view)
    spark = lit * np.maximum(dot(n, half), 0) ** (sharp * 4) * sharp * 0.030
    mirrored = view - 2 * dot(view, n)[:, None] * n
    fresnel = 0.04 + 0.96 * (1 - np.clip(-dot(view, n), 0, 1)) ** 5
    rough = unit(mirrored + rng.standard_normal(mirrored.shape, dtype=F) * (1.2 / sharp)[:, None])
    gleam = np.where(through_window(p, rough)[:, None], SKY_COLOR, room(rough) * 0.7)
    shiny = np.flatnonzero(shine > 0)
    clear = np.zeros(len(p), bool)
    clear[shiny] = open_way(p[shiny], rough[shiny], np.full(len(shiny), np.inf, F))
    gleam = np.where(clear[:, None], gleam, 0.12)
    total += shine[:, None] * (spark[:, None] * SUN_COLOR + fresnel[:, None] * gleam)
    result[hit, :3] = np.minimum(total, 12)
    return result


EYE = np.array([0.15, 4.35, -9.6], F)
TARGET = np.array([0.05, 1.30, 0.3], F)
FOCUS, LENS, ZOOM = 10.2, 0.11, 0.345


def band(job):
    """Some rows of the picture."""
    number, first, last, width, height, samples = job
    rng = np.random.default_rng([SEED, number])
    forward = unit(TARGET - EYE)
    right = unit(np.cross([0, 1, 0], forward)).astype(F)
    up = np.cross(forward, right).astype(F)
    y, x = np.mgrid[first:last, 0:width].astype(F)
    x, y = x.ravel(), y.ravel()
    total = np.zeros((len(x), 13), F)
    side = int(math.sqrt(samples))
    turn = rng.random(len(x), dtype=F) * F(2 * math.pi)
    for k in range(side * side):
        jx, jy = (k % side + rng.random(len(x), dtype=F)) / side, (k // side + rng.random(len(x), dtype=F)) / side
        u = (2 * (x + jx) / width - 1) * width / height * ZOOM
        v = (1 - 2 * (y + jy) / height) * ZOOM
        d = forward + u[:, None] * right + v[:, None] * up
        a, b = spot(k, side * side, turn, rng)
        lens = F(LENS) * (a[:, None] * right + b[:, None] * up)
        sun = spot(k * 7 % side**2, side**2, turn * 3, rng)
        total += radiance((EYE + lens).astype(F), unit(d * F(FOCUS) - lens), rng, sun)
    return (total / side**2).reshape(last - first, width, 13)


def soften(layers):
    """Puts the layers together, the light from sky and room smoothed where surfaces are alike.

    Few random rays leave noise in that light; it changes slowly along a surface, so that a smoothing with
    growing holes which stops at edges of normal, distance and colour (Dammertz et al. 2010) takes it away.
    """
    shown, color, light = layers[..., :3], layers[..., 3:6], layers[..., 6:9]
    guides = [(layers[..., 9:12], 0.12), (np.log(layers[..., 12:13]), 0.02), (color, 0.12)]
    height, width, _ = light.shape
    for level in range(4):
        step = 2**level
        total, weights = np.zeros_like(light), np.zeros((height, width, 1), F)
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                rows = np.clip(np.arange(height) + dy * step, 0, height - 1)
                columns = np.clip(np.arange(width) + dx * step, 0, width - 1)
                take = np.ix_(rows, columns)
                exponent = 0
                for guide, scale in guides:
                    exponent = exponent + ((guide[take] - guide) ** 2).sum(-1, keepdims=True) / scale**2
                weight = (3 - abs(dx)) * (3 - abs(dy)) * np.exp(-exponent)
                total, weights = total + weight * light[take], weights + weight
        light = total / weights
    return shown + color * light


def develop(light):
    """Film: a soft shoulder, a little falling off to the corners, grain."""
    height, width, _ = light.shape
    y, x = np.mgrid[-1:1:height * 1j, -1:1:width * 1j]
    light = light * (1 - 0.10 * (x * x + y * y))[..., None] * 0.86
    light = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14)
    shown = np.clip(light, 0, 1) ** (1 / 2.2)
    grain = np.random.default_rng(SEED + 2).normal(0, 1, (height, width, 1))
    return np.clip(shown + grain * 0.009 * (1.2 - shown), 0, 1)


def render(width=WIDTH, height=HEIGHT, samples=16, processes=2):
    edges = list(range(0, height, 16)) + [height]
    jobs = [(k, a, b, width, height, samples) for k, (a, b) in enumerate(zip(edges, edges[1:]))]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        layers = np.concatenate(pool.map(band, jobs, chunksize=1))
    light = soften(layers)
    return Image.fromarray((develop(light) * 255 + 0.5).astype(np.uint8))
