/* Between single examples and sixteen examples side by side. */

/* Lanes without an example hold zeros. */
static void pack_lanes(const float *x, size_t example_stride, int32_t examples, size_t n, float *lanes) {
  if (examples == L) {
    for (size_t i = 0; i < n; i++)
      UNROLL for (int l = 0; l < L; l++) lanes[i * L + l] = x[l * example_stride + i];
    return;
  }
  memset(lanes, 0, n * L * sizeof(float));
  for (size_t i = 0; i < n; i++)
    for (int l = 0; l < examples; l++) lanes[i * L + l] = x[l * example_stride + i];
}

static void pack_byte_lanes(const uint8_t *const *x, const float *values, int32_t examples, size_t n,
                            float *lanes) {
  if (examples == L) {
    for (size_t i = 0; i < n; i++)
      UNROLL for (int l = 0; l < L; l++) lanes[i * L + l] = values[x[l][i]];
    return;
  }
  memset(lanes, 0, n * L * sizeof(float));
  for (size_t i = 0; i < n; i++)
    for (int l = 0; l < examples; l++) lanes[i * L + l] = values[x[l][i]];
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
