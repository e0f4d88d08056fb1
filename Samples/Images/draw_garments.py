"""Draws the garments: a coloured picture as of a shop, and three of 28x28 as in Fashion-MNIST.

A part is a smooth outline, blown up like a cushion: how far a point lies inside gives its height, the slope
of the height its shading. Parts are painted over one another at four times the size.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SCALE = 4  # supersampling
LIGHT = np.array([-0.42, -0.62, 0.66])


def curve(points, closed=True, steps=24):
    """A Catmull-Rom curve through points; a point given twice makes a corner."""
    p = np.array(points, float)
    n = len(p)
    result = []
    for k in range(n if closed else n - 1):
        at = (lambda i: p[i % n]) if closed else (lambda i: p[min(max(i, 0), n - 1)])
        a, b, c, d = at(k - 1), at(k), at(k + 1), at(k + 2)
        for t in np.arange(steps) / steps:
            result.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
                                 + (3 * b - a - 3 * c + d) * t**3))
    if not closed:
        result.append(p[-1])
    return np.array(result)


def blurred(mask, radius):
    image = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), float) / 255


class Sheet:
    def __init__(self, width, height, background, seed, scale=SCALE):
        self.size, self.scale = (width, height), scale
        self.shape = (height * scale, width * scale)
        self.pixels = np.empty((*self.shape, 3))
        self.pixels[:] = np.array(background, float)
        self.rng = np.random.default_rng(seed)
        self.drawn = np.zeros(self.shape)

    def mask(self, points):
        image = Image.new("L", self.shape[::-1], 0)
        ImageDraw.Draw(image).polygon([tuple(p) for p in np.asarray(points) * self.scale], fill=255)
        return np.asarray(image, float) / 255

    def line_mask(self, points, width):
        image = Image.new("L", self.shape[::-1], 0)
        pen = ImageDraw.Draw(image)
        path = np.asarray(points, float) * self.scale
        r = max(0.5, width * self.scale / 2)
        for (x, y), (u, v) in zip(path, path[1:]):
            for t in np.linspace(0, 1, max(2, int(np.hypot(u - x, v - y)))):
                cx, cy = x + (u - x) * t, y + (v - y) * t
                pen.ellipse([cx - r, cy - r, cx + r, cy + r], fill=255)
        return np.asarray(image, float) / 255

    def grain(self, fine, amount):
        """Cloudy noise around 1."""
        h, w = self.shape
        small = self.rng.random((max(2, int(h / self.scale / fine)), max(2, int(w / self.scale / fine))))
        image = Image.fromarray((small * 255).astype(np.uint8)).resize((w, h), Image.BICUBIC)
        return 1 + amount * (np.asarray(image, float) / 255 - 0.5)

    def part(self, mask, color, height=14, round_=10, shine=0.0, texture=None, shadow=0.35):
        """Paints a cushion: `round_` is how far the rounding of its rim reaches, `height` how steep it is."""
        if shadow:
            soft = np.roll(blurred(mask, 5 * self.scale), (3 * self.scale, 2 * self.scale), (0, 1))
            below = self.drawn > 0.5
            self.pixels *= (1 - shadow * soft * (1 - mask) * below)[..., None]
        hill = sum(blurred(mask, r * self.scale) for r in (round_, round_ * 0.45, round_ * 2.2)) / 3
        gy, gx = np.gradient(hill * height * self.scale)
        normal = np.stack([-gx, -gy, np.ones_like(gx)], -1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        light = LIGHT / np.linalg.norm(LIGHT)
        diffuse = np.clip(normal @ light, 0, 1)
        half = light + np.array([0, 0, 1])
        spark = np.clip(normal @ (half / np.linalg.norm(half)), 0, 1) ** 40
        shade = 0.42 + 0.85 * diffuse
        paint = np.array(color, float) * shade[..., None]
        if texture is not None:
            paint = paint * texture[..., None]
        paint = paint + shine * spark[..., None]
        self.pixels = self.pixels * (1 - mask[..., None]) + paint * mask[..., None]
        self.drawn = np.maximum(self.drawn, mask)

    def stroke(self, points, width, color, amount=1.0):
        m = self.line_mask(points, width)[..., None] * amount
        self.pixels = self.pixels * (1 - m) + np.array(color, float) * m

    def stitch(self, points, color, width=1.3, dash=5.0, gap=3.5):
        path = np.asarray(points)
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
        at = 0.0
        while at + dash < along[-1]:
            s = np.linspace(at, at + dash, 4)
            piece = np.stack([np.interp(s, along, path[:, 0]), np.interp(s, along, path[:, 1])], 1)
            self.stroke(piece, width, color, 0.8)
            at += dash + gap

    def ground(self, x, y, width, height, amount):
        """A soft shadow on the ground, lighter than what counts as part of the garment."""
        t = np.linspace(0, 2 * np.pi, 90)
        m = self.mask(np.stack([x + width * np.cos(t), y + height * np.sin(t)], 1))
        self.pixels *= (1 - amount * blurred(m, 9 * self.scale))[..., None]

    def image(self, noise=0.0):
        picture = Image.fromarray((np.clip(self.pixels, 0, 1) * 255 + 0.5).astype(np.uint8))
        picture = picture.resize(self.size, Image.LANCZOS)
        if noise:
            values = np.asarray(picture, float) + self.rng.normal(0, noise, (*picture.size[::-1], 1))
            picture = Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))
        return picture


def shoe():
    """A running shoe, its toe to the left, on white."""
    s = Sheet(640, 480, (0.985, 0.985, 0.985), 7)
    s.ground(318, 352, 262, 7, 0.10)
    navy, teal, coral = (0.13, 0.19, 0.33), (0.10, 0.40, 0.45), (0.86, 0.33, 0.22)
    knit = s.grain(1.4, 0.30) * s.grain(40, 0.12)
    # Sole: rubber, foam, a coloured line.
    s.part(s.mask(curve([(40, 322), (60, 350), (130, 359), (300, 359), (480, 360), (560, 354), (592, 330),
                         (580, 310), (300, 318), (70, 304)])), (0.20, 0.21, 0.24), 10, 4, shadow=0)
    s.part(s.mask(curve([(37, 312), (52, 340), (130, 349), (300, 348), (480, 349), (585, 343), (611, 312),
                         (604, 280), (480, 292), (300, 306), (150, 306), (60, 292)])),
           (0.66, 0.65, 0.62), 12, 7, 0.05, s.grain(2, 0.06), shadow=0)
    s.stroke(curve([(46, 318), (130, 331), (300, 330), (480, 328), (606, 306)], False), 4, coral)
    for x in range(118, 560, 17):
        s.stroke([(x, 350), (x + 4, 357)], 2.0, (0.08, 0.08, 0.09))
    # The upper, the inside of the collar first.
    s.part(s.mask(curve([(388, 190), (430, 172), (500, 164), (556, 158), (566, 176), (520, 200), (430, 214)])),
           (0.07, 0.08, 0.11), 8, 6, shadow=0)
    upper = [(42, 300), (46, 276), (78, 256), (150, 236), (230, 208), (300, 176), (352, 146), (378, 150),
             (400, 186), (440, 200), (500, 194), (552, 158), (574, 160), (588, 200), (600, 250), (606, 296),
             (560, 308), (480, 306), (300, 316), (150, 318), (70, 312)]
    s.part(s.mask(curve(upper)), teal, 26, 16, 0.05, knit, shadow=0)
    # Overlays: toe, side, heel.
    whole = s.mask(curve(upper))
    toe = s.mask(curve([(20, 330), (30, 250), (90, 240), (128, 262), (150, 322), (90, 340)])) * whole
    s.part(toe, navy, 14, 7, 0.14, s.grain(3, 0.10))
    heel = s.mask(curve([(498, 330), (506, 268), (536, 214), (566, 196), (620, 190), (640, 330)])) * whole
    s.part(heel, navy, 14, 7, 0.14, s.grain(3, 0.10))
    s.stitch(curve([(100, 258), (124, 272), (142, 306)], False), (0.62, 0.68, 0.75))
    s.stitch(curve([(506, 300), (514, 268), (542, 218), (572, 202)], False), (0.62, 0.68, 0.75))
    saddle = s.mask(curve([(282, 330), (306, 268), (342, 204), (372, 170), (420, 196), (428, 200), (404, 262),
                           (410, 330)])) * whole
    s.part(saddle, coral, 12, 6, 0.10, s.grain(3, 0.08), shadow=0.25)
    s.stitch(curve([(292, 308), (314, 268), (350, 206), (376, 180)], False), (0.98, 0.72, 0.60))
    s.stitch(curve([(400, 306), (395, 262), (416, 205)], False), (0.98, 0.72, 0.60))
    # Tongue, eyestay and laces.
    stay = curve([(196, 224), (262, 196), (322, 166), (362, 144), (384, 152), (390, 178), (330, 204), (262, 232),
                  (214, 246)])
    s.part(s.mask(stay) * whole, navy, 12, 6, 0.12, s.grain(3, 0.10))
    s.part(s.mask(curve([(330, 158), (352, 118), (388, 106), (402, 122), (394, 168), (372, 178)])), teal, 14, 8, 0.05, knit)
    for k in range(6):
        x, y = 214 + 29 * k, 226 - 15.5 * k
        lace = curve([(x - 2, y - 10), (x + 14, y - 8), (x + 26, y + 8), (x + 32, y + 18)], False)
        s.stroke(lace + [1.5, 3], 9, (0.05, 0.06, 0.09), 0.4)
        s.part(s.line_mask(lace, 7), (0.74, 0.72, 0.66), 10, 2.5, shadow=0)
        s.stroke([(x + 32, y + 18), (x + 33, y + 19)], 6, (0.04, 0.04, 0.05))
    # Collar: a padded rim.
    rim = curve([(384, 150), (402, 184), (440, 198), (500, 191), (551, 156), (572, 152)], False)
    s.part(s.line_mask(rim, 15), navy, 16, 5, 0.08, s.grain(2, 0.14))
    s.part(s.mask(curve([(560, 176), (570, 140), (584, 136), (588, 156), (582, 196)])), coral, 12, 5, 0.1)
    return s.image(0.8)


def small(draw, seed):
    """A picture of 28x28, light on black: drawn at 280x280, its tones those of an inverted photograph."""
    s = Sheet(280, 280, (0, 0, 0), seed, 2)
    draw(s)
    grey = s.image().convert("L").resize((28, 28), Image.BOX)
    return grey.filter(ImageFilter.UnsharpMask(1, 60, 0))


def flat(s, points, tone, texture=None, corners=False):
    """A piece of cloth with a little rounding at its rim."""
    m = s.mask(points if corners else curve(points))
    rim = 0.72 + 0.34 * blurred(m, 7 * s.scale)
    paint = tone * rim * (1 if texture is None else texture)
    s.pixels = s.pixels * (1 - m[..., None]) + paint[..., None] * m[..., None]
    s.drawn = np.maximum(s.drawn, m)


def boot(s):
    tex = s.grain(14, 0.22)
    flat(s, [(4, 206), (20, 182), (70, 168), (112, 140), (128, 90), (128, 34), (134, 20), (240, 16), (252, 30),
             (258, 120), (268, 190), (272, 214), (200, 226), (60, 226), (8, 222)], 0.72, tex)
    flat(s, [(128, 34), (136, 18), (240, 16), (250, 30), (250, 44), (136, 50)], 0.90)
    flat(s, [(170, 60), (224, 54), (228, 140), (196, 168), (160, 130)], 0.50, tex)
    flat(s, [(4, 212), (60, 214), (140, 212), (190, 206), (272, 202), (276, 244), (206, 246), (196, 232),
             (130, 232), (60, 240), (8, 238)], 0.95)
    for k in range(4):
        s.stroke([(122, 62 + 24 * k), (162, 72 + 23 * k)], 7, (0.98,) * 3)


def top(s, wide, hem, cuff, sleeve_end, fold, tone, fold_tone, cloud=0.12):
    """A body between two sleeves, with folds where they meet; widths are measured from the middle."""
    tex = s.grain(16, cloud)
    hang = (sleeve_end - 60) / 200
    sleeve = [(44, 8), (wide, 22), (wide + 18, 60), (mid(wide + 22, cuff, 0.4), 60 + 75 * hang),
              (cuff, sleeve_end - 6), (cuff - 6, sleeve_end), (cuff - 30, sleeve_end),
              (wide + 4, 60 + 100 * hang), (wide - 8, 100)]
    body = [(22, 16), (42, 7), (wide - 4, 24), (wide, 110), (hem, 272)]
    for sign in (1, -1):
        flat(s, [(140 + sign * x, y) for x, y in sleeve], tone * 0.95, tex)
    flat(s, [(140 + x, y) for x, y in body] + [(140 - x, y) for x, y in body[::-1]], tone, tex)
    for sign in (1, -1):
        line = [(wide - 3, 84), (wide + 2, 160), (hem + 6, 270)]
        s.stroke(curve([(140 + sign * x, y) for x, y in line], False), fold, (fold_tone,) * 3, 0.9)


def mid(a, b, t):
    return a + (b - a) * t


def pullover(s, wide=74, hem=77, cuff=118, sleeve_end=275, fold=10, tone=0.70, fold_tone=0.17, rib=0.68):
    top(s, wide, hem, cuff, sleeve_end, fold, tone, fold_tone)
    s.stroke(curve([(95, 9), (116, 22), (140, 26), (164, 22), (185, 9)], False), 9, (0.92,) * 3)
    s.stroke([(148 - hem, 260), (132 + hem, 260)], 8, (tone * rib,) * 3, 0.7)


def coat(s, wide=62, hem=74, cuff=116, sleeve_end=268, fold=6, tone=0.62, fold_tone=0.25, line=7.5, line_tone=0.24,
         collar=1.0, low=80):
    top(s, wide, hem, cuff, sleeve_end, fold, tone, fold_tone)
    for sign in (1, -1):
        flat(s, [(140 + sign * 4, low), (140 + sign * 34, 6), (140 + sign * 48, 22), (140 + sign * 34, low * 0.6)], collar)
        s.stroke([(140 + sign * 26, 186), (140 + sign * 54, 180)], 5, (tone * 0.6,) * 3)
    s.stroke([(140, low), (140, 276)], line, (line_tone,) * 3)
