/* Matrix products. */

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

INLINE void multiply_rows(int n, int k, const float *a, size_t a_row, size_t a_column, const float *b,
                          size_t b_row, float *c, size_t c_row, const int MB) {
  int j = 0;
  for (; j + FM_COLUMNS * VL <= n; j += FM_COLUMNS * VL)
    multiply_block(k, a, a_row, a_column, b + j, b_row, c + j, c_row, MB, FM_COLUMNS);
  for (; j + VL <= n; j += VL) multiply_block(k, a, a_row, a_column, b + j, b_row, c + j, c_row, MB, 1);
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
  int i = 0;
  for (; i + FM_ROWS <= m; i += FM_ROWS)
    multiply_rows(n, k, a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, FM_ROWS);
  for (; i < m; i++) multiply_rows(n, k, a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, 1);
}
