/* Cross-correlation of one example. Where rows are long, the lanes go along them: a register block holds OB
 * output channels times XB vectors of neighbouring pixels. Where they are short and channels many, sixteen
 * output channels lie in the lanes, and a block holds PB pixels. */

INLINE void plane_block(const fm_correlation *s, const fm_plane_input *in, const float *weight,
                        const float *bias, float *y, size_t y_plane, int oy, int ox, const int OB,
                        const int XB) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  V sum[FM_PLANE_CHANNELS * 2];
  UNROLL for (int o = 0; o < OB; o++)
    UNROLL for (int v = 0; v < XB; v++) sum[o * XB + v] = splat(bias ? bias[o] : 0);
  const size_t line = s->dilation_y * in->row;
  const float *w = weight, *channel = in->x + (size_t)oy * s->stride_y * in->row + ox;
  for (int c = 0; c < s->input_channels; c++, channel += in->plane) {
    const float *row = channel;
    for (int ky = 0; ky < s->kernel_height; ky++, row += line)
      for (int kx = 0; kx < s->kernel_width; kx++, w++) {
        V pixels[2];
        UNROLL for (int v = 0; v < XB; v++) pixels[v] = load(row + in->columns[kx] + v * VL);
        UNROLL for (int o = 0; o < OB; o++) {
          const V factor = splat(w[o * taps]);
          UNROLL for (int v = 0; v < XB; v++) sum[o * XB + v] += pixels[v] * factor;
        }
      }
  }
  /* What is written beyond a row is overwritten with the next one; only the last row must end where it does. */
  const size_t rest = (size_t)(s->output_height - oy) * s->output_width - ox;
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

/* The weights of up to sixteen output channels side by side: [tap][16], zeros for what is not there. */
INLINE void turn_weights(const float *weight, size_t taps, int channels, float *turned) {
  if (channels < L) memset(turned, 0, taps * L * sizeof(float));
  for (size_t t = 0; t < taps; t++)
    for (int o = 0; o < channels; o++) turned[t * L + o] = weight[o * taps + t];
}

INLINE void channel_block(const fm_correlation *s, const fm_plane_input *in, const float *turned,
                          const float *bias, int channels, float *y, size_t y_plane, int oy, int ox,
                          const int PB) {
  enum { HALVES = L / VL };
  V sum[FM_LANE_PIXELS * HALVES];
  UNROLL for (int h = 0; h < HALVES; h++) {
    const int rest = channels - h * VL;
    const V first = bias && rest > 0 ? load_part(bias + h * VL, rest) : splat(0);
    UNROLL for (int p = 0; p < PB; p++) sum[p * HALVES + h] = first;
  }
  const size_t line = s->dilation_y * in->row;
  const float *w = turned, *channel = in->x + (size_t)oy * s->stride_y * in->row + ox;
  for (int c = 0; c < s->input_channels; c++, channel += in->plane) {
    const float *row = channel;
    for (int ky = 0; ky < s->kernel_height; ky++, row += line)
      for (int kx = 0; kx < s->kernel_width; kx++, w += L) {
        V factors[HALVES];
        UNROLL for (int h = 0; h < HALVES; h++) factors[h] = load(w + h * VL);
        const float *pixels = row + in->columns[kx];
        UNROLL for (int p = 0; p < PB; p++) {
          const V pixel = splat(pixels[p]);
          UNROLL for (int h = 0; h < HALVES; h++) sum[p * HALVES + h] += factors[h] * pixel;
        }
      }
  }
  float result[FM_LANE_PIXELS * L] __attribute__((aligned(64)));
  UNROLL for (int i = 0; i < PB * HALVES; i++) store(result + i * VL, activated(s->activation, sum[i]));
  y += (size_t)oy * s->output_width + ox;
  for (int o = 0; o < channels; o++)
    UNROLL for (int p = 0; p < PB; p++) y[o * y_plane + p] = result[p * L + o];
}

INLINE void channels_in_lanes(const fm_correlation *s, const fm_plane_input *in, const float *weight,
                              const float *bias, float *y, size_t y_plane, float *turned) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  const int block = even_block(s->output_width, FM_LANE_PIXELS);
  for (int o = 0; o < s->output_channels; o += L) {
    const int channels = at_most(L, s->output_channels - o);
    turn_weights(weight + o * taps, taps, channels, turned);
    for (int oy = 0; oy < s->output_height; oy++)
      for (int ox = 0; ox < s->output_width; ox += block)
        switch (at_most(block, s->output_width - ox)) {
#define CASE(n) \
  case n: channel_block(s, in, turned, bias ? bias + o : NULL, channels, y + o * y_plane, y_plane, oy, ox, at_most(n, FM_LANE_PIXELS)); break;
          CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10)
#undef CASE
        }
  }
}

/* The share of lanes at work when `count` things fill vectors of `size`, in percent. */
INLINE int lane_use(int count, int size) { return 100 * count / ((count + size - 1) / size * size); }

static void correlate_planes(const fm_correlation *s, const fm_plane_input *in, const float *weight,
                             const float *bias, float *y, size_t y_plane, float *scratch) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  if (s->output_channels == 0) return;
  /* Turning the weights and the results must pay. */
  if (s->output_height * s->output_width >= 32 &&
      4 * lane_use(s->output_channels, L) > 5 * lane_use(s->output_width, VL)) {
    channels_in_lanes(s, in, weight, bias, y, y_plane, scratch);
    return;
  }
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
