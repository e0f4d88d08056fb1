/* Pooling over planes, of one example and of sixteen side by side. */

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

/* Means of 2x2, vectors along the rows: those of two input rows are added, then neighbours. */
INLINE V mean_of_pairs(V first, V second) {
#if VL == 16
  return (__builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) +
          __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)) * 0.25f;
#elif VL == 8
  return (__builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14) +
          __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15)) * 0.25f;
#else
  return (__builtin_shufflevector(first, second, 0, 2, 4, 6) + __builtin_shufflevector(first, second, 1, 3, 5, 7)) * 0.25f;
#endif
}

/* Vectors read and write beyond the end of a row, but not of the plane: the next row follows. */
static void halve_plane(const fm_pooling *s, const float *x, float *y) {
  const float *end = x + (size_t)s->input_height * s->input_width;
  float *const output_end = y + (size_t)s->output_height * s->output_width;
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox += VL) {
      const float *a = x + (size_t)2 * oy * s->input_width + 2 * ox, *b = a + s->input_width;
      float *out = y + (size_t)oy * s->output_width + ox;
      if (end - b >= 2 * VL && output_end - out >= VL) {
        store(out, mean_of_pairs(load(a) + load(b), load(a + VL) + load(b + VL)));
        continue;
      }
      for (int i = 0; i < VL && ox + i < s->output_width; i++)
        out[i] = ((a[2 * i] + b[2 * i]) + (a[2 * i + 1] + b[2 * i + 1])) * 0.25f;
    }
}

static void average_pool(const fm_pooling *s, const float *x, float *y) {
  if (halves_exactly(s)) {
    halve_plane(s, x, y);
    return;
  }
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox++) {
      const window w = window_at(s, oy, ox);
      float sum = 0;
      for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) sum += x[(size_t)i * s->input_width + j];
      y[(size_t)oy * s->output_width + ox] = sum / w.divisor;
    }
}

static void average_pool_gradient(const fm_pooling *s, const float *dy, float *dx) {
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox++) {
      const float gradient = dy[(size_t)oy * s->output_width + ox];
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
      y[(size_t)oy * s->output_width + ox] = x[place_of_largest(s, x, oy, ox)];
}

static void max_pool_gradient(const fm_pooling *s, const float *x, const float *dy, float *dx) {
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox++)
      dx[place_of_largest(s, x, oy, ox)] += dy[(size_t)oy * s->output_width + ox];
}

/* The same with sixteen examples in the lanes, for all channels. */

INLINE V lane_average(const fm_pooling *s, const float *x, const window w) {
  V sum = splat(0);
  for (int i = w.top; i < w.bottom; i++)
    for (int j = w.left; j < w.right; j++) sum += load(x + ((size_t)i * s->input_width + j) * L);
  return sum / w.divisor;
}

static void average_pool_lanes(const fm_pooling *s, int32_t channels, const float *x, float *y) {
  const size_t row = (size_t)s->input_width * L, plane = row * s->input_height;
  const int halves = halves_exactly(s);
  for (int c = 0; c < channels; c++, x += plane)
    for (int oy = 0; oy < s->output_height; oy++)
      for (int ox = 0; ox < s->output_width; ox++, y += L) {
        if (halves) {
          const float *a = x + 2 * oy * row + (size_t)2 * ox * L, *b = a + row;
          UNROLL for (int h = 0; h < L; h += VL)
            store(y + h, (load(a + h) + load(a + L + h) + load(b + h) + load(b + L + h)) * 0.25f);
        } else {
          const window w = window_at(s, oy, ox);
          for (int h = 0; h < L; h += VL) store(y + h, lane_average(s, x + h, w));
        }
      }
}

static void average_pool_lanes_gradient(const fm_pooling *s, int32_t channels, const float *dy, float *dx) {
  const size_t row = (size_t)s->input_width * L, plane = row * s->input_height;
  const int halves = halves_exactly(s);
  for (int c = 0; c < channels; c++, dx += plane) {
    /* Windows that fill the plane without overlap write all of it. */
    const int whole = halves && 2 * s->output_height == s->input_height && 2 * s->output_width == s->input_width;
    if (!whole) memset(dx, 0, plane * sizeof(float));
    for (int oy = 0; oy < s->output_height; oy++)
      for (int ox = 0; ox < s->output_width; ox++, dy += L) {
        if (halves) {
          float *a = dx + 2 * oy * row + (size_t)2 * ox * L, *b = a + row;
          UNROLL for (int h = 0; h < L; h += VL) {
            const V quarter = load(dy + h) * 0.25f;
            store(a + h, quarter), store(a + L + h, quarter), store(b + h, quarter), store(b + L + h, quarter);
          }
          continue;
        }
        const window w = window_at(s, oy, ox);
        for (int h = 0; h < L; h += VL) {
          const V share = load(dy + h) / w.divisor;
          for (int i = w.top; i < w.bottom; i++)
            for (int j = w.left; j < w.right; j++) {
              float *place = dx + i * row + (size_t)j * L + h;
              store(place, load(place) + share);
            }
        }
      }
  }
}

/* One pass over the planes: the activation's divisions hide the way to a farther cache. */
INLINE void halve_lanes_of(const int32_t ACTIVATION, int channels, int height, int width, float *x, int keeps,
                           float *y) {
  const size_t row = (size_t)2 * width * L;
  for (int i = 0; i < channels * height; i++, x += row)
    for (int ox = 0; ox < width; ox++, x += 2 * L, y += L)
      UNROLL for (int h = 0; h < L; h += VL) {
        V corners[4];
        UNROLL for (int corner = 0; corner < 4; corner++) {
          float *place = x + corner / 2 * row + corner % 2 * L + h;
          corners[corner] = activated(ACTIVATION, load(place));
          if (keeps) store(place, corners[corner]);
        }
        store(y + h, (corners[0] + corners[1] + corners[2] + corners[3]) * 0.25f);
      }
}

static void halve_lanes(int32_t activation, int32_t channels, int32_t height, int32_t width, float *x, int32_t keeps,
                        float *y) {
  switch (activation) {
#define CASE(kind) \
  case kind: halve_lanes_of(kind, channels, height, width, x, keeps, y); break;
    CASE(FM_NO_ACTIVATION) CASE(FM_SIGMOID) CASE(FM_RELU) CASE(FM_TANH)
#undef CASE
  }
}

INLINE V activation_gradient(int32_t kind, V y, V dy) {
  switch (kind) {
    case FM_SIGMOID: return sigmoid_gradient_vector(y, dy);
    case FM_RELU: return relu_gradient_vector(y, dy);
    case FM_TANH: return tanh_gradient_vector(y, dy);
    default: return dy;
  }
}

/* One pass over the planes instead of three, and in place. */
INLINE void halve_lanes_through(const int32_t ACTIVATION, int channels, int height, int width, const float *dy,
                                float *y, float *sums) {
  const size_t row = (size_t)2 * width * L;
  for (int c = 0; c < channels; c++) {
    V sum = splat(0);
    for (int oy = 0; oy < height; oy++, y += row)
      for (int ox = 0; ox < width; ox++, y += 2 * L, dy += L)
        UNROLL for (int h = 0; h < L; h += VL) {
          const V quarter = load(dy + h) * 0.25f;
          UNROLL for (int corner = 0; corner < 4; corner++) {
            float *place = y + corner / 2 * row + corner % 2 * L + h;
            const V gradient = activation_gradient(ACTIVATION, load(place), quarter);
            store(place, gradient);
            sum += gradient;
          }
        }
    if (sums) sums[c] += sum_of_lanes(sum);
  }
}

static void halve_lanes_gradient(int32_t activation, int32_t channels, int32_t height, int32_t width, const float *dy,
                                 float *y, float *sums) {
  switch (activation) {
#define CASE(kind) \
  case kind: halve_lanes_through(kind, channels, height, width, dy, y, sums); break;
    CASE(FM_NO_ACTIVATION) CASE(FM_SIGMOID) CASE(FM_RELU) CASE(FM_TANH)
#undef CASE
  }
}

/* Where the largest value of a window lies, in each lane: the first, or a NaN. */
INLINE VI lane_place_of_largest(const fm_pooling *s, const float *x, const window w, V *largest) {
  V best = load(x + ((size_t)w.top * s->input_width + w.left) * L);
  VI place = (VI){0} + (w.top * s->input_width + w.left);
  for (int i = w.top; i < w.bottom; i++)
    for (int j = w.left; j < w.right; j++) {
      const int here = i * s->input_width + j;
      const V v = load(x + (size_t)here * L);
      const VI wins = (v > best) | ((v != v) & (best == best));
      best = choose(wins, v, best);
      place = (wins & here) | (~wins & place);
    }
  *largest = best;
  return place;
}

static void max_pool_lanes(const fm_pooling *s, int32_t channels, const float *x, float *y) {
  const size_t plane = (size_t)s->input_width * s->input_height * L;
  for (int c = 0; c < channels; c++, x += plane)
    for (int oy = 0; oy < s->output_height; oy++)
      for (int ox = 0; ox < s->output_width; ox++, y += L) {
        const window w = window_at(s, oy, ox);
        for (int h = 0; h < L; h += VL) {
          V largest;
          lane_place_of_largest(s, x + h, w, &largest);
          store(y + h, largest);
        }
      }
}

static void max_pool_lanes_gradient(const fm_pooling *s, int32_t channels, const float *x, const float *dy,
                                    float *dx) {
  const size_t plane = (size_t)s->input_width * s->input_height * L;
  memset(dx, 0, plane * channels * sizeof(float));
  for (int c = 0; c < channels; c++, x += plane, dx += plane)
    for (int oy = 0; oy < s->output_height; oy++)
      for (int ox = 0; ox < s->output_width; ox++, dy += L) {
        const window w = window_at(s, oy, ox);
        for (int h = 0; h < L; h += VL) {
          V largest;
          const VI place = lane_place_of_largest(s, x + h, w, &largest);
          const V gradient = load(dy + h);
          for (int i = w.top; i < w.bottom; i++)
            for (int j = w.left; j < w.right; j++) {
              const int here = i * s->input_width + j;
              float *goal = dx + (size_t)here * L + h;
              store(goal, load(goal) + choose(place == here, gradient, splat(0)));
            }
        }
      }
}
