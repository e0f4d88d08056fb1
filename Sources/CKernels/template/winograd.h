/* Cross-correlation with fewer products: Winograd's minimal filtering along the rows (Lavin and Gray, "Fast Algorithms
 * for Convolutional Neural Networks", 2015, here in one direction). M neighbouring outputs of kernel rows R wide depend
 * on P = M + R - 1 inputs: a tile. With tile and kernel row taken as polynomials at P points (0, 1, -1, 2, -2, for
 * eight also 1/2 and -1/2, and infinity) P products are enough where the definition has M * R: of 20 for R = 5, eight.
 * With the matrices A, B and G of that paper, a prime for the transpose:
 *   y = A' sum over c, ky of (G w) * (B' x)
 * So there is one correlation at each point, with kernels one pixel wide; the ways back are its transposes. Forward, one
 * column of tiles at a time is taken to the points, [channel][row], and back from there block by block. On the way back
 * it is some columns, [channel][tile][row], and the loops of correlation.h take rows for columns.
 *
 * Sums are rounded elsewhere than in the definition's: an output that sees nothing but zeros may come out as 1e-7
 * beside bright pixels, 1e-6 at the worst, and an infinite or huge input spoils all outputs of its tiles, in its own
 * example. */

#define FM_TILE 8 /* most points, and inputs of a tile */

/* The pairs of points a, -a come after 0; their places in the tables are odd. 1 / product of (a - b) over the other
 * points b but infinity. */
static const float point_places[] = {0, 1, -1, 2, -2, 1 / 2.f, -1 / 2.f};
static const float point_factors[][7] = {{1 / 4.f, -1 / 6.f, -1 / 6.f, 1 / 24.f, 1 / 24.f},
                                         {-1, -2 / 9.f, -2 / 9.f, 1 / 90.f, 1 / 90.f, 32 / 45.f, 32 / 45.f}};

/* B' x */
INLINE void input_to_points(const V *x, V *points, const int P) {
  if (P == 6) {
    const V four = splat(4), two = splat(2), five = splat(5);
    const V even = multiply_add(-four, x[2], x[4]), odd = multiply_add(-four, x[1], x[3]);
    const V difference = x[4] - x[2], slope = x[3] - x[1];
    points[0] = multiply_add(four, x[0], multiply_add(-five, x[2], x[4]));
    points[1] = even + odd;
    points[2] = even - odd;
    points[3] = multiply_add(two, slope, difference);
    points[4] = multiply_add(-two, slope, difference);
    points[5] = multiply_add(four, x[1], multiply_add(-five, x[3], x[5]));
  } else {
    const V c = splat(5.25f);
    points[0] = multiply_add(c, x[2] - x[4], x[6] - x[0]);
    points[7] = multiply_add(c, x[3] - x[5], x[7] - x[1]);
    V even = multiply_add(splat(-4.25f), x[4], x[2] + x[6]), odd = multiply_add(splat(-4.25f), x[3], x[1] + x[5]);
    points[1] = even + odd;
    points[2] = even - odd;
    even = multiply_add(splat(-1.25f), x[4], multiply_add(splat(0.25f), x[2], x[6]));
    odd = multiply_add(splat(2), x[5], multiply_add(splat(-2.5f), x[3], splat(0.5f) * x[1]));
    points[3] = even + odd;
    points[4] = even - odd;
    even = multiply_add(splat(-5), x[4], multiply_add(splat(4), x[2], x[6]));
    odd = multiply_add(splat(2), x[1], multiply_add(splat(-2.5f), x[3], splat(0.5f) * x[5]));
    points[5] = even + odd;
    points[6] = even - odd;
  }
}

/* B points, the transpose of it. */
INLINE void points_to_input(const V *points, V *x, const int P) {
  const V sum = points[1] + points[2], difference = points[1] - points[2];
  const V far = points[3] + points[4], slope = points[3] - points[4];
  if (P == 6) {
    const V four = splat(4), two = splat(2), five = splat(5);
    x[0] = four * points[0];
    x[1] = multiply_add(four, points[5] - difference, -two * slope);
    x[2] = multiply_add(-five, points[0], multiply_add(-four, sum, -far));
    x[3] = multiply_add(-five, points[5], multiply_add(two, slope, difference));
    x[4] = points[0] + sum + far;
    x[5] = points[5];
  } else {
    const V near = points[5] + points[6], rise = points[5] - points[6], c = splat(5.25f);
    x[0] = -points[0];
    x[1] = multiply_add(splat(2), rise, multiply_add(splat(0.5f), slope, difference - points[7]));
    x[2] = multiply_add(splat(4), near, multiply_add(splat(0.25f), far, multiply_add(c, points[0], sum)));
    x[3] = multiply_add(c, points[7], multiply_add(splat(-4.25f), difference, splat(-2.5f) * (slope + rise)));
    x[4] = multiply_add(splat(-1.25f), far,
                        multiply_add(splat(-5), near, multiply_add(splat(-4.25f), sum, -c * points[0])));
    x[5] = multiply_add(splat(0.5f), rise, multiply_add(splat(2), slope, multiply_add(-c, points[7], difference)));
    x[6] = (points[0] + sum) + (far + near);
    x[7] = points[7];
  }
}

/* A' points */
INLINE void points_to_output(const V *points, V *y, const int P, const int M) {
  const V even[] = {points[1] + points[2], points[3] + points[4], P == 8 ? points[P - 3] + points[P - 2] : splat(0)};
  const V odd[] = {points[1] - points[2], points[3] - points[4], P == 8 ? points[P - 3] - points[P - 2] : splat(0)};
  UNROLL for (int m = 0; m < M; m++) {
    const V *part = m % 2 ? odd : even;
    y[m] = multiply_add(splat(1 << m), part[1], part[0]);
    if (P == 8) y[m] = multiply_add(splat(1.f / (1 << m)), part[2], y[m]);
  }
  y[0] += points[0];
  y[M - 1] += points[P - 1];
}

/* A y, the transpose of it. */
INLINE void output_to_points(const V *y, V *points, const int P, const int M) {
  points[0] = y[0];
  points[P - 1] = y[M - 1];
  UNROLL for (int p = 1; p < P - 1; p += 2) {
    V even = y[0], odd = splat(point_places[p]) * y[1];
    float power = point_places[p];
    UNROLL for (int m = 2; m < M; m++) {
      power *= point_places[p];
      if (m % 2) odd = multiply_add(splat(power), y[m], odd);
      else even = multiply_add(splat(power), y[m], even);
    }
    points[p] = even + odd;
    points[p + 1] = even - odd;
  }
}

/* G w for every row of every kernel. */
INLINE void weight_to_points(const float *w, size_t rows, float *points, const int P, const int R) {
  const float *factors = point_factors[P == 8];
  for (size_t i = 0; i < rows; i++, w += R, points++) {
    points[0] = w[0] * factors[0];
    UNROLL for (int p = 1; p < P - 1; p += 2) {
      const float a = point_places[p], square = a * a;
      float even = w[0] + square * w[2], odd = w[1];
      if (R == 5) even += square * square * w[4], odd += square * w[3];
      points[p * rows] = (even + a * odd) * factors[p];
      points[(p + 1) * rows] = (even - a * odd) * factors[p];
    }
    points[(P - 1) * rows] = w[R - 1];
  }
}

/* Adds G' points, the transpose of it. */
INLINE void add_points_to_weight(const float *points, size_t rows, float *w, const int P, const int R) {
  const float *factors = point_factors[P == 8];
  for (size_t i = 0; i < rows; i++, w += R, points++) {
    w[0] += points[0] * factors[0];
    UNROLL for (int p = 1; p < P - 1; p += 2) {
      const float a = point_places[p], square = a * a;
      const float even = (points[p * rows] + points[(p + 1) * rows]) * factors[p];
      const float odd = (points[p * rows] - points[(p + 1) * rows]) * factors[p] * a;
      w[0] += even, w[1] += odd, w[2] += square * even;
      if (R == 5) w[3] += square * odd, w[4] += square * square * even;
    }
    w[R - 1] += points[(P - 1) * rows];
  }
}

/* P points and a kernel's width R are known when `call` is compiled. */
#define FM_OF_TILES(memory, s, call)                    \
  switch ((memory)->points * 10 + (s)->kernel_width) {  \
    case 65: { enum { P = 6, R = 5 }; call; break; }    \
    case 63: { enum { P = 6, R = 3 }; call; break; }    \
    case 85: { enum { P = 8, R = 5 }; call; break; }    \
    case 83: { enum { P = 8, R = 3 }; call; break; }    \
  }

/* The sizes of the correlation at one point, of `tiles` tiles in a row. */
INLINE fm_correlation at_a_point(const fm_correlation *s, int tiles) {
  fm_correlation result = *s;
  result.activation = FM_NO_ACTIVATION;
  result.input_height = result.output_height = tiles;
  result.input_width = s->input_height, result.output_width = s->output_height;
  result.kernel_height = 1, result.kernel_width = s->kernel_height;
  result.stride_y = 1, result.stride_x = s->stride_y;
  result.dilation_y = 1, result.dilation_x = s->dilation_y;
  return result;
}

/* One column of tiles of the input at the points, `step` floats from a point to the next. */
INLINE void column_to_points(const fm_correlation *s, const float *x, float *points, size_t channel, size_t step,
                             const int P) {
  const size_t line = (size_t)s->input_width * L;
  for (int c = 0; c < s->input_channels; c++, points += channel) {
    float *out = points;
    for (int i = 0; i < s->input_height; i++, x += line, out += L)
      for (int h = 0; h < L; h += VL) {
        V in[FM_TILE], result[FM_TILE];
        UNROLL for (int k = 0; k < P; k++) in[k] = load(x + k * L + h);
        input_to_points(in, result, P);
        UNROLL for (int p = 0; p < P; p++) store(out + p * step + h, result[p]);
      }
  }
}

/* A block at one point has as many sums as one of correlation.h, of an even number of rows. */
#define FM_POINT_ROWS (FM_PIXELS == 2 ? 2 : 4)
#define FM_POINT_CHANNELS (FM_CHANNELS * FM_PIXELS / FM_POINT_ROWS)

_Static_assert(FM_POINT_ROWS % 2 == 0 && FM_POINT_ROWS <= 6 && FM_POINT_CHANNELS <= 6, "a case for every size");
_Static_assert(FM_TAP_CHANNELS <= 6 && FM_TAPS <= 6, "a case for every size");
_Static_assert(FM_POINT_ROWS * FM_POINT_CHANNELS <= FM_WINOGRAD_BLOCK, "a block fits its memory");
_Static_assert(FM_TAP_CHANNELS * FM_WINOGRAD_ROWS <= FM_WINOGRAD_BLOCK, "a block fits its memory");
_Static_assert(FM_WINOGRAD_ROWS % 2 == 0, "averages start at even rows");

/* OB output channels times RB rows at every point, [point][channel][row]. A bias takes part at the point 1 alone: its
 * column of A' is all ones. */
INLINE void correlate_block_at_points(const fm_correlation *part, int points, const float *x, size_t step,
                                      const float *weight, size_t weights, const float *bias, float *y, const int OB,
                                      const int RB) {
  const size_t taps = (size_t)part->input_channels * part->kernel_width, channel = (size_t)part->input_width * L;
  const size_t row = (size_t)part->stride_x * L, tap = (size_t)part->dilation_x * L;
  for (int p = 0; p < points; p++, x += step, y += OB * RB * L)
    for (int h = 0; h < L; h += VL) {
      V sum[FM_POINT_CHANNELS * FM_POINT_ROWS];
      UNROLL for (int o = 0; o < OB; o++)
        UNROLL for (int r = 0; r < RB; r++) sum[o * RB + r] = splat(p == 1 && bias ? bias[o] : 0);
      const float *w = weight + p * weights, *first = x + h;
      for (int c = 0; c < part->input_channels; c++, first += channel) {
        const float *in = first;
        /* Longer bodies would not fit the registers: the compiler loads ahead. */
        _Pragma("clang loop unroll(disable)") for (int k = 0; k < part->kernel_width; k++, w++, in += tap) {
          V rows[FM_POINT_ROWS];
          UNROLL for (int r = 0; r < RB; r++) rows[r] = load(in + r * row);
          UNROLL for (int o = 0; o < OB; o++) {
            const V factor = splat(w[o * taps]);
            UNROLL for (int r = 0; r < RB; r++) sum[o * RB + r] += rows[r] * factor;
          }
        }
      }
      UNROLL for (int i = 0; i < OB * RB; i++) store(y + i * L + h, sum[i]);
    }
}

INLINE void correlate_channels_at_points(const fm_correlation *part, int points, const float *x, size_t step,
                                         const float *weight, size_t weights, const float *bias, float *y,
                                         const int OB) {
  switch (part->output_width) {
#define CASE(n)                                                                                          \
  case n:                                                                                                \
    correlate_block_at_points(part, points, x, step, weight, weights, bias, y, OB, at_most(n, FM_POINT_ROWS)); \
    break;
    FM_EACH_SIZE(CASE)
#undef CASE
  }
}

static void correlate_at_points(const fm_correlation *part, int points, const float *x, size_t step,
                                const float *weight, size_t weights, const float *bias, float *y) {
  switch (part->output_channels) {
#define CASE(n)                                                                                       \
  case n:                                                                                             \
    correlate_channels_at_points(part, points, x, step, weight, weights, bias, y, at_most(n, FM_POINT_CHANNELS)); \
    break;
    FM_EACH_SIZE(CASE)
#undef CASE
  }
}

/* Rows of some output channels from their values at the points. With HALVES, rows come in pairs, the averages of 2x2
 * are written too, and y may be NULL. */
INLINE void points_to_rows(const fm_correlation *s, const float *points, int channels, int rows, float *y,
                           float *halves, const int32_t ACTIVATION, const int HALVES, const int P, const int M) {
  const size_t line = (size_t)s->output_width * L, plane = s->output_height * line;
  const size_t step = (size_t)channels * rows * L;
  for (int o = 0; o < channels; o++)
    for (int i = 0; i < rows; i += 1 + HALVES, points += L * (1 + HALVES))
      for (int h = 0; h < L; h += VL) {
        V means[FM_TILE / 2];
        UNROLL for (int j = 0; j <= HALVES; j++) {
          V in[FM_TILE], out[FM_TILE];
          UNROLL for (int p = 0; p < P; p++) in[p] = load(points + p * step + j * L + h);
          points_to_output(in, out, P, M);
          UNROLL for (int m = 0; m < M; m++) out[m] = activated(ACTIVATION, out[m]);
          if (!HALVES || y)
            UNROLL for (int m = 0; m < M; m++) store(y + o * plane + (i + j) * line + m * L + h, out[m]);
          UNROLL for (int m = 0; m < M / 2; m++) {
            const V pair = out[2 * m] + out[2 * m + 1];
            means[m] = j ? (means[m] + pair) * 0.25f : pair;
          }
        }
        if (HALVES)
          UNROLL for (int m = 0; m < M / 2; m++)
            store(halves + o * plane / 4 + (i / 2 * (line / 2)) + m * L + h, means[m]);
      }
}

INLINE void activate_rows(const fm_correlation *s, const float *points, int channels, int rows, float *y,
                          float *halves, const int P, const int M) {
  switch (s->activation) {
#define CASE(kind)                                                                 \
  case kind:                                                                       \
    if (halves) points_to_rows(s, points, channels, rows, y, halves, kind, 1, P, M); \
    else points_to_rows(s, points, channels, rows, y, halves, kind, 0, P, M);        \
    break;
    CASE(FM_NO_ACTIVATION) CASE(FM_SIGMOID) CASE(FM_RELU) CASE(FM_TANH)
#undef CASE
  }
}

INLINE void winograd(const fm_correlation *s, const float *x, const float *weight, const float *bias, float *y,
                     float *halves, const fm_winograd *memory, const int P, const int R) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height, weights = s->output_channels * taps;
  const size_t column = (size_t)s->input_height * L, step = s->input_channels * column;
  const size_t line = (size_t)s->output_width * L, plane = s->output_height * line;
  const int M = P + 1 - R, channels = even_block(s->output_channels, FM_POINT_CHANNELS);
  const int rows = (even_block(s->output_height, FM_POINT_ROWS) + 1) / 2 * 2;
  float *input = memory->scratch, *block = input + P * step;
  fm_correlation part = at_a_point(s, 1);
  weight_to_points(weight, weights, memory->weight, P, R);
  for (int left = memory->left; left < memory->left + memory->width; left += M) {
    column_to_points(s, x + left * L, input, column, step, P);
    for (int o = 0; o < s->output_channels; o += channels)
      for (int i = 0; i < s->output_height; i += rows) {
        part.output_channels = at_most(channels, s->output_channels - o);
        part.output_width = at_most(rows, s->output_height - i);
        correlate_at_points(&part, P, input + i * s->stride_y * L, step, memory->weight + o * taps, weights,
                            bias ? bias + o : NULL, block);
        activate_rows(s, block, part.output_channels, part.output_width,
                      y ? y + o * plane + i * line + left * L : NULL,
                      halves ? halves + (o * plane + i * line) / 4 + left / 2 * L : NULL, P, M);
      }
  }
}

static void winograd_lanes(const fm_correlation *s, const float *x, const float *weight, const float *bias, float *y,
                           float *halves, const fm_winograd *memory) {
  FM_OF_TILES(memory, s, winograd(s, x, weight, bias, y, halves, memory, P, R))
}

/* Where gradients come from: dy itself, or dy is that of the averages of an activation, whose output is y. */
enum { FM_PLAIN = -1 };

/* The gradients of `rows` rows of one channel, M pixels of each, at the points. Returns their sum. */
INLINE V rows_to_points(size_t line, const float *y, const float *dy, int rows, float *points, size_t step,
                        const int SOURCE, const int P, const int M) {
  V sum = splat(0);
  for (int i = 0; i < rows; i++)
    for (int h = 0; h < L; h += VL) {
      V in[FM_TILE], result[FM_TILE];
      /* The rows that come next lie farther apart than the processor would look ahead. */
      if (SOURCE != FM_PLAIN && h == 0)
        UNROLL for (int m = 0; m < M; m++) __builtin_prefetch(y + (i + rows) * line + m * L);
      if (SOURCE == FM_PLAIN) {
        UNROLL for (int m = 0; m < M; m++) in[m] = load(dy + i * line + m * L + h);
      } else {
        UNROLL for (int m = 0; m < M; m++)
          in[m] = activation_gradient(SOURCE, load(y + i * line + m * L + h),
                                      load(dy + i / 2 * (line / 2) + m / 2 * L + h) * 0.25f);
      }
      output_to_points(in, result, P, M);
      UNROLL for (int p = 0; p < P; p++) store(points + p * step + i * L + h, result[p]);
      sum += result[1];
    }
  return sum;
}

/* Some channels and rows of one column of tiles; `channel` floats lie between the channels. Their sums are added to
 * `sums`, a vector for each channel. The first row is an even one unless the source is plain. */
INLINE void gradient_to_points(const fm_correlation *s, const float *y, const float *dy, int left, int first,
                               int channels, int row, int rows, float *points, size_t step, size_t channel,
                               float *sums, const int P, const int M) {
  const size_t line = (size_t)s->output_width * L, plane = s->output_height * line;
  const size_t start = row * line + left * L, halved = (row * line + left * L * 2) / 4;
  switch (y ? s->activation : FM_PLAIN) {
#define CASE(source)                                                                                                 \
  case source:                                                                                                       \
    for (int o = first; o < first + channels; o++, points += channel) {                                              \
      const float *gradient = source == FM_PLAIN ? dy + o * plane + start : dy + o * plane / 4 + halved;             \
      const float *output = source == FM_PLAIN ? NULL : y + o * plane + start;                                       \
      const V sum = rows_to_points(line, output, gradient, rows, points, step, source, P, M);                        \
      store(sums + o * VL, load(sums + o * VL) + sum);                                                               \
    }                                                                                                                \
    break;
    CASE(FM_PLAIN) CASE(FM_NO_ACTIVATION) CASE(FM_SIGMOID) CASE(FM_RELU) CASE(FM_TANH)
#undef CASE
  }
}

/* The gradients of OB times KB weights of every input channel, from some rows, are added to `sums`, a vector for each
 * weight at each point. IS_WHOLE where the rows are FM_WINOGRAD_ROWS and the kernel's neither strided nor dilated. */
INLINE void add_block_at_points(const fm_correlation *part, int points, const float *x, size_t step, const float *dy,
                                float *sums, size_t weights, const int OB, const int KB, const int IS_WHOLE) {
  const int rows = IS_WHOLE ? FM_WINOGRAD_ROWS : part->output_width;
  const size_t row = IS_WHOLE ? L : (size_t)part->stride_x * L, tap = IS_WHOLE ? L : (size_t)part->dilation_x * L;
  const size_t channel = (size_t)part->input_width * L, taps = (size_t)part->input_channels * KB;
  for (int p = 0; p < points; p++, x += step, dy += OB * rows * L, sums += weights * VL)
    for (int c = 0; c < part->input_channels; c++) {
      V sum[FM_TAP_CHANNELS * FM_TAPS];
      float *place = sums + c * KB * VL;
      UNROLL for (int i = 0; i < OB * KB; i++) sum[i] = load(place + (i / KB * taps + i % KB) * VL);
      for (int h = 0; h < L; h += VL)
        for (int r = 0; r < rows; r++) {
          V pixels[FM_TAPS];
          UNROLL for (int k = 0; k < KB; k++) pixels[k] = load(x + c * channel + r * row + k * tap + h);
          UNROLL for (int o = 0; o < OB; o++) {
            const V gradient = load(dy + (o * rows + r) * L + h);
            UNROLL for (int k = 0; k < KB; k++) sum[o * KB + k] += pixels[k] * gradient;
          }
        }
      UNROLL for (int i = 0; i < OB * KB; i++) store(place + (i / KB * taps + i % KB) * VL, sum[i]);
    }
}

INLINE void add_channels_at_points(const fm_correlation *part, int points, const float *x, size_t step,
                                   const float *dy, float *sums, size_t weights, const int OB) {
  const int is_whole = part->output_width == FM_WINOGRAD_ROWS && part->stride_x == 1 && part->dilation_x == 1;
  switch (2 * part->kernel_width + is_whole) {
#define CASE(n)                                                                                                      \
  case 2 * n: add_block_at_points(part, points, x, step, dy, sums, weights, OB, at_most(n, FM_TAPS), 0); break;      \
  case 2 * n + 1: add_block_at_points(part, points, x, step, dy, sums, weights, OB, at_most(n, FM_TAPS), 1); break;
    FM_EACH_SIZE(CASE)
#undef CASE
  }
}

static void add_at_points(const fm_correlation *part, int points, const float *x, size_t step, const float *dy,
                          float *sums, size_t weights) {
  switch (part->output_channels) {
#define CASE(n) \
  case n: add_channels_at_points(part, points, x, step, dy, sums, weights, at_most(n, FM_TAP_CHANNELS)); break;
    FM_EACH_SIZE(CASE)
#undef CASE
  }
}

/* The gradient of few weights, without that of the input: block by block, all of it in the nearest cache. */
INLINE void winograd_gradient_by_blocks(const fm_correlation *s, const float *x, const float *y, const float *dy,
                                        float *dw, float *bias_sums, const fm_winograd *memory, const int P,
                                        const int R) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height, weights = s->output_channels * taps;
  const size_t column = (size_t)s->input_height * L, step = s->input_channels * column;
  const int M = P + 1 - R, channels = even_block(s->output_channels, FM_TAP_CHANNELS);
  float *input = memory->scratch, *block = input + P * step;
  float *sums = block + P * FM_WINOGRAD_BLOCK * L, *points = sums + P * weights * L;
  fm_correlation part = at_a_point(s, 1);
  memset(sums, 0, P * weights * VL * sizeof(float));
  for (int left = memory->left; left < memory->left + memory->width; left += M) {
    column_to_points(s, x + left * L, input, column, step, P);
    for (int o = 0; o < s->output_channels; o += channels)
      for (int i = 0; i < s->output_height; i += FM_WINOGRAD_ROWS) {
        part.output_channels = at_most(channels, s->output_channels - o);
        part.output_width = at_most(FM_WINOGRAD_ROWS, s->output_height - i);
        const size_t channel = (size_t)part.output_width * L;
        gradient_to_points(s, y, dy, left, o, part.output_channels, i, part.output_width, block,
                           part.output_channels * channel, channel, bias_sums, P, M);
        add_at_points(&part, P, input + i * s->stride_y * L, step, block, sums + o * taps * VL, weights);
      }
  }
  for (size_t i = 0; i < P * weights; i++) points[i] = sum_of_lanes(load(sums + i * VL));
  add_points_to_weight(points, weights, dw, P, R);
}

/* The gradient of the input from its values at the points, for `tiles` tiles in a row, the first of which begins at
 * column `x` of dx, below 0 where that is padding. Neighbouring tiles overlap: their sums stay in registers, and what
 * the next tiles overlap is written too, and read again if `is_next`. */
INLINE void points_to_input_gradient(const fm_correlation *s, const float *points, int tiles, int top, int x,
                                     int height, int width, float *dx, int is_next, const int P, const int M) {
  const size_t column = (size_t)s->input_height * L, step = s->input_channels * tiles * column;
  for (int c = 0; c < s->input_channels; c++, points += tiles * column)
    for (int y = 0; y < height; y++, dx += (size_t)width * L)
      for (int h = 0; h < L; h += VL) {
        const float *in = points + (size_t)(top + y) * L + h;
        V sum[FM_TILE];
        UNROLL for (int i = 0; i < P; i++)
          sum[i] = is_next && i < P - M && x + i >= 0 && x + i < width ? load(dx + (x + i) * L + h) : splat(0);
        for (int t = 0; t < tiles; t++, in += column) {
          V at[FM_TILE], back[FM_TILE];
          UNROLL for (int p = 0; p < P; p++) at[p] = load(in + p * step);
          points_to_input(at, back, P);
          UNROLL for (int i = 0; i < P; i++) sum[i] += back[i];
          const int here = x + t * M;
          UNROLL for (int i = 0; i < M; i++)
            if (here + i >= 0 && here + i < width) store(dx + (here + i) * L + h, sum[i]);
          UNROLL for (int i = 0; i < P; i++) sum[i] = i + M < P ? sum[i + M] : splat(0);
        }
        const int end = x + tiles * M;
        UNROLL for (int i = 0; i < P - M; i++)
          if (end + i >= 0 && end + i < width) store(dx + (end + i) * L + h, sum[i]);
      }
}

/* The gradients of weights and input, some columns of tiles at a time. */
INLINE void winograd_gradient_by_columns(const fm_correlation *s, const float *x, const float *y, const float *dy,
                                         float *dw, float *bias_sums, int top, int left, int height, int width,
                                         float *dx, const fm_winograd *memory, const int P, const int R) {
  const int M = P + 1 - R, all = memory->width / M, most = even_block(all, memory->columns);
  const size_t weights = (size_t)s->output_channels * s->input_channels * s->kernel_height;
  const size_t in_column = (size_t)s->input_height * L, out_column = (size_t)s->output_height * L;
  float *points = memory->scratch, *input = points + P * weights;
  memset(points, 0, P * weights * sizeof(float));
  for (int first = 0; first < all; first += most) {
    const int tiles = at_most(most, all - first);
    const fm_correlation part = at_a_point(s, tiles);
    const size_t inputs = s->input_channels * tiles * in_column, gradients = s->output_channels * tiles * out_column;
    float *gradient = input + P * inputs;
    const int start = memory->left + first * M;
    for (int t = 0; t < tiles; t++) {
      column_to_points(s, x + (start + t * M) * L, input + t * in_column, tiles * in_column, inputs, P);
      gradient_to_points(s, y, dy, start + t * M, 0, s->output_channels, 0, s->output_height,
                         gradient + t * out_column, gradients, tiles * out_column, bias_sums, P, M);
    }
    for (int p = 0; p < P; p++) {
      correlate_lanes_weight_gradient(&part, input + p * inputs, gradient + p * gradients, points + p * weights);
      /* The input at this point has done its part: its gradient takes its place. */
      if (dx)
        correlate_lanes_input_gradient(&part, gradient + p * gradients, memory->weight + p * weights, 0, 0,
                                       part.input_height, part.input_width, input + p * inputs);
    }
    if (dx) points_to_input_gradient(s, input, tiles, top, start - left, height, width, dx, start > 0, P, M);
  }
  add_points_to_weight(points, weights, dw, P, R);
}

static void winograd_lanes_gradient(const fm_correlation *s, const float *x, const float *y, const float *dy,
                                    float *dw, float *dbias, int32_t top, int32_t left, int32_t height,
                                    int32_t width, float *dx, const fm_winograd *memory) {
  const size_t weights = (size_t)s->output_channels * s->input_channels * s->kernel_height;
  float *bias_sums = memory->scratch;
  fm_winograd rest = *memory;
  rest.scratch += s->output_channels * L;
  memset(bias_sums, 0, s->output_channels * VL * sizeof(float));
  if (!dx && memory->points * weights <= FM_WINOGRAD_SUMS && s->kernel_height <= FM_TAPS)
    FM_OF_TILES(memory, s, winograd_gradient_by_blocks(s, x, y, dy, dw, bias_sums, &rest, P, R))
  else
    FM_OF_TILES(memory, s, winograd_gradient_by_columns(s, x, y, dy, dw, bias_sums, top, left, height, width, dx,
                                                        &rest, P, R))
  if (dbias)
    for (int o = 0; o < s->output_channels; o++) dbias[o] += sum_of_lanes(load(bias_sums + o * VL));
}
