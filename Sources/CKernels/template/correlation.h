/* Cross-correlation with sixteen examples in the lanes. A register block holds OB output channels times PB
 * neighbouring pixels; each loaded input vector serves OB channels, each weight PB pixels. */

#define FM_CHANNELS 4 /* most output channels of a block */

/* A switch needs a case for every size of a block. */
#if FM_PIXELS > 3
#define FM_EACH_SIZE(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#elif FM_PIXELS > 2
#define FM_EACH_SIZE(CASE) CASE(1) CASE(2) CASE(3)
#else
#define FM_EACH_SIZE(CASE) CASE(1) CASE(2)
#endif

INLINE void correlate_block(const fm_correlation *s, const float *x, const float *weight, const float *bias,
                            float *y, int oy, int ox, const int OB, const int PB) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  for (int h = 0; h < L; h += VL) {
    V sum[FM_CHANNELS * FM_PIXELS];
    UNROLL for (int o = 0; o < OB; o++)
      UNROLL for (int p = 0; p < PB; p++) sum[o * PB + p] = splat(bias ? bias[o] : 0);
    const float *w = weight;
    for (int c = 0; c < s->input_channels; c++)
      for (int ky = 0; ky < s->kernel_height; ky++) {
        const size_t row = (size_t)c * s->input_height + oy * s->stride_y + ky * s->dilation_y;
        const float *in = x + (row * s->input_width + (size_t)ox * s->stride_x) * L + h;
        for (int kx = 0; kx < s->kernel_width; kx++, w++, in += (size_t)s->dilation_x * L) {
          V pixels[FM_PIXELS];
          UNROLL for (int p = 0; p < PB; p++) pixels[p] = load(in + (size_t)p * s->stride_x * L);
          UNROLL for (int o = 0; o < OB; o++) {
            const V factor = splat(w[o * taps]);
            UNROLL for (int p = 0; p < PB; p++) sum[o * PB + p] += pixels[p] * factor;
          }
        }
      }
    float *out = y + ((size_t)oy * s->output_width + ox) * L + h;
    UNROLL for (int o = 0; o < OB; o++)
      UNROLL for (int p = 0; p < PB; p++) store(out + o * plane + (size_t)p * L, sum[o * PB + p]);
  }
}

/* The smallest number of equal blocks that hold `count`, at most `most` each: 10 by 6 becomes 5 + 5. */
INLINE int even_block(int count, int most) {
  const int blocks = (count + most - 1) / most;
  return (count + blocks - 1) / blocks;
}

INLINE void correlate_channels(const fm_correlation *s, const float *x, const float *weight,
                               const float *bias, float *y, const int OB) {
  const int pixels = even_block(s->output_width, FM_PIXELS);
  for (int oy = 0; oy < s->output_height; oy++)
    for (int ox = 0; ox < s->output_width; ox += pixels) {
      const int rest = s->output_width - ox;
      switch (rest < pixels ? rest : pixels) {
#define CASE(n) \
  case n: correlate_block(s, x, weight, bias, y, oy, ox, OB, n); break;
        FM_EACH_SIZE(CASE)
#undef CASE
      }
    }
}

static void correlate_lanes(const fm_correlation *s, const float *x, const float *weight, const float *bias,
                            float *y) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  if (plane == 0 || s->output_channels == 0) return;
  const int channels = even_block(s->output_channels, FM_CHANNELS);
  for (int o = 0; o < s->output_channels; o += channels) {
    const float *w = weight + o * taps, *b = bias ? bias + o : NULL;
    float *out = y + o * plane;
    const int rest = s->output_channels - o;
    switch (rest < channels ? rest : channels) {
      case 1: correlate_channels(s, x, w, b, out, 1); break;
      case 2: correlate_channels(s, x, w, b, out, 2); break;
      case 3: correlate_channels(s, x, w, b, out, 3); break;
      case 4: correlate_channels(s, x, w, b, out, 4); break;
    }
  }
}

/* OB output channels times KB neighbouring kernel columns stay in registers while all pixels pass by. */
INLINE void weight_gradient_block(const fm_correlation *s, const float *x, const float *dy, float *dw, int c,
                                  int ky, int kx, const int OB, const int KB) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  V sum[FM_CHANNELS * FM_PIXELS];
  UNROLL for (int i = 0; i < OB * KB; i++) sum[i] = splat(0);
  for (int h = 0; h < L; h += VL)
    for (int oy = 0; oy < s->output_height; oy++) {
      const size_t row = (size_t)c * s->input_height + oy * s->stride_y + ky * s->dilation_y;
      const float *in = x + (row * s->input_width + (size_t)kx * s->dilation_x) * L + h;
      const float *gradient = dy + (size_t)oy * s->output_width * L + h;
      for (int ox = 0; ox < s->output_width; ox++, in += (size_t)s->stride_x * L, gradient += L) {
        V pixels[FM_PIXELS];
        UNROLL for (int k = 0; k < KB; k++) pixels[k] = load(in + (size_t)k * s->dilation_x * L);
        UNROLL for (int o = 0; o < OB; o++) {
          const V g = load(gradient + o * plane);
          UNROLL for (int k = 0; k < KB; k++) sum[o * KB + k] += pixels[k] * g;
        }
      }
    }
  float *out = dw + ((size_t)c * s->kernel_height + ky) * s->kernel_width + kx;
  UNROLL for (int o = 0; o < OB; o++)
    UNROLL for (int k = 0; k < KB; k++) out[o * taps + k] += sum_of_lanes(sum[o * KB + k]);
}

INLINE void weight_gradient_channels(const fm_correlation *s, const float *x, const float *dy, float *dw,
                                     const int OB) {
  const int columns = even_block(s->kernel_width, FM_PIXELS);
  for (int c = 0; c < s->input_channels; c++)
    for (int ky = 0; ky < s->kernel_height; ky++)
      for (int kx = 0; kx < s->kernel_width; kx += columns) {
        const int rest = s->kernel_width - kx;
        switch (rest < columns ? rest : columns) {
#define CASE(n) \
  case n: weight_gradient_block(s, x, dy, dw, c, ky, kx, OB, n); break;
          FM_EACH_SIZE(CASE)
#undef CASE
        }
      }
}

static void correlate_lanes_weight_gradient(const fm_correlation *s, const float *x, const float *dy,
                                            float *dw) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  if (plane == 0 || s->output_channels == 0) return;
  const int channels = even_block(s->output_channels, FM_CHANNELS);
  for (int o = 0; o < s->output_channels; o += channels) {
    const int rest = s->output_channels - o;
    switch (rest < channels ? rest : channels) {
      case 1: weight_gradient_channels(s, x, dy + o * plane, dw + o * taps, 1); break;
      case 2: weight_gradient_channels(s, x, dy + o * plane, dw + o * taps, 2); break;
      case 3: weight_gradient_channels(s, x, dy + o * plane, dw + o * taps, 3); break;
      case 4: weight_gradient_channels(s, x, dy + o * plane, dw + o * taps, 4); break;
    }
  }
}
