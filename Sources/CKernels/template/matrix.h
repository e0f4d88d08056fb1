/* Matrix products and dot products. */

#define FM_ROWS 4 /* rows of C in a register block */

/* MB rows times NB vectors of C, the whole sum over k in registers. */
INLINE void multiply_block(int k, const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row,
                           float *c, size_t c_row, const int MB, const int NB) {
  V sum[FM_ROWS * FM_COLUMNS];
  UNROLL for (int m = 0; m < MB; m++)
    UNROLL for (int n = 0; n < NB; n++) sum[m * NB + n] = load(c + m * c_row + n * VL);
  for (int i = 0; i < k; i++, a += a_column, b += b_row) {
    V row[FM_COLUMNS];
    UNROLL for (int n = 0; n < NB; n++) row[n] = load(b + n * VL);
    UNROLL for (int m = 0; m < MB; m++) {
      const V factor = splat(a[m * a_row]);
      UNROLL for (int n = 0; n < NB; n++) sum[m * NB + n] += row[n] * factor;
    }
  }
  UNROLL for (int m = 0; m < MB; m++)
    UNROLL for (int n = 0; n < NB; n++) store(c + m * c_row + n * VL, sum[m * NB + n]);
}

/* NB vectors of every row: the part of B that they meet stays in the nearest cache. */
INLINE void multiply_columns(int m, int k, const float *a, size_t a_row, size_t a_column, const float *b,
                             size_t b_row, float *c, size_t c_row, const int NB) {
  int i = 0;
  for (; i + FM_ROWS <= m; i += FM_ROWS)
    multiply_block(k, a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, FM_ROWS, NB);
  for (; i < m; i++) multiply_block(k, a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, 1, NB);
}

/* The last columns, which fill no vector: four at a time, then one by one. */
INLINE void multiply_rest(int n, int k, const float *a, size_t a_row, size_t a_column, const float *b,
                          size_t b_row, float *c, size_t c_row, const int MB) {
  int j = 0;
  for (; j + 4 <= n; j += 4) {
    V4 sum[FM_ROWS];
    UNROLL for (int m = 0; m < MB; m++) sum[m] = load4(c + m * c_row + j);
    for (int i = 0; i < k; i++) {
      const V4 row = load4(b + i * b_row + j);
      UNROLL for (int m = 0; m < MB; m++) sum[m] += row * a[m * a_row + i * a_column];
    }
    UNROLL for (int m = 0; m < MB; m++) store4(c + m * c_row + j, sum[m]);
  }
  for (; j < n; j++)
    UNROLL for (int m = 0; m < MB; m++) {
      float sum = c[m * c_row + j];
      for (int i = 0; i < k; i++) sum += a[m * a_row + i * a_column] * b[i * b_row + j];
      c[m * c_row + j] = sum;
    }
}

static void matrix_multiply_add(int32_t m, int32_t n, int32_t k, const float *a, size_t a_row,
                                size_t a_column, const float *b, size_t b_row, float *c, size_t c_row) {
  const int columns = even_block(n / VL, FM_COLUMNS);
  int j = 0;
  while (j + VL <= n) {
    const int count = at_most((n - j) / VL, columns);
    switch (count) {
#define CASE(n) \
  case n: multiply_columns(m, k, a, a_row, a_column, b + j, b_row, c + j, c_row, at_most(n, FM_COLUMNS)); break;
      CASE(1) CASE(2) CASE(3) CASE(4) CASE(5)
#undef CASE
    }
    j += count * VL;
  }
  if (j == n) return;
  int i = 0;
  for (; i + FM_ROWS <= m; i += FM_ROWS)
    multiply_rest(n - j, k, a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row, FM_ROWS);
  for (; i < m; i++)
    multiply_rest(n - j, k, a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row, 1);
}

/* OB outputs for sixteen examples: y[o] = bias[o] + sum over i of a[o * a_row + i * a_column] * x[i]. */
INLINE void multiply_lanes_block(int k, const float *a, size_t a_row, size_t a_column, const float *x,
                                 const float *bias, float *y, const int OB) {
  V sum[FM_OUTPUTS * (L / VL)];
  UNROLL for (int o = 0; o < OB; o++)
    UNROLL for (int h = 0; h < L / VL; h++) sum[o * (L / VL) + h] = splat(bias ? bias[o] : 0);
  /* Four rows are reached from one pointer: with one pointer for all, each address would wait for the one before. */
  const float *quarters[FM_OUTPUTS / 4 + 1];
  UNROLL for (int q = 0; q < (OB + 3) / 4; q++) quarters[q] = a + 4 * q * a_row;
  for (int i = 0; i < k; i++, x += L) {
    /* Columns that lie far apart are a new cache line each. */
    if (a_row == 1) __builtin_prefetch(a + (i + 12) * a_column);
    V in[L / VL];
    UNROLL for (int h = 0; h < L / VL; h++) in[h] = load(x + h * VL);
    UNROLL for (int o = 0; o < OB; o++) {
      const V factor = splat(quarters[o / 4][i * a_column + o % 4 * a_row]);
      UNROLL for (int h = 0; h < L / VL; h++) sum[o * (L / VL) + h] += in[h] * factor;
    }
  }
  UNROLL for (int o = 0; o < OB; o++)
    UNROLL for (int h = 0; h < L / VL; h++) store(y + o * L + h * VL, sum[o * (L / VL) + h]);
}

static void multiply_lanes(int32_t outputs, int32_t k, const float *a, size_t a_row, size_t a_column,
                           const float *x, const float *bias, float *y) {
  const int block = even_block(outputs, FM_OUTPUTS);
  int o = 0;
  while (o < outputs) {
    const float *row = a + o * a_row, *b = bias ? bias + o : NULL;
    float *out = y + (size_t)o * L;
    const int count = at_most(block, outputs - o);
    /* Sizes without a case of their own fall through to smaller ones. */
#define TRY(n) \
  if (n <= FM_OUTPUTS && count >= n) { multiply_lanes_block(k, row, a_row, a_column, x, b, out, at_most(n, FM_OUTPUTS)); o += n; continue; }
    TRY(16) TRY(15) TRY(14) TRY(13) TRY(12) TRY(10) TRY(8) TRY(6) TRY(5) TRY(4) TRY(3) TRY(2) TRY(1)
#undef TRY
  }
}

/* Dot products of RB rows with one vector. */
INLINE void dot_block(int32_t n, const float *rows, size_t row, const float *x, float *sums, const int RB) {
  V sum[4], other[4];
  UNROLL for (int r = 0; r < RB; r++) sum[r] = other[r] = splat(0);
  int i = 0;
  for (; i + 2 * VL <= n; i += 2 * VL) {
    const V x0 = load(x + i), x1 = load(x + i + VL);
    UNROLL for (int r = 0; r < RB; r++) {
      sum[r] += load(rows + r * row + i) * x0;
      other[r] += load(rows + r * row + i + VL) * x1;
    }
  }
  for (; i + VL <= n; i += VL) {
    const V x0 = load(x + i);
    UNROLL for (int r = 0; r < RB; r++) sum[r] += load(rows + r * row + i) * x0;
  }
  UNROLL for (int r = 0; r < RB; r++) {
    float total = sum_of_lanes(sum[r] + other[r]);
    for (int j = i; j < n; j++) total += rows[r * row + j] * x[j];
    sums[r] += total;
  }
}

static void add_dot_products(int32_t count, int32_t n, const float *rows, const float *x, float *sums) {
  int r = 0;
  for (; r + 4 <= count; r += 4) dot_block(n, rows + (size_t)r * n, n, x, sums + r, 4);
  for (; r < count; r++) dot_block(n, rows + (size_t)r * n, n, x, sums + r, 1);
}
