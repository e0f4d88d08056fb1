/* Pooling over one plane. */

INLINE int at_least(int a, int b) { return a > b ? a : b; }
INLINE int at_most(int a, int b) { return a < b ? a : b; }

/* The part of a window that lies inside the plane, and the divisor of its average. */
typedef struct {
  int top, bottom, left, right;
  float divisor;
} window;

INLINE window window_at(const fm_pooling *s, int oy, int ox) {
  const int y = oy * s->stride_y - s->pad_top, x = ox * s->stride_x - s->pad_left;
  window w = {at_least(y, 0), at_most(y + s->kernel_height, s->input_height), at_least(x, 0),
              at_most(x + s->kernel_width, s->input_width), 0};
  const int height = at_most(y + s->kernel_height, s->input_height + s->pad_bottom) - y;
  const int width = at_most(x + s->kernel_width, s->input_width + s->pad_right) - x;
  const int inside = at_least(w.bottom - w.top, 0) * at_least(w.right - w.left, 0);
  w.divisor = s->count_padding ? height * width : inside;
  return w;
}

INLINE int halves_exactly(const fm_pooling *s) {
  return s->kernel_height == 2 && s->kernel_width == 2 && s->stride_y == 2 && s->stride_x == 2 &&
         !s->pad_top && !s->pad_left && s->output_height * 2 <= s->input_height &&
         s->output_width * 2 <= s->input_width;
}

static void average_pool(const fm_pooling *s, const float *x, float *y) {
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox++) {
      if (halves_exactly(s)) {
        const float *a = x + (size_t)2 * oy * s->input_width + 2 * ox, *b = a + s->input_width;
        y[oy * s->output_width + ox] = (a[0] + a[1] + b[0] + b[1]) * 0.25f;
        continue;
      }
      const window w = window_at(s, oy, ox);
      float sum = 0;
      for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) sum += x[(size_t)i * s->input_width + j];
      y[oy * s->output_width + ox] = sum / w.divisor;
    }
}

static void average_pool_gradient(const fm_pooling *s, const float *dy, float *dx) {
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox++) {
      const float gradient = dy[oy * s->output_width + ox];
      if (halves_exactly(s)) {
        float *a = dx + (size_t)2 * oy * s->input_width + 2 * ox, *b = a + s->input_width;
        const float quarter = gradient * 0.25f;
        a[0] += quarter, a[1] += quarter, b[0] += quarter, b[1] += quarter;
        continue;
      }
      const window w = window_at(s, oy, ox);
      for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) dx[(size_t)i * s->input_width + j] += gradient / w.divisor;
    }
}

/* NaN wins every maximum, as in PyTorch. */
INLINE size_t place_of_largest(const fm_pooling *s, const float *x, int oy, int ox) {
  const window w = window_at(s, oy, ox);
  size_t best = (size_t)w.top * s->input_width + w.left;
  for (int i = w.top; i < w.bottom; i++)
    for (int j = w.left; j < w.right; j++) {
      const size_t place = (size_t)i * s->input_width + j;
      if (x[place] > x[best] || (x[place] != x[place] && x[best] == x[best])) best = place;
    }
  return best;
}

static void max_pool(const fm_pooling *s, const float *x, float *y) {
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox++)
      y[oy * s->output_width + ox] = x[place_of_largest(s, x, oy, ox)];
}

static void max_pool_gradient(const fm_pooling *s, const float *x, const float *dy, float *dx) {
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox++)
      dx[place_of_largest(s, x, oy, ox)] += dy[oy * s->output_width + ox];
}
