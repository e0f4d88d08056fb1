/* Between planes of single examples and sixteen examples side by side. */

/* With spread > 1, spread - 1 zeros go between the rows or columns: the upsampling that the input gradient
 * of a strided cross-correlation needs. */
static void pack_padded_lanes(const float *x, size_t example_stride, int32_t examples, int32_t channels,
                              int32_t height, int32_t width, int32_t top, int32_t bottom, int32_t left,
                              int32_t right, int32_t spread_y, int32_t spread_x, float *lanes) {
  const int32_t full_height = top + (height > 0 ? (height - 1) * spread_y + 1 : 0) + bottom;
  const int32_t full_width = left + (width > 0 ? (width - 1) * spread_x + 1 : 0) + right;
  if (top | bottom | left | right || spread_y > 1 || spread_x > 1 || examples < L)
    memset(lanes, 0, sizeof(float) * L * channels * full_height * (size_t)full_width);
  for (int32_t c = 0; c < channels; c++)
    for (int32_t y = 0; y < height; y++) {
      float *row = lanes + (((size_t)c * full_height + top + y * spread_y) * full_width + left) * L;
      const float *source = x + ((size_t)c * height + y) * width;
      if (examples == L) {
        for (int32_t i = 0; i < width; i++)
          UNROLL for (int l = 0; l < L; l++) row[(size_t)i * spread_x * L + l] = source[l * example_stride + i];
      } else {
        for (int32_t i = 0; i < width; i++)
          for (int l = 0; l < examples; l++) row[(size_t)i * spread_x * L + l] = source[l * example_stride + i];
      }
    }
}

static void unpack_lanes(const float *lanes, size_t n, size_t example_stride, int32_t examples, float *y) {
  for (int l = 0; l < examples; l++)
    for (size_t i = 0; i < n; i++) y[l * example_stride + i] = lanes[i * L + l];
}
