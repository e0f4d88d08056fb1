/* Cross-correlation of one example, the lanes along the rows. A register block holds OB output channels times
 * XB vectors of neighbouring pixels. */

INLINE void plane_block(const fm_correlation *s, const fm_plane_input *in, const float *weight,
                        const float *bias, float *y, size_t y_plane, int oy, int ox, const int OB,
                        const int XB) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  V sum[FM_PLANE_CHANNELS * 2];
  UNROLL for (int o = 0; o < OB; o++)
    UNROLL for (int v = 0; v < XB; v++) sum[o * XB + v] = splat(bias ? bias[o] : 0);
  const float *w = weight;
  for (int c = 0; c < s->input_channels; c++)
    for (int ky = 0; ky < s->kernel_height; ky++) {
      const float *row =
          in->x + c * in->plane + (size_t)(oy * s->stride_y + ky * s->dilation_y) * in->row + ox;
      for (int kx = 0; kx < s->kernel_width; kx++, w++) {
        V pixels[2];
        UNROLL for (int v = 0; v < XB; v++) pixels[v] = load(row + in->columns[kx] + v * VL);
        UNROLL for (int o = 0; o < OB; o++) {
          const V factor = splat(w[o * taps]);
          UNROLL for (int v = 0; v < XB; v++) sum[o * XB + v] += pixels[v] * factor;
        }
      }
    }
  const size_t rest = s->output_width - ox;
  UNROLL for (int o = 0; o < OB; o++)
    UNROLL for (int v = 0; v < XB; v++)
      store_part(y + o * y_plane + v * VL, activated(s->activation, sum[o * XB + v]), rest - v * VL);
}

INLINE void plane_rows(const fm_correlation *s, const fm_plane_input *in, const float *weight,
                       const float *bias, float *y, size_t y_plane, const int OB) {
  for (int oy = 0; oy < s->output_height; oy++) {
    float *row = y + (size_t)oy * s->output_width;
    int ox = 0;
    for (; ox + VL < s->output_width; ox += 2 * VL)
      plane_block(s, in, weight, bias, row + ox, y_plane, oy, ox, OB, 2);
    if (ox < s->output_width) plane_block(s, in, weight, bias, row + ox, y_plane, oy, ox, OB, 1);
  }
}

static void correlate_planes(const fm_correlation *s, const fm_plane_input *in, const float *weight,
                             const float *bias, float *y, size_t y_plane) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  if (s->output_channels == 0) return;
  const int channels = even_block(s->output_channels, FM_PLANE_CHANNELS);
  for (int o = 0; o < s->output_channels; o += channels) {
    const float *w = weight + o * taps, *b = bias ? bias + o : NULL;
    float *out = y + o * y_plane;
    switch (at_most(channels, s->output_channels - o)) {
#define CASE(n) \
  case n: plane_rows(s, in, w, b, out, y_plane, at_most(n, FM_PLANE_CHANNELS)); break;
      CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
    }
  }
}
