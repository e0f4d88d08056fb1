/* Cross-correlation with fewer products: Winograd's minimal filtering along the rows (Lavin and Gray, "Fast Algorithms
 * for Convolutional Neural Networks", 2015, here in one direction). M neighbouring outputs of kernel rows R = 7 - M
 * wide depend on six inputs: a tile. With tile and kernel row taken as polynomials at the points 0, 1, -1, 2, -2 and
 * infinity, six products are enough where the definition has M * R: 10 for R = 5, 12 for R = 3. With the matrices A, B
 * and G of that paper, a prime for the transpose:
 *   y = A' sum over c, ky of (G w) * (B' x)
 * So there is one correlation at each point, with kernels one pixel wide; the ways back are its transposes. The places
 * at a point are [channel][tile][row]: rows lie side by side, and the loops of correlation.h take them for columns.
 *
 * Sums are rounded elsewhere than in the definition's: an output that sees nothing but zeros may come out as 1e-8
 * beside bright pixels, and an infinite or huge input spoils all outputs of its tiles, in its own example. */

#define FM_POINTS FM_WINOGRAD_POINTS

/* B' x */
INLINE void input_to_points(const V *x, V *points) {
  const V four = splat(4), two = splat(2), five = splat(5);
  const V even = multiply_add(-four, x[2], x[4]), odd = multiply_add(-four, x[1], x[3]);
  const V difference = x[4] - x[2], slope = x[3] - x[1];
  points[0] = multiply_add(four, x[0], multiply_add(-five, x[2], x[4]));
  points[1] = even + odd;
  points[2] = even - odd;
  points[3] = multiply_add(two, slope, difference);
  points[4] = multiply_add(-two, slope, difference);
  points[5] = multiply_add(four, x[1], multiply_add(-five, x[3], x[5]));
}

/* B points, the transpose of it. */
INLINE void points_to_input(const V *points, V *x) {
  const V four = splat(4), two = splat(2), five = splat(5);
  const V sum = points[1] + points[2], difference = points[1] - points[2];
  const V far = points[3] + points[4], slope = points[3] - points[4];
  x[0] = four * points[0];
  x[1] = multiply_add(four, points[5] - difference, -two * slope);
  x[2] = multiply_add(-five, points[0], multiply_add(-four, sum, -far));
  x[3] = multiply_add(-five, points[5], multiply_add(two, slope, difference));
  x[4] = points[0] + sum + far;
  x[5] = points[5];
}

/* A' points */
INLINE void points_to_output(const V *points, V *y, const int M) {
  const V sum = points[1] + points[2], difference = points[1] - points[2];
  const V far = points[3] + points[4], slope = points[3] - points[4];
  y[0] = points[0] + sum + far;
  y[1] = multiply_add(splat(2), slope, difference);
  if (M == 4) {
    y[2] = multiply_add(splat(4), far, sum);
    y[3] = multiply_add(splat(8), slope, difference);
  }
  y[M - 1] += points[5];
}

/* A y, the transpose of it. */
INLINE void output_to_points(const V *y, V *points, const int M) {
  V even = y[0], odd = y[1], far = y[0], slope = splat(2) * y[1];
  if (M == 4) {
    even += y[2], odd += y[3];
    far = multiply_add(splat(4), y[2], far), slope = multiply_add(splat(8), y[3], slope);
  }
  points[0] = y[0];
  points[1] = even + odd;
  points[2] = even - odd;
  points[3] = far + slope;
  points[4] = far - slope;
  points[5] = y[M - 1];
}

/* The sizes of the correlation at one point. */
INLINE fm_correlation at_a_point(const fm_correlation *s) {
  const int M = FM_POINTS + 1 - s->kernel_width;
  fm_correlation result = *s;
  result.activation = FM_NO_ACTIVATION;
  result.input_height = result.output_height = s->output_width / M;
  result.input_width = s->input_height, result.output_width = s->output_height;
  result.kernel_height = 1, result.kernel_width = s->kernel_height;
  result.stride_y = 1, result.stride_x = s->stride_y;
  result.dilation_y = 1, result.dilation_x = s->dilation_y;
  return result;
}

/* G w for every row of every kernel. */
INLINE void weight_to_points(const float *w, size_t rows, float *points, const int R) {
  for (size_t i = 0; i < rows; i++, w += R, points++) {
    float even = w[0] + w[2], odd = w[1], far = w[0] + 4 * w[2], slope = 2 * w[1];
    if (R == 5) even += w[4], odd += w[3], far += 16 * w[4], slope += 8 * w[3];
    points[0] = w[0] * (1 / 4.f);
    points[rows] = (even + odd) * (-1 / 6.f);
    points[2 * rows] = (even - odd) * (-1 / 6.f);
    points[3 * rows] = (far + slope) * (1 / 24.f);
    points[4 * rows] = (far - slope) * (1 / 24.f);
    points[5 * rows] = w[R - 1];
  }
}

/* Adds G' points, the transpose of it. */
INLINE void add_points_to_weight(const float *points, size_t rows, float *w, const int R) {
  for (size_t i = 0; i < rows; i++, w += R, points++) {
    const float even = (points[rows] + points[2 * rows]) * (-1 / 6.f);
    const float odd = (points[rows] - points[2 * rows]) * (-1 / 6.f);
    const float far = (points[3 * rows] + points[4 * rows]) * (1 / 24.f);
    const float slope = (points[3 * rows] - points[4 * rows]) * (1 / 24.f);
    w[0] += points[0] * (1 / 4.f) + even + far;
    w[1] += odd + 2 * slope;
    w[2] += even + 4 * far;
    if (R == 5) w[3] += odd + 8 * slope, w[4] += even + 16 * far;
    w[R - 1] += points[5 * rows];
  }
}

/* One column of tiles of the input. */
INLINE void column_to_points(const fm_correlation *s, const float *x, float *points, size_t channel, size_t step) {
  const size_t line = (size_t)s->input_width * L;
  for (int c = 0; c < s->input_channels; c++, points += channel) {
    float *out = points;
    for (int i = 0; i < s->input_height; i++, x += line, out += L)
      for (int h = 0; h < L; h += VL) {
        V in[FM_POINTS], result[FM_POINTS];
        UNROLL for (int k = 0; k < FM_POINTS; k++) in[k] = load(x + k * L + h);
        input_to_points(in, result);
        UNROLL for (int p = 0; p < FM_POINTS; p++) store(out + p * step + h, result[p]);
      }
  }
}

/* One column of tiles and some output channels, from their values at the points. */
INLINE void points_to_column(const fm_correlation *s, const float *points, size_t step, const float *bias, float *y,
                             int channels, const int M) {
  const size_t line = (size_t)s->output_width * L, plane = s->output_height * line;
  for (int o = 0; o < channels; o++) {
    const V start = splat(bias ? bias[o] : 0);
    for (int i = 0; i < s->output_height; i++, points += L)
      for (int h = 0; h < L; h += VL) {
        V in[FM_POINTS], out[4];
        UNROLL for (int p = 0; p < FM_POINTS; p++) in[p] = load(points + p * step + h);
        points_to_output(in, out, M);
        UNROLL for (int m = 0; m < M; m++)
          store(y + o * plane + i * line + m * L + h, activated(s->activation, out[m] + start));
      }
  }
}

/* M and the kernel's width are known when this is compiled. */
#define FM_OF_WIDTH(s, call) \
  switch ((s)->kernel_width) { \
    case 5: { enum { M = 2, R = 5 }; call; break; } \
    case 3: { enum { M = 4, R = 3 }; call; break; } \
  }

static void winograd_lanes(const fm_correlation *s, const float *x, const float *weight, const float *bias, float *y,
                           const fm_winograd *memory) {
  const size_t rows = (size_t)s->output_channels * s->input_channels * s->kernel_height;
  const size_t taps = (size_t)s->input_channels * s->kernel_height;
  FM_OF_WIDTH(s, weight_to_points(weight, rows, memory->weight, R))
  fm_correlation part = at_a_point(s);
  const int width = FM_POINTS + 1 - s->kernel_width, tiles = part.input_height, kept_tiles = memory->keeps ? tiles : 1;
  part.input_height = kept_tiles, part.output_height = 1;
  const size_t column = (size_t)s->input_height * L, step = s->input_channels * kept_tiles * column;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  for (int t = 0; t < tiles; t++) {
    const float *in = x + (size_t)t * width * L;
    float *points = memory->input + (memory->keeps ? t * column : 0);
    column_to_points(s, in, points, kept_tiles * column, step);
    for (int o = 0; o < s->output_channels; o += part.output_channels) {
      part.output_channels = at_most(FM_WINOGRAD_CHANNELS, s->output_channels - o);
      const size_t count = (size_t)part.output_channels * s->output_height * L;
      for (int p = 0; p < FM_POINTS; p++)
        correlate_lanes(&part, points + p * step, memory->weight + p * rows + o * taps, NULL,
                        memory->scratch + p * count);
      float *out = y + o * plane + (size_t)t * width * L;
      FM_OF_WIDTH(s, points_to_column(s, memory->scratch, count, bias ? bias + o : NULL, out, part.output_channels, M))
    }
  }
}

INLINE void gradient_to_points(const fm_correlation *s, const float *dy, float *points, const int M) {
  const int tiles = s->output_width / M;
  const size_t line = (size_t)s->output_width * L, plane = s->output_height * line;
  const size_t column = (size_t)s->output_height * L, step = s->output_channels * tiles * column;
  for (int o = 0; o < s->output_channels; o++, dy += plane)
    for (int t = 0; t < tiles; t++, points += column)
      for (int i = 0; i < s->output_height; i++)
        for (int h = 0; h < L; h += VL) {
          V in[4], result[FM_POINTS];
          UNROLL for (int m = 0; m < M; m++) in[m] = load(dy + i * line + (t * M + m) * L + h);
          output_to_points(in, result, M);
          UNROLL for (int p = 0; p < FM_POINTS; p++) store(points + p * step + i * L + h, result[p]);
        }
}

/* The gradient of the input from its values at the points: neighbouring tiles overlap, their sums stay in registers. */
INLINE void points_to_input_gradient(const fm_correlation *s, const float *points, int top, int left, int height,
                                     int width, float *dx, const int M) {
  const int tiles = s->output_width / M;
  const size_t column = (size_t)s->input_height * L, step = s->input_channels * tiles * column;
  for (int c = 0; c < s->input_channels; c++, points += tiles * column)
    for (int y = 0; y < height; y++, dx += (size_t)width * L)
      for (int h = 0; h < L; h += VL) {
        const float *in = points + (size_t)(top + y) * L + h;
        V sum[FM_POINTS];
        UNROLL for (int i = 0; i < FM_POINTS; i++) sum[i] = splat(0);
        for (int t = 0; t < tiles; t++, in += column) {
          V at[FM_POINTS], back[FM_POINTS];
          UNROLL for (int p = 0; p < FM_POINTS; p++) at[p] = load(in + p * step);
          points_to_input(at, back);
          UNROLL for (int i = 0; i < FM_POINTS; i++) sum[i] += back[i];
          const int x = t * M - left;
          UNROLL for (int i = 0; i < M; i++)
            if (x + i >= 0 && x + i < width) store(dx + (x + i) * L + h, sum[i]);
          UNROLL for (int i = 0; i < FM_POINTS; i++) sum[i] = i + M < FM_POINTS ? sum[i + M] : splat(0);
        }
        const int x = tiles * M - left;
        UNROLL for (int i = 0; i < FM_POINTS - M; i++)
          if (x + i >= 0 && x + i < width) store(dx + (x + i) * L + h, sum[i]);
      }
}

static void winograd_lanes_gradient(const fm_correlation *s, const float *dy, float *dw, int32_t top, int32_t left,
                                    int32_t height, int32_t width, float *dx, const fm_winograd *memory) {
  const size_t rows = (size_t)s->output_channels * s->input_channels * s->kernel_height;
  const fm_correlation part = at_a_point(s);
  const size_t inputs = (size_t)s->input_channels * part.input_height * part.input_width * L;
  const size_t gradients = (size_t)s->output_channels * part.output_height * part.output_width * L;
  float *dw_points = memory->scratch + FM_POINTS * gradients;
  FM_OF_WIDTH(s, gradient_to_points(s, dy, memory->scratch, M))
  memset(dw_points, 0, FM_POINTS * rows * sizeof(float));
  for (int p = 0; p < FM_POINTS; p++) {
    float *x = memory->input + p * inputs;
    const float *gradient = memory->scratch + p * gradients;
    correlate_lanes_weight_gradient(&part, x, gradient, dw_points + p * rows);
    /* The input at this point has done its part: its gradient takes its place. */
    if (dx)
      correlate_lanes_input_gradient(&part, gradient, memory->weight + p * rows, 0, 0, part.input_height,
                                     part.input_width, x);
  }
  FM_OF_WIDTH(s, add_points_to_weight(dw_points, rows, dw, R))
  if (dx) FM_OF_WIDTH(s, points_to_input_gradient(s, memory->input, top, left, height, width, dx, M))
}
