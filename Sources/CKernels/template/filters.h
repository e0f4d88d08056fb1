/* Photo filters: weighted sums of a window of one plane, and what is made of two such sums.
 *
 * All functions fill `height` rows of `width` results, `stride` floats apart. A row is done in whole vectors; the
 * last one overlaps the one before, and rows shorter than a vector are done value by value, so that nothing
 * beyond the window of the last result is read. Every result is the same sum in the same order wherever it
 * stands. The including file defines the register blocks:
 *   FM_FILTER_ROWS      rows of results, 3, 4 or 6; kernels that are too short for 6 take 4
 *   FM_FILTER_VECTORS   vectors of results in each of them for dense kernels
 *   FM_FILTER_LINE      the same where a block has one row only
 *   FM_PRODUCT_VECTORS  the same for separable kernels, an even number; half of it where there are two
 *   FM_LONGEST_PRODUCT  the tallest separable kernel that such blocks are worth it for, as measured */

INLINE V absolute(V v) { return (V)((VI)v & 0x7fffffff); }

/* The angle of the vector (x, y) in -pi...pi, 0 for the vector 0 whatever the signs of its zeros. The smaller
 * part over the larger one is brought below tan(pi/8) by atan(t) = pi/4 + atan((t - 1) / (t + 1)); the
 * polynomial is that of Cephes' atanf. Largest error 3e-7. NaN gives NaN. */
INLINE V angle_vector(V x, V y) {
  const V width = absolute(x), height = absolute(y);
  const VI steep = height > width;
  const V small = choose(steep, width, height), large = choose(steep, height, width);
  const VI wide = small > large * 0.41421356f;
  const V divisor = choose(wide, large + small, large);
  const V t = choose(wide, small - large, small) / choose(divisor == 0.f, splat(1.f), divisor);
  const V square = t * t;
  V p = multiply_add(splat(8.05374449538e-2f), square, splat(-1.38776856032e-1f));
  p = multiply_add(p, square, splat(1.99777106478e-1f));
  p = multiply_add(p, square, splat(-3.33329491539e-1f));
  V angle = multiply_add(p * square, t, t);
  angle = choose(wide, angle + 0.785398163f, angle);
  angle = choose(steep, 1.57079633f - angle, angle);
  angle = choose(x < 0.f, 3.14159265f - angle, angle);
  return choose(y < 0.f, -angle, angle);
}

INLINE V gradient_vector(V x, V y, const fm_gradient_part PART) {
  switch (PART) {
  case FM_GRADIENT_LENGTH: return __builtin_elementwise_sqrt(x * x + y * y);
  case FM_GRADIENT_SUM: return absolute(x) + absolute(y);
  case FM_GRADIENT_ANGLE: return angle_vector(x, y);
  }
}

/* Kernels in a block: 0 for a dense one, else the number of separable ones.
 * Dense weights: [kernel_height][kernel_width]. Separable ones: all rows, then all columns. */
#define DENSE 0

/* Vectors of four floats fill a cache line so slowly that nothing is won by streaming them. */
enum { STREAMS = VL > 4 };

/* Results that are wanted soon stay in the caches. Others go past them, in whole aligned vectors, which saves
 * reading every cache line before it is written. */
INLINE void store_result(float *out, V result, int streams) {
  if (streams)
    __builtin_nontemporal_store(result, (V *)out);
  else
    store(out, result);
}

/* Streamed results reach other threads in any order, which no language's rules for atomics speak of. On x86-64 this
 * fence is an MFENCE or a locked instruction; both wait until all of them have left (Intel's manual, volume 3,
 * "Write Combining Memory"), before anything that the thread stores later, such as the news that its work is
 * done. */
INLINE void end_streaming(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/* Adds the products of input row u with its kernel rows for each of the result rows FIRST..<END of a block.
 * Result row q lies q rows below the first, so its kernel row is u - q. Sums: [kernel][result row][vector].
 * WIDTH is the kernel's where it is known, else 0. */
INLINE void add_input_row(const fm_filter *s, const float *row, const float *weights, int u, V *sum,
                          const int FIRST, const int END, const int ROWS, const int VECTORS,
                          const int KERNELS, const int WIDTH) {
  const int kh = s->kernel_height, kw = WIDTH ? WIDTH : s->kernel_width;
  if (KERNELS == DENSE) {
    const float *kernel_row = weights + (ptrdiff_t)u * kw;
    for (int v = 0; v < kw; v++) {
      V input[FM_FILTER_LINE];
      UNROLL for (int n = 0; n < VECTORS; n++) input[n] = load(row + v + n * VL);
      UNROLL for (int q = FIRST; q < END; q++) {
        const V factor = splat(kernel_row[v - (ptrdiff_t)q * kw]);
        UNROLL for (int n = 0; n < VECTORS; n++) sum[q * VECTORS + n] += input[n] * factor;
      }
    }
    return;
  }
  V along[2 * FM_PRODUCT_VECTORS];
  UNROLL for (int n = 0; n < KERNELS * VECTORS; n++) along[n] = splat(0);
  for (int v = 0; v < kw; v++)
    UNROLL for (int n = 0; n < VECTORS; n++) {
      const V input = load(row + v + n * VL);
      UNROLL for (int k = 0; k < KERNELS; k++) along[k * VECTORS + n] += input * splat(weights[k * kw + v]);
    }
  const float *columns = weights + KERNELS * kw + u;
  UNROLL for (int k = 0; k < KERNELS; k++)
    UNROLL for (int q = FIRST; q < END; q++) {
      const V factor = splat(columns[k * kh - q]);
      UNROLL for (int n = 0; n < VECTORS; n++)
        sum[(k * ROWS + q) * VECTORS + n] += along[k * VECTORS + n] * factor;
    }
}

/* A block of ROWS x VECTORS results from column x on: each vector of input that is loaded serves all rows whose
 * windows hold it. The first and last input rows are in the windows of some rows only.
 * Needs kernels of at least ROWS - 1 rows. */
INLINE void filter_block(const fm_filter *s, const float *const *rows, const float *weights, float bias, int x,
                         float *out, int streams, const int ROWS, const int VECTORS, const int KERNELS,
                         const int WIDTH, const fm_gradient_part PART) {
#define ADD(u, first, end) \
  add_input_row(s, rows[u] + x, weights, u, sum, first, end, ROWS, VECTORS, KERNELS, WIDTH)
  const int kh = s->kernel_height, results = ROWS * VECTORS;
  V sum[2 * ROWS * VECTORS];
  UNROLL for (int n = 0; n < results * (KERNELS == 2 ? 2 : 1); n++) sum[n] = splat(bias);
  if (ROWS > 1) ADD(0, 0, 1);
  if (ROWS > 2) ADD(1, 0, 2);
  if (ROWS > 3) ADD(2, 0, 3);
  if (ROWS > 4) ADD(3, 0, 4);
  if (ROWS > 5) ADD(4, 0, 5);
  for (int u = ROWS - 1; u < kh; u++) ADD(u, 0, ROWS);
  if (ROWS > 1) ADD(kh, 1, ROWS);
  if (ROWS > 2) ADD(kh + 1, 2, ROWS);
  if (ROWS > 3) ADD(kh + 2, 3, ROWS);
  if (ROWS > 4) ADD(kh + 3, 4, ROWS);
  if (ROWS > 5) ADD(kh + 4, 5, ROWS);
#undef ADD
  UNROLL for (int q = 0; q < ROWS; q++)
    UNROLL for (int n = 0; n < VECTORS; n++) {
      const int i = q * VECTORS + n;
      store_result(out + q * s->stride + x + n * VL,
                   KERNELS == 2 ? gradient_vector(sum[i], sum[i + results], PART) : sum[i], streams);
    }
}

/* One result, the sums in the order of the blocks. */
INLINE float filter_value(const fm_filter *s, const float *const *rows, const float *weights, float bias, int x,
                          const int KERNELS, const fm_gradient_part PART) {
  const int kh = s->kernel_height, kw = s->kernel_width;
  float sum[2] = {bias, bias};
  for (int u = 0; u < kh; u++) {
    if (KERNELS == DENSE)
      for (int v = 0; v < kw; v++) sum[0] += rows[u][x + v] * weights[u * kw + v];
    for (int k = 0; k < KERNELS; k++) {
      float along = 0;
      for (int v = 0; v < kw; v++) along += rows[u][x + v] * weights[k * kw + v];
      sum[k] += along * weights[KERNELS * kw + k * kh + u];
    }
  }
  return KERNELS == 2 ? gradient_vector(splat(sum[0]), splat(sum[1]), PART)[0] : sum[0];
}

INLINE void filter_row_group(const fm_filter *s, const float *const *rows, const float *weights, float bias,
                             float *out, const int ROWS, const int VECTORS, const int KERNELS, const int WIDTH,
                             const fm_gradient_part PART) {
#define BLOCK(x, streams, VECTORS) \
  filter_block(s, rows, weights, bias, x, out, streams, ROWS, VECTORS, KERNELS, WIDTH, PART)
  const int width = s->width;
  /* All rows of a group are aligned at the same columns, or they are not streamed. The values before the first
   * of these columns are part of an unaligned block too. */
  const int streams = STREAMS && s->streams && width >= VL && s->stride % VL == 0;
  int x = 0;
  if (streams) x = (int)(-((uintptr_t)out / sizeof(float)) % VL);
  if (x > 0) BLOCK(0, 0, 1);
  for (; x + VECTORS * VL <= width; x += VECTORS * VL) BLOCK(x, streams, VECTORS);
  for (; x + VL <= width; x += VL) BLOCK(x, streams, 1);
  if (x == width) return;
  if (width >= VL) {
    BLOCK(width - VL, 0, 1);
    return;
  }
#undef BLOCK
  for (int q = 0; q < ROWS; q++)
    for (x = 0; x < width; x++)
      out[q * s->stride + x] = filter_value(s, rows + q, weights, bias, x, KERNELS, PART);
}

INLINE void filter_rows(const fm_filter *s, const float *const *rows, const float *weights, float bias,
                        float *out, const int VECTORS, const int LINE, const int KERNELS, const int WIDTH,
                        const fm_gradient_part PART) {
  int r = 0;
#define GROUPS(count) \
  if (s->row_step == 1 && s->kernel_height >= at_least(2, (count) - 1)) \
    for (; r + (count) <= s->height; r += (count)) \
      filter_row_group(s, rows + r, weights, bias, out + r * s->stride, count, VECTORS, KERNELS, WIDTH, PART)
  if (FM_FILTER_ROWS > 4) GROUPS(FM_FILTER_ROWS);
  GROUPS(FM_FILTER_ROWS < 4 ? FM_FILTER_ROWS : 4);
  GROUPS(2);
#undef GROUPS
  for (; r < s->height; r++)
    filter_row_group(s, rows + (size_t)r * s->row_step, weights, bias, out + r * s->stride, 1, LINE, KERNELS,
                     WIDTH, PART);
  if (STREAMS && s->streams) end_streaming();
}

static void correlate_rows(const fm_filter *s, const float *const *rows, const float *weights, float bias,
                           float *out) {
  switch (s->kernel_width) {
#define CASE(label, width) \
  label: filter_rows(s, rows, weights, bias, out, FM_FILTER_VECTORS, FM_FILTER_LINE, DENSE, width, FM_GRADIENT_LENGTH); break;
    CASE(case 3, 3) CASE(case 5, 5) CASE(case 7, 7) CASE(default, 0)
#undef CASE
  }
}

static void separable_rows(const fm_filter *s, const float *const *rows, const float *weights, float bias,
                           float *out) {
  filter_rows(s, rows, weights, bias, out, FM_PRODUCT_VECTORS, FM_PRODUCT_VECTORS, 1, 0, FM_GRADIENT_LENGTH);
}

static void separable_gradient(const fm_filter *s, const float *const *rows, const float *weights,
                               fm_gradient_part part, float *out) {
  enum { N = FM_PRODUCT_VECTORS / 2 };
  switch (part) {
  case FM_GRADIENT_LENGTH: filter_rows(s, rows, weights, 0, out, N, N, 2, 0, FM_GRADIENT_LENGTH); break;
  case FM_GRADIENT_SUM: filter_rows(s, rows, weights, 0, out, N, N, 2, 0, FM_GRADIENT_SUM); break;
  case FM_GRADIENT_ANGLE: filter_rows(s, rows, weights, 0, out, N, N, 2, 0, FM_GRADIENT_ANGLE); break;
  }
}

INLINE void weigh_taps_block(const float *const *rows, const fm_tap *taps, int count, float bias, int x,
                             float *out, const int VECTORS) {
  V sum[VECTORS];
  UNROLL for (int n = 0; n < VECTORS; n++) sum[n] = splat(bias);
  for (int t = 0; t < count; t++) {
    const float *input = rows[taps[t].row] + taps[t].column + x;
    const V factor = splat(taps[t].weight);
    UNROLL for (int n = 0; n < VECTORS; n++) sum[n] += load(input + n * VL) * factor;
  }
  UNROLL for (int n = 0; n < VECTORS; n++) store(out + x + n * VL, sum[n]);
}

static void weigh_taps(const fm_filter *s, const float *const *rows, const fm_tap *taps, int32_t count,
                       float bias, float *out) {
  for (int r = 0; r < s->height; r++, rows += s->row_step, out += s->stride) {
    int x = 0;
    for (; x + 4 * VL <= s->width; x += 4 * VL) weigh_taps_block(rows, taps, count, bias, x, out, 4);
    for (; x + VL <= s->width; x += VL) weigh_taps_block(rows, taps, count, bias, x, out, 1);
    if (x == s->width) continue;
    if (s->width >= VL) {
      weigh_taps_block(rows, taps, count, bias, s->width - VL, out, 1);
      continue;
    }
    for (x = 0; x < s->width; x++) {
      float sum = bias;
      for (int t = 0; t < count; t++) sum += rows[taps[t].row][taps[t].column + x] * taps[t].weight;
      out[x] = sum;
    }
  }
}

/* The first n values of a vector, zeros behind; and back. */
INLINE V load_some(const float *p, int n) {
  V v = {0};
  memcpy(&v, p, n * sizeof(float));
  return v;
}
INLINE void store_some(float *p, V v, int n) { memcpy(p, &v, n * sizeof(float)); }

INLINE void gradient_rows_of(const fm_filter *s, const float *gx, const float *gy, size_t stride, float *out,
                             const fm_gradient_part PART) {
  for (int r = 0; r < s->height; r++, gx += stride, gy += stride, out += s->stride) {
    int x = 0;
    for (; x + VL <= s->width; x += VL) store(out + x, gradient_vector(load(gx + x), load(gy + x), PART));
    const int rest = s->width - x;
    if (rest > 0)
      store_some(out + x, gradient_vector(load_some(gx + x, rest), load_some(gy + x, rest), PART), rest);
  }
}

static void gradient_rows(const fm_filter *s, const float *gx, const float *gy, size_t stride,
                          fm_gradient_part part, float *out) {
  switch (part) {
  case FM_GRADIENT_LENGTH: gradient_rows_of(s, gx, gy, stride, out, FM_GRADIENT_LENGTH); break;
  case FM_GRADIENT_SUM: gradient_rows_of(s, gx, gy, stride, out, FM_GRADIENT_SUM); break;
  case FM_GRADIENT_ANGLE: gradient_rows_of(s, gx, gy, stride, out, FM_GRADIENT_ANGLE); break;
  }
}

INLINE V sharpened_vector(V x, V blurred, float amount, float threshold) {
  const V difference = x - blurred;
  return x + choose(absolute(difference) > threshold, difference * amount, splat(0));
}

static void sharpen_rows(const fm_filter *s, const float *const *rows, int32_t column, const float *blurred,
                         size_t stride, float amount, float threshold, float *out) {
  for (int r = 0; r < s->height; r++, blurred += stride, out += s->stride) {
    const float *row = rows[r] + column;
    int x = 0;
    for (; x + VL <= s->width; x += VL)
      store(out + x, sharpened_vector(load(row + x), load(blurred + x), amount, threshold));
    const int n = s->width - x;
    if (n > 0)
      store_some(out + x,
                 sharpened_vector(load_some(row + x, n), load_some(blurred + x, n), amount, threshold), n);
  }
}
