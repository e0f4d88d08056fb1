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

/* Nothing of this leaves the program or shared library that it is linked into: a plugin brings its own copy,
 * perhaps of another version, which must not be mixed with the program's. */
#if defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

#define FM_LANES 16

/* One group of a cross-correlation over padded input:
 * y[o][oy][ox] = bias[o] + sum over c, ky, kx of
 *   weight[o][c][ky][kx] * x[c][oy * stride_y + ky * dilation_y][ox * stride_x + kx * dilation_x] */
typedef struct fm_correlation {
  int32_t activation; /* of every output, one of the FM_ names below; gradients ignore it, but for those of halves */
  int32_t input_channels, input_height, input_width; /* with the padding included */
  int32_t output_channels, output_height, output_width;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x;
  int32_t dilation_y, dilation_x;
} fm_correlation;

enum { FM_NO_ACTIVATION, FM_SIGMOID, FM_RELU, FM_TANH };

/* Of Winograd's way: most places of sixteen floats in a block at one point, rows of a block of gradients, and weights at
 * all points up to which the way back goes block by block. */
enum { FM_WINOGRAD_BLOCK = 24, FM_WINOGRAD_ROWS = 4, FM_WINOGRAD_SUMS = 512 };

/* Cross-correlations that take fewer products by Winograd's way, for some columns of the output, and their memory. They
 * exist for kernels 3 and 5 wide, stride and dilation 1 along the rows, and columns that tiles of
 * points + 1 - kernel_width pixels fill. */
typedef struct fm_winograd {
  int32_t points;  /* 6 or 8 */
  int32_t left, width; /* the columns; width is even */
  int32_t columns; /* most columns of tiles that are worked on together on the way back, at least 1 */
  float *weight;   /* the kernels at the points: points * weights floats, weights being
                    * output_channels * input_channels * kernel_height; written forward, read on the way back */
  float *scratch;  /* forward: 16 * points * (input_channels * input_height + FM_WINOGRAD_BLOCK) floats. On the way back
                    * 16 * output_channels and the larger of
                    * points * (16 * columns * (input_channels * input_height + output_channels * output_height) + weights)
                    * and, if no gradient of the input is asked for and points * weights <= FM_WINOGRAD_SUMS, as many as
                    * forward and 17 * points * weights */
} fm_winograd;

/* One example, padded. The vectors read along the rows, so that for strides above 1 the columns of a row are
 * sorted by their remainder; columns[kx] is where the first pixel that kernel column kx meets lies in a row.
 * Vectors read up to 32 floats beyond the last row. */
typedef struct fm_plane_input {
  const float *x;
  size_t plane, row; /* floats from one channel, one row to the next */
  const int32_t *columns;
} fm_plane_input;

/* Pooling of planes. Windows may reach over the edges; what lies outside never wins a maximum. */
typedef struct fm_pooling {
  int32_t input_height, input_width, output_height, output_width;
  int32_t kernel_height, kernel_width, stride_y, stride_x;
  int32_t pad_top, pad_left, pad_bottom, pad_right;
  int32_t count_padding; /* averages: 1 divides by the window's size within the padded plane */
} fm_pooling;

/* A part of a filtered plane. Result row r is computed from the input rows rows[r * row_step + u], each of which
 * holds at least width + kernel_width - 1 values: result x reads the values x + v. */
typedef struct fm_filter {
  int32_t kernel_height, kernel_width;
  int32_t row_step;
  int32_t width, height; /* of the results */
  size_t stride;         /* floats from one row of results to the next */
  int32_t streams;       /* 1: results may go past the caches, for those that are far larger */
} fm_filter;

/* One weight of a kernel that is mostly zeros. */
typedef struct fm_tap {
  int32_t row, column;
  float weight;
} fm_tap;

/* What is made of a gradient: sqrt(x^2 + y^2), |x| + |y| or atan2(y, x), the angle of (0, 0) being 0. */
typedef enum fm_gradient_part { FM_GRADIENT_LENGTH, FM_GRADIENT_SUM, FM_GRADIENT_ANGLE } fm_gradient_part;

typedef struct fm_kernels {
  const char *name; /* "sse2", "avx2", "avx512", "neon" */

  /* n values of up to sixteen examples, example_stride floats apart, side by side; lanes without an example
   * hold zeros. Bytes become 0 to 1: byte / 255, correctly rounded. */
  void (*pack_lanes)(const float *x, size_t example_stride, int32_t examples, size_t n, float *lanes);
  void (*pack_byte_lanes)(const uint8_t *const *x, int32_t examples, size_t n, float *lanes);
  void (*unpack_lanes)(const float *lanes, size_t n, size_t example_stride, int32_t examples, float *y);

  /* Cross-correlation of sixteen examples; weight [out][in][kh][kw], bias may be NULL. */
  void (*correlate_lanes)(const fm_correlation *s, const float *x, const float *weight, const float *bias,
                          float *y);
  /* Adds the gradient of the weight, summed over the sixteen examples, to weight_gradient. */
  void (*correlate_lanes_weight_gradient)(const fm_correlation *s, const float *x, const float *y_gradient,
                                          float *weight_gradient);
  /* The gradient of a part of the padded input, such as all but the padding: [in][height][width]. */
  void (*correlate_lanes_input_gradient)(const fm_correlation *s, const float *y_gradient, const float *weight,
                                         int32_t top, int32_t left, int32_t height, int32_t width,
                                         float *x_gradient);
  /* As correlate_lanes, with fewer products: see fm_winograd. Unless halves is NULL, it gets the averages of 2x2 of
   * the output, whose height is even then, and y may be NULL. */
  void (*winograd_lanes)(const fm_correlation *s, const float *x, const float *weight, const float *bias, float *y,
                         float *halves, const fm_winograd *memory);
  /* After winograd_lanes on the same memory: adds to the gradients of weight and bias, which may be NULL, and writes
   * that of a part of the padded input unless x_gradient is NULL. Columns are taken from the left on: each call adds to
   * what those before wrote. The gradient is that of the correlation, y being NULL, or that of the halves, y being what
   * was written forward. */
  void (*winograd_lanes_gradient)(const fm_correlation *s, const float *x, const float *y, const float *gradient,
                                  float *weight_gradient, float *bias_gradient, int32_t top, int32_t left,
                                  int32_t height, int32_t width, float *x_gradient, const fm_winograd *memory);
  /* Cross-correlation of one example; output channels lie y_plane floats apart, their rows close. The scratch
   * holds sixteen floats for each weight of one output channel. */
  void (*correlate_planes)(const fm_correlation *s, const fm_plane_input *in, const float *weight,
                           const float *bias, float *y, size_t y_plane, float *scratch);

  /* For sixteen examples: y[o] = bias[o] + sum over i < k of a[o * a_row + i * a_column] * x[i]. */
  void (*multiply_lanes)(int32_t outputs, int32_t k, const float *a, size_t a_row, size_t a_column,
                         const float *x, const float *bias, float *y);
  /* sums[r] += sum over i < n of rows[r * n + i] * x[i], r in 0..<count. */
  void (*add_dot_products)(int32_t count, int32_t n, const float *rows, const float *x, float *sums);
  /* C[m][n] += sum over k of A[m * a_row + k * a_column] * B[k * b_row + n]; C has c_row floats a row. */
  void (*matrix_multiply_add)(int32_t m, int32_t n, int32_t k, const float *a, size_t a_row, size_t a_column,
                              const float *b, size_t b_row, float *c, size_t c_row);

  /* sums[r] += sum over i of x[r * n + i]. */
  void (*add_row_sums)(const float *x, int32_t rows, size_t n, float *sums);

  /* Element by element; x and y may be the same. */
  void (*sigmoid)(const float *x, float *y, size_t n);
  void (*tanh)(const float *x, float *y, size_t n);
  void (*exp)(const float *x, float *y, size_t n);
  void (*relu)(const float *x, float *y, size_t n);
  /* dx = dy * f'(x), told from the output y = f(x). */
  void (*sigmoid_gradient)(const float *y, const float *dy, float *dx, size_t n);
  void (*tanh_gradient)(const float *y, const float *dy, float *dx, size_t n);
  void (*relu_gradient)(const float *y, const float *dy, float *dx, size_t n);

  /* Over the channels at each of the places: x[channel * places + place]. x and y must differ. */
  void (*softmax)(const float *x, int32_t channels, size_t places, float *y);

  void (*average_pool)(const fm_pooling *s, const float *x, float *y);
  void (*average_pool_gradient)(const fm_pooling *s, const float *dy, float *dx); /* adds to dx */
  void (*max_pool)(const fm_pooling *s, const float *x, float *y);
  /* Adds to dx at the first largest value of each window, row by row. */
  void (*max_pool_gradient)(const fm_pooling *s, const float *x, const float *dy, float *dx);
  /* All channels of sixteen examples; these gradients are not added, dx is overwritten. */
  void (*average_pool_lanes)(const fm_pooling *s, int32_t channels, const float *x, float *y);
  void (*average_pool_lanes_gradient)(const fm_pooling *s, int32_t channels, const float *dy, float *dx);
  /* Averages of 2x2 that fill the planes, height x width of them a channel, of an activation (one of the FM_ names
   * above) of x. If keeps is 1, the activation's values take the place of x. */
  void (*halve_lanes)(int32_t activation, int32_t channels, int32_t height, int32_t width, float *x, int32_t keeps,
                      float *y);
  /* Its way back: y holds the activation's output and gets the gradient of its input; the sum over each channel's
   * places is added to sums, which may be NULL. */
  void (*halve_lanes_gradient)(int32_t activation, int32_t channels, int32_t height, int32_t width, const float *dy,
                               float *y, float *sums);
  void (*max_pool_lanes)(const fm_pooling *s, int32_t channels, const float *x, float *y);
  void (*max_pool_lanes_gradient)(const fm_pooling *s, int32_t channels, const float *x, const float *dy,
                                  float *dx);

  /* Filters of planes: see fm_filter. Results never lie in what is read. */
  int32_t filter_block_rows;      /* rows that correlate_rows works on together */
  int32_t filter_longest_product; /* rows of a kernel for which separable_rows is worth it; 0 for none */
  /* out[r][x] = bias + sum over u, v of weights[u][v] * rows[r * row_step + u][x + v] */
  void (*correlate_rows)(const fm_filter *s, const float *const *rows, const float *weights, float bias,
                         float *out);
  /* The same for the kernel column[u] * row[v], for few rows: weights are the row, then the column. */
  void (*separable_rows)(const fm_filter *s, const float *const *rows, const float *weights, float bias,
                         float *out);
  /* What is made of the results of two such kernels: weights are both rows, then both columns. */
  void (*separable_gradient)(const fm_filter *s, const float *const *rows, const float *weights,
                             fm_gradient_part part, float *out);
  /* As correlate_rows for `count` taps: kernel_height and kernel_width are not read. */
  void (*weigh_taps)(const fm_filter *s, const float *const *rows, const fm_tap *taps, int32_t count, float bias,
                     float *out);
  /* Element by element, rows of gx and gy `stride` floats apart; of s, the results alone are read. */
  void (*gradient_rows)(const fm_filter *s, const float *gx, const float *gy, size_t stride,
                        fm_gradient_part part, float *out);
  /* The unsharp mask: x + amount * d where |d| > threshold and x elsewhere, d = x - blurred; x begins at
   * rows[r][column]. */
  void (*sharpen_rows)(const fm_filter *s, const float *const *rows, int32_t column, const float *blurred,
                       size_t stride, float amount, float threshold, float *out);

  /* For measuring: multiplies by `factor` and adds `addend` in registers, `rounds` times. Returns how many
   * multiplications and additions these were; *sink depends on all of them. */
  double (*peak)(size_t rounds, float factor, float addend, float *sink);
} fm_kernels;

/* The best set this machine has; the environment variable FEATUREMAP_ISA may name another one. */
const fm_kernels *fm_kernels_best(void);

/* The set of that name, NULL where this machine or build does not have it. */
const fm_kernels *fm_kernels_named(const char *name);

/* Asks for a cache line that will be read soon. */
static inline void fm_prefetch(const void *p) { __builtin_prefetch(p); }

/* Asks the system for large pages; memory begins at one, and its content does not matter. */
void fm_use_large_pages(void *memory, size_t bytes);

/* Tells the C library's allocator to keep freed blocks instead of returning them to the system: the first
 * touch of fresh memory costs more than most of the work done in it. */
void fm_keep_freed_memory(void);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#endif
