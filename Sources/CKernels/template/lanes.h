/* Between single examples and sixteen examples side by side. */

/* Rows become columns: in each of log2(VL) rounds, values of the first half of the rows alternate with those of the
 * second. */
INLINE void transpose(V *rows) {
#if VL == 16
#define FM_FIRST_HALVES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define FM_SECOND_HALVES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif VL == 8
#define FM_FIRST_HALVES 0, 8, 1, 9, 2, 10, 3, 11
#define FM_SECOND_HALVES 4, 12, 5, 13, 6, 14, 7, 15
#else
#define FM_FIRST_HALVES 0, 4, 1, 5
#define FM_SECOND_HALVES 2, 6, 3, 7
#endif
  UNROLL for (int round = 1; round < VL; round *= 2) {
    V next[VL];
    UNROLL for (int i = 0; i < VL / 2; i++) {
      next[2 * i] = __builtin_shufflevector(rows[i], rows[i + VL / 2], FM_FIRST_HALVES);
      next[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + VL / 2], FM_SECOND_HALVES);
    }
    UNROLL for (int i = 0; i < VL; i++) rows[i] = next[i];
  }
#undef FM_FIRST_HALVES
#undef FM_SECOND_HALVES
}

/* Lanes without an example hold zeros. */
static void pack_lanes(const float *x, size_t example_stride, int32_t examples, size_t n, float *lanes) {
  size_t i = 0;
  if (examples == L)
    for (; i + VL <= n; i += VL)
      for (int l = 0; l < L; l += VL) {
        V rows[VL];
        UNROLL for (int k = 0; k < VL; k++) rows[k] = load(x + (l + k) * example_stride + i);
        transpose(rows);
        UNROLL for (int k = 0; k < VL; k++) store(lanes + (i + k) * L + l, rows[k]);
      }
  else memset(lanes, 0, n * L * sizeof(float));
  for (; i < n; i++)
    for (int l = 0; l < examples; l++) lanes[i * L + l] = x[l * example_stride + i];
}

/* b / 255, correctly rounded: a product, and what it lacks. */
INLINE V unit_from_bytes(const uint8_t *bytes) {
  typedef uint8_t Bytes __attribute__((vector_size(VL)));
  Bytes b;
  memcpy(&b, bytes, VL);
  const V v = __builtin_convertvector(b, V);
#ifdef FM_HAS_FMA
  const V near = v * (1 / 255.f);
  return multiply_add(multiply_add(splat(-255), near, v), splat(1 / 255.f), near);
#else
  return v / 255.f;
#endif
}

/* Sixteen bytes of sixteen examples at a time. */
static void pack_byte_lanes(const uint8_t *const *x, int32_t examples, size_t n, float *lanes) {
  typedef uint8_t Row __attribute__((vector_size(L)));
  size_t i = 0;
  if (examples == L)
    for (; i + L <= n; i += L) {
      Row rows[L];
      UNROLL for (int l = 0; l < L; l++) memcpy(&rows[l], x[l] + i, L);
      UNROLL for (int round = 1; round < L; round *= 2) {
        Row next[L];
        UNROLL for (int l = 0; l < L / 2; l++) {
          next[2 * l] = __builtin_shufflevector(rows[l], rows[l + L / 2], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                                22, 7, 23);
          next[2 * l + 1] = __builtin_shufflevector(rows[l], rows[l + L / 2], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                    29, 14, 30, 15, 31);
        }
        UNROLL for (int l = 0; l < L; l++) rows[l] = next[l];
      }
      uint8_t turned[L][L];
      memcpy(turned, rows, sizeof turned);
      for (int k = 0; k < L; k++)
        for (int l = 0; l < L; l += VL) store(lanes + (i + k) * L + l, unit_from_bytes(&turned[k][l]));
    }
  else memset(lanes, 0, n * L * sizeof(float));
  for (; i < n; i++)
    for (int l = 0; l < examples; l++) lanes[i * L + l] = x[l][i] / 255.f;
}

static void unpack_lanes(const float *lanes, size_t n, size_t example_stride, int32_t examples, float *y) {
  for (int l = 0; l < examples; l++)
    for (size_t i = 0; i < n; i++) y[l * example_stride + i] = lanes[i * L + l];
}

static void add_row_sums(const float *x, int32_t rows, size_t n, float *sums) {
  for (int r = 0; r < rows; r++, x += n) {
    V sum = splat(0), other = splat(0);
    size_t i = 0;
    for (; i + 2 * VL <= n; i += 2 * VL) sum += load(x + i), other += load(x + i + VL);
    for (; i + VL <= n; i += VL) sum += load(x + i);
    float total = sum_of_lanes(sum + other);
    for (; i < n; i++) total += x[i];
    sums[r] += total;
  }
}
