/* Cross-correlation with sixteen examples in the lanes. A register block holds OB output channels times PB
 * neighbouring pixels; each loaded input vector serves OB channels, each weight PB pixels. */

#define FM_EDGE_CHANNELS 8 /* most channels of a block of one pixel */
/* Pixels of a block where some taps do not exist: in pairs only where larger blocks are no better. */
#define FM_EDGE_PIXELS (FM_PIXELS == 2 ? 2 : 1)

/* A switch needs a case for every size of a block; those above its limit are the same code as the limit's. */
#define FM_EACH_SIZE(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)

INLINE void correlate_block(const fm_correlation *s, const float *x, const float *weight, const float *bias,
                            float *y, int oy, int ox, const int OB, const int PB) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  /* From a pixel to the next, from a kernel column, row and channel to the next. */
  const size_t stride = (size_t)s->stride_x * L, step = (size_t)s->dilation_x * L;
  const size_t line = (size_t)s->input_width * L, in_row = s->dilation_y * line, in_plane = s->input_height * line;
  const float *first = x + oy * s->stride_y * line + ox * stride;
  for (int h = 0; h < L; h += VL) {
    V sum[FM_CHANNELS * FM_PIXELS];
    UNROLL for (int o = 0; o < OB; o++)
      UNROLL for (int p = 0; p < PB; p++) sum[o * PB + p] = splat(bias ? bias[o] : 0);
    const float *w = weight, *channel = first + h;
    for (int c = 0; c < s->input_channels; c++, channel += in_plane) {
      const float *row = channel;
      for (int ky = 0; ky < s->kernel_height; ky++, row += in_row) {
        const float *in = row;
        for (int kx = 0; kx < s->kernel_width; kx++, w++, in += step) {
          V pixels[FM_PIXELS];
          UNROLL for (int p = 0; p < PB; p++) pixels[p] = load(in + p * stride);
          UNROLL for (int o = 0; o < OB; o++) {
            const V factor = splat(w[o * taps]);
            UNROLL for (int p = 0; p < PB; p++) sum[o * PB + p] += pixels[p] * factor;
          }
        }
      }
    }
    float *out = y + ((size_t)oy * s->output_width + ox) * L + h;
    UNROLL for (int o = 0; o < OB; o++)
      UNROLL for (int p = 0; p < PB; p++) store(out + o * plane + (size_t)p * L, sum[o * PB + p]);
  }
}

INLINE void correlate_channels(const fm_correlation *s, const float *x, const float *weight,
                               const float *bias, float *y, const int OB) {
  const int pixels = even_block(s->output_width, FM_PIXELS);
  const size_t line = (size_t)s->output_width * L, plane = s->output_height * line;
  for (int oy = 0; oy < s->output_height; oy++) {
    for (int ox = 0; ox < s->output_width; ox += pixels) {
      const int rest = s->output_width - ox;
      switch (rest < pixels ? rest : pixels) {
#define CASE(n) \
  case n: correlate_block(s, x, weight, bias, y, oy, ox, OB, at_most(n, FM_PIXELS)); break;
        FM_EACH_SIZE(CASE)
#undef CASE
      }
    }
    /* Row by row, which takes a little less than block by block. */
    for (int o = 0; o < OB; o++) activate(s->activation, y + o * plane + oy * line, line);
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
#define CASE(n) \
  case n: correlate_channels(s, x, w, b, out, at_most(n, FM_CHANNELS)); break;
      FM_EACH_SIZE(CASE)
#undef CASE
    }
  }
}

/* OB output channels times KB neighbouring kernel columns stay in registers while all pixels pass by. */
INLINE void weight_gradient_block(const fm_correlation *s, const float *x, const float *dy, float *dw, int c,
                                  int ky, int kx, const int OB, const int KB) {
  const size_t taps = (size_t)s->input_channels * s->kernel_height * s->kernel_width;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  V sum[FM_TAP_CHANNELS * FM_TAPS + 3];
  UNROLL for (int i = 0; i < OB * KB + 3; i++) sum[i] = splat(0);
  for (int h = 0; h < L; h += VL)
    for (int oy = 0; oy < s->output_height; oy++) {
      const size_t row = (size_t)c * s->input_height + oy * s->stride_y + ky * s->dilation_y;
      const float *in = x + (row * s->input_width + (size_t)kx * s->dilation_x) * L + h;
      const float *gradient = dy + (size_t)oy * s->output_width * L + h;
      for (int ox = 0; ox < s->output_width; ox++, in += (size_t)s->stride_x * L, gradient += L) {
        V pixels[FM_TAPS];
        UNROLL for (int k = 0; k < KB; k++) pixels[k] = load(in + (size_t)k * s->dilation_x * L);
        UNROLL for (int o = 0; o < OB; o++) {
          const V g = load(gradient + o * plane);
          UNROLL for (int k = 0; k < KB; k++) sum[o * KB + k] += pixels[k] * g;
        }
      }
    }
  float *out = dw + ((size_t)c * s->kernel_height + ky) * s->kernel_width + kx;
  UNROLL for (int i = 0; i < OB * KB; i += 4) {
    const V4 four = four_sums_of_lanes(sum[i], sum[i + 1], sum[i + 2], sum[i + 3]);
    UNROLL for (int j = 0; j < 4 && i + j < OB * KB; j++) out[(i + j) / KB * taps + (i + j) % KB] += four[j];
  }
}

INLINE void weight_gradient_channels(const fm_correlation *s, const float *x, const float *dy, float *dw,
                                     const int OB) {
  const int columns = even_block(s->kernel_width, FM_TAPS);
  for (int c = 0; c < s->input_channels; c++)
    for (int ky = 0; ky < s->kernel_height; ky++)
      for (int kx = 0; kx < s->kernel_width; kx += columns) {
        const int rest = s->kernel_width - kx;
        switch (rest < columns ? rest : columns) {
#define CASE(n) \
  case n: weight_gradient_block(s, x, dy, dw, c, ky, kx, OB, at_most(n, FM_TAPS)); break;
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
  const int channels = even_block(s->output_channels, FM_TAP_CHANNELS);
  for (int o = 0; o < s->output_channels; o += channels) {
    const int rest = s->output_channels - o;
    switch (rest < channels ? rest : channels) {
#define CASE(n) \
  case n: weight_gradient_channels(s, x, dy + o * plane, dw + o * taps, at_most(n, FM_TAP_CHANNELS)); break;
      FM_EACH_SIZE(CASE)
#undef CASE
    }
  }
}

/* What the outputs at one place, and at those beside it, send back through one tap: `sum` holds CB input channels
 * times PB pixels, of which `count` from the first on take part. */
INLINE void gather_tap(const fm_correlation *s, const float *dy, const float *w, V *sum, const int CB, const int PB,
                       const int first, const int count) {
  const size_t window = (size_t)s->kernel_height * s->kernel_width, taps = s->input_channels * window;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  for (int o = 0; o < s->output_channels; o++, dy += plane, w += taps) {
    V pixels[FM_PIXELS];
    UNROLL for (int p = 0; p < count; p++) pixels[p] = load(dy + (size_t)p * L);
    UNROLL for (int c = 0; c < CB; c++) {
      const V factor = splat(w[c * window]);
      UNROLL for (int p = 0; p < count; p++) sum[c * PB + first + p] += pixels[p] * factor;
    }
  }
}

/* The gradient of the input gathers, for every place of it, what the outputs that saw it send back. Taps that
 * would come from beyond the output are skipped, not multiplied by zeros: for small maps that halves the work.
 * CB input channels times PB neighbouring pixels stay in registers; IS_EDGE where some taps may not exist. */
INLINE void input_gradient_block(const fm_correlation *s, const float *dy, const float *weight, float *dx,
                                 size_t dx_plane, int y, int x, const int CB, const int PB, const int IS_EDGE) {
  for (int h = 0; h < L; h += VL) {
    V sum[FM_EDGE_CHANNELS * FM_PIXELS];
    UNROLL for (int i = 0; i < CB * PB; i++) sum[i] = splat(0);
    for (int ky = 0; ky < s->kernel_height; ky++) {
      const int oy = y - ky * s->dilation_y;
      if (oy < 0 || oy % s->stride_y || oy / s->stride_y >= s->output_height) continue;
      const float *row = dy + (size_t)(oy / s->stride_y) * s->output_width * L + h;
      const float *w = weight + (size_t)ky * s->kernel_width;
      for (int kx = 0; kx < s->kernel_width; kx++, w++) {
        const int ox = x - kx * s->dilation_x;
        if (!IS_EDGE || (PB > 1 && ox >= 0 && ox + PB <= s->output_width)) {
          gather_tap(s, row + (ptrdiff_t)ox * L, w, sum, CB, PB, 0, PB);
        } else if (PB == 1) {
          if (ox < 0 || ox % s->stride_x || ox / s->stride_x >= s->output_width) continue;
          gather_tap(s, row + (ptrdiff_t)(ox / s->stride_x) * L, w, sum, CB, PB, 0, 1);
        } else {
          UNROLL for (int p = 0; p < PB; p++)
            if (ox + p >= 0 && ox + p < s->output_width)
              gather_tap(s, row + (ptrdiff_t)(ox + p) * L, w, sum, CB, PB, p, 1);
        }
      }
    }
    UNROLL for (int c = 0; c < CB; c++)
      UNROLL for (int p = 0; p < PB; p++) store(dx + c * dx_plane + (size_t)p * L + h, sum[c * PB + p]);
  }
}

/* PB pixels of one row for all input channels, at most MOST at a time. */
#define FM_CHANNEL_CASE(n) \
  case n: input_gradient_block(s, dy, weight + c * window, out, plane, y, x, at_most(n, MOST), PB, IS_EDGE); break;
INLINE void input_gradient_pixels(const fm_correlation *s, const float *dy, const float *weight, float *dx,
                                  size_t plane, int y, int x, const int MOST, const int PB, const int IS_EDGE) {
  const size_t window = (size_t)s->kernel_height * s->kernel_width;
  const int channels = even_block(s->input_channels, MOST);
  for (int c = 0; c < s->input_channels; c += channels) {
    float *out = dx + c * plane;
    const int rest = s->input_channels - c, count = rest < channels ? rest : channels;
    if (MOST == FM_CHANNELS) {
      switch (count) { FM_EACH_SIZE(FM_CHANNEL_CASE) }
    } else {
      switch (count) { FM_EACH_SIZE(FM_CHANNEL_CASE) FM_CHANNEL_CASE(7) FM_CHANNEL_CASE(8) }
    }
  }
}

/* Along rows without gaps, the gradient of the input is scattered instead: PB neighbouring outputs reach
 * PB + KW - 1 inputs, whose sums stay in registers while all outputs of some channels that reach them pass by. No
 * tap is skipped, none multiplied by zeros. `row` is the row of the gradient, of which the columns from `left` to
 * before `right` exist; the sums are added to it. */
INLINE void scatter_block(const fm_correlation *s, const float *dy, const float *weight, int outputs, float *row,
                          int y, int x, int left, int right, const int PB, const int KW) {
  const size_t window = (size_t)s->kernel_height * KW, taps = s->input_channels * window;
  const size_t line = (size_t)s->output_width * L, plane = s->output_height * line;
  for (int h = 0; h < L; h += VL) {
    V sum[FM_SCATTER_SUMS];
    UNROLL for (int i = 0; i < PB + KW - 1; i++)
      sum[i] = x + i >= left && x + i < right ? load(row + (ptrdiff_t)(x + i) * L + h) : splat(0);
    for (int ky = 0; ky < s->kernel_height; ky++) {
      const int oy = y - ky * s->dilation_y;
      if (oy < 0 || oy % s->stride_y || oy / s->stride_y >= s->output_height) continue;
      const float *gradient = dy + oy / s->stride_y * line + (size_t)x * L + h, *w = weight + (size_t)ky * KW;
      for (int o = 0; o < outputs; o++, gradient += plane, w += taps) {
        V pixels[FM_SCATTER_SUMS];
        UNROLL for (int p = 0; p < PB; p++) pixels[p] = load(gradient + (size_t)p * L);
        UNROLL for (int kx = 0; kx < KW; kx++) {
          const V factor = splat(w[kx]);
          UNROLL for (int p = 0; p < PB; p++) sum[p + kx] += pixels[p] * factor;
        }
      }
    }
    UNROLL for (int i = 0; i < PB + KW - 1; i++)
      if (x + i >= left && x + i < right) store(row + (ptrdiff_t)(x + i) * L + h, sum[i]);
  }
}

/* All rows of the gradient, some output channels at a time: their rows are still in the nearest cache for the next
 * input channel. */
INLINE void scatter_input_gradient(const fm_correlation *s, const float *dy, const float *weight, int top,
                                   int left, int height, int width, float *dx, const int KW) {
  /* About forty rows of the gradient at a time. */
  const int most = at_least(8, 40 / s->kernel_height), right = left + width;
  const int pixels = even_block(s->output_width, FM_SCATTER_SUMS - KW + 1);
  const size_t window = (size_t)s->kernel_height * KW, taps = s->input_channels * window;
  const size_t plane = (size_t)s->output_height * s->output_width * L;
  for (int y = top; y < top + height; y++)
    for (int o = 0; o < s->output_channels; o += most) {
      const int outputs = at_most(most, s->output_channels - o);
      for (int c = 0; c < s->input_channels; c++) {
        float *line = dx + ((size_t)c * height + y - top) * width * L;
        if (o == 0) memset(line, 0, width * L * sizeof(float));
        const float *gradient = dy + o * plane, *w = weight + o * taps + c * window;
        int x = 0;
        while (x < s->output_width) {
          const int count = at_most(pixels, s->output_width - x);
          /* Sizes without a case of their own fall through to smaller ones. */
#define TRY(n)                                                                                               \
  if (n + KW - 1 <= FM_SCATTER_SUMS && count >= n) {                                                         \
    scatter_block(s, gradient, w, outputs, line - (ptrdiff_t)left * L, y, x, left, right, n, KW);            \
    x += n;                                                                                                  \
    continue;                                                                                                \
  }
          TRY(14) TRY(12) TRY(10) TRY(8) TRY(7) TRY(5) TRY(4) TRY(2) TRY(1)
#undef TRY
        }
      }
    }
}

static void correlate_lanes_input_gradient(const fm_correlation *s, const float *dy, const float *weight,
                                           int32_t top, int32_t left, int32_t height, int32_t width,
                                           float *dx) {
  if (s->stride_x == 1 && s->dilation_x == 1 && s->output_channels > 0) switch (s->kernel_width) {
#define CASE(n) \
  case n: return scatter_input_gradient(s, dy, weight, top, left, height, width, dx, n);
    CASE(3) CASE(5) CASE(7)
#undef CASE
  }
  const size_t plane = (size_t)height * width * L;
  /* Columns of the padded input from which every tap leads to an output. */
  const int first = at_least((s->kernel_width - 1) * s->dilation_x, left);
  const int end = s->stride_x == 1 ? at_most(s->output_width, left + width) : 0;
  const int inner = even_block(end - first, FM_PIXELS), outer = s->stride_x == 1 ? FM_EDGE_PIXELS : 1;
  for (int y = top; y < top + height; y++) {
    float *row = dx + (size_t)(y - top) * width * L;
    for (int x = left; x < left + width;) {
      float *out = row + (size_t)(x - left) * L;
      const int is_inner = x >= first && x < end;
      const int rest = is_inner ? end - x : (x < first && first < left + width ? first : left + width) - x;
      const int pixels = at_most(is_inner ? inner : outer, rest);
      if (is_inner && pixels > 1) switch (pixels) {
#define CASE(n) \
  case n: input_gradient_pixels(s, dy, weight, out, plane, y, x, FM_CHANNELS, at_most(n, FM_PIXELS), 0); break;
        FM_EACH_SIZE(CASE)
#undef CASE
      }
      else if (pixels == 1) input_gradient_pixels(s, dy, weight, out, plane, y, x, FM_EDGE_CHANNELS, 1, 1);
      else input_gradient_pixels(s, dy, weight, out, plane, y, x, FM_CHANNELS, FM_EDGE_PIXELS, 1);
      x += pixels;
    }
  }
}
