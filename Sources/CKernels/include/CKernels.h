/* The innermost loops of featuremap: portable C vectors, compiled once for each instruction set and
 * chosen at run time. Everything here works on memory that the caller owns; nothing allocates, nothing
 * fails, nothing keeps state. Sizes are trusted: the Swift callers in TensorOps check them.
 *
 * Two layouts occur. "Planes" is NCHW. "Lanes" holds sixteen examples side by side: value v of example l
 * is data[v * 16 + l], so that one vector instruction works on the same place of sixteen pictures. */
#ifndef FM_CKERNELS_H
#define FM_CKERNELS_H
#include <stddef.h>
#include <stdint.h>

#define FM_LANES 16

/* One group of a cross-correlation over padded input:
 * y[o][oy][ox] = bias[o] + sum over c, ky, kx of
 *   weight[o][c][ky][kx] * x[c][oy * stride_y + ky * dilation_y][ox * stride_x + kx * dilation_x] */
typedef struct fm_correlation {
  int32_t input_channels, input_height, input_width; /* with the padding included */
  int32_t output_channels, output_height, output_width;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x;
  int32_t dilation_y, dilation_x;
} fm_correlation;

/* Pooling over one plane. Windows may reach over the edges; what lies outside never wins a maximum. */
typedef struct fm_pooling {
  int32_t input_height, input_width, output_height, output_width;
  int32_t kernel_height, kernel_width, stride_y, stride_x;
  int32_t pad_top, pad_left, pad_bottom, pad_right;
  int32_t count_padding; /* averages: 1 divides by the window's size within the padded plane */
} fm_pooling;

typedef struct fm_kernels {
  const char *name; /* "sse2", "avx2", "avx512", "neon" */

  /* One padded plane set: x[example][c][h][w] -> lanes of [c][h + pads][w + pads], zeros around. */
  void (*pack_padded_lanes)(const float *x, size_t example_stride, int32_t examples, int32_t channels,
                            int32_t height, int32_t width, int32_t top, int32_t bottom, int32_t left,
                            int32_t right, int32_t spread_y, int32_t spread_x, float *lanes);
  void (*unpack_lanes)(const float *lanes, size_t n, size_t example_stride, int32_t examples, float *y);

  /* Cross-correlation of sixteen examples; weight [out][in][kh][kw], bias may be NULL. */
  void (*correlate_lanes)(const fm_correlation *s, const float *x, const float *weight, const float *bias,
                          float *y);
  /* Adds the gradient of the weight, summed over the sixteen examples, to weight_gradient. */
  void (*correlate_lanes_weight_gradient)(const fm_correlation *s, const float *x, const float *y_gradient,
                                          float *weight_gradient);

  /* C[m][n] += sum over k of A[m * a_row + k * a_column] * B[k * b_row + n]; C has c_row floats a row. */
  void (*matrix_multiply_add)(int32_t m, int32_t n, int32_t k, const float *a, size_t a_row, size_t a_column,
                              const float *b, size_t b_row, float *c, size_t c_row);

  /* out[x] = bias + sum over t of weights[t] * taps[t][x], x in 0..<width. */
  void (*weighted_rows)(const float *const *taps, const float *weights, int32_t count, float bias,
                        int32_t width, float *out);

  /* Element by element; x and y may be the same. */
  void (*sigmoid)(const float *x, float *y, size_t n);
  void (*tanh)(const float *x, float *y, size_t n);
  void (*exp)(const float *x, float *y, size_t n);
  void (*relu)(const float *x, float *y, size_t n);
  /* dx = dy * f'(x), told from the output y = f(x). */
  void (*sigmoid_gradient)(const float *y, const float *dy, float *dx, size_t n);
  void (*tanh_gradient)(const float *y, const float *dy, float *dx, size_t n);
  void (*relu_gradient)(const float *y, const float *dy, float *dx, size_t n);

  void (*average_pool)(const fm_pooling *s, const float *x, float *y);
  void (*average_pool_gradient)(const fm_pooling *s, const float *dy, float *dx); /* adds to dx */
  void (*max_pool)(const fm_pooling *s, const float *x, float *y);
  /* Adds to dx at the first largest value of each window, row by row. */
  void (*max_pool_gradient)(const fm_pooling *s, const float *x, const float *dy, float *dx);

  /* For measuring: multiplies by `factor` and adds `addend` in registers, `rounds` times. Returns how many
   * multiplications and additions these were; *sink depends on all of them. */
  double (*peak)(size_t rounds, float factor, float addend, float *sink);
} fm_kernels;

/* The best set this machine has; the environment variable FEATUREMAP_ISA may name another one. */
const fm_kernels *fm_kernels_best(void);

/* The set of that name, NULL where this machine or build does not have it. */
const fm_kernels *fm_kernels_named(const char *name);

/* Tells the C library's allocator to keep freed blocks instead of returning them to the system: the first
 * touch of fresh memory costs more than most of the work done in it. */
void fm_keep_freed_memory(void);
#endif
