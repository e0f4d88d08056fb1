/* Vectors of VL floats and what every template part needs. The including file defines
 *   FM_SUFFIX   of the table's name
 *   FM_NAME     the table's name as text
 *   VL          floats in a vector
 *   FM_TARGET   instruction set of the functions (not defined: the compiler's default)
 *   FM_CHANNELS, FM_PIXELS      most channels and pixels in a register block of correlations
 *   FM_TAP_CHANNELS, FM_TAPS    most channels and kernel columns in one of weight gradients
 *   FM_SCATTER_SUMS  most sums in registers where a gradient is scattered along a row
 *   FM_COLUMNS  most vectors of a row in a register block of matrix products
 *   FM_OUTPUTS  most outputs in a register block of a linear layer
 *   FM_LANE_PIXELS  pixels in a register block of one example with sixteen channels in the lanes
 *   FM_PLANE_CHANNELS  most channels in a register block of one example
 *   FM_HAS_FMA  where a multiplication and an addition are one instruction */
#include <string.h>

#include "CKernels.h"

#define FM_CONCATENATE_(a, b) a##b
#define FM_CONCATENATE(a, b) FM_CONCATENATE_(a, b)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define L FM_LANES

typedef float V __attribute__((vector_size(VL * 4)));
typedef float UnalignedV __attribute__((vector_size(VL * 4), aligned(4)));
typedef int32_t VI __attribute__((vector_size(VL * 4)));
typedef float V4 __attribute__((vector_size(16)));
typedef float UnalignedV4 __attribute__((vector_size(16), aligned(4)));

INLINE V load(const float *p) { return *(const UnalignedV *)p; }
INLINE void store(float *p, V v) { *(UnalignedV *)p = v; }
INLINE V4 load4(const float *p) { return *(const UnalignedV4 *)p; }
INLINE void store4(float *p, V4 v) { *(UnalignedV4 *)p = v; }
/* f - 0 folds into a broadcast; 0 + f would cost an addition. */
INLINE V splat(float f) { return f - (V){0}; }
INLINE V multiply_add(V a, V b, V c) {
#ifdef FM_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}
/* Halves are added until four values are left. */
INLINE V4 sum_of_fours(V v) {
#if VL == 16
  typedef float V8 __attribute__((vector_size(32)));
  const V8 half = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                  __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  return __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
#elif VL == 8
  return __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
#else
  return v;
#endif
}
/* The same order for every length of an array. */
INLINE float sum_of_lanes(V v) {
  const V4 four = sum_of_fours(v);
  return (four[0] + four[2]) + (four[1] + four[3]);
}
/* The sums of four vectors at once, in a third of the steps; within fours first. */
INLINE V4 four_sums_of_lanes(V a, V b, V c, V d) {
#if VL == 16
#define FM_OF_BOTH(x, y, i, j) \
  __builtin_shufflevector(x, y, i, 16 + i, j, 16 + j, 4 + i, 20 + i, 4 + j, 20 + j, 8 + i, 24 + i, 8 + j, 24 + j, \
                          12 + i, 28 + i, 12 + j, 28 + j)
#define FM_HALVES(x, y, i) \
  __builtin_shufflevector(x, y, i, i + 1, 16 + i, 17 + i, 4 + i, 5 + i, 20 + i, 21 + i, 8 + i, 9 + i, 24 + i, 25 + i, \
                          12 + i, 13 + i, 28 + i, 29 + i)
#elif VL == 8
#define FM_OF_BOTH(x, y, i, j) __builtin_shufflevector(x, y, i, 8 + i, j, 8 + j, 4 + i, 12 + i, 4 + j, 12 + j)
#define FM_HALVES(x, y, i) __builtin_shufflevector(x, y, i, i + 1, 8 + i, 9 + i, 4 + i, 5 + i, 12 + i, 13 + i)
#else
#define FM_OF_BOTH(x, y, i, j) __builtin_shufflevector(x, y, i, 4 + i, j, 4 + j)
#define FM_HALVES(x, y, i) __builtin_shufflevector(x, y, i, i + 1, 4 + i, 5 + i)
#endif
  const V ab = FM_OF_BOTH(a, b, 0, 1) + FM_OF_BOTH(a, b, 2, 3), cd = FM_OF_BOTH(c, d, 0, 1) + FM_OF_BOTH(c, d, 2, 3);
  return sum_of_fours(FM_HALVES(ab, cd, 0) + FM_HALVES(ab, cd, 2));
#undef FM_OF_BOTH
#undef FM_HALVES
}
/* a where the mask is -1, b where it is 0: what a comparison of vectors tells. */
INLINE V choose(VI mask, V a, V b) { return (V)((mask & (VI)a) | (~mask & (VI)b)); }

INLINE int at_least(int a, int b) { return a > b ? a : b; }
INLINE int at_most(int a, int b) { return a < b ? a : b; }

/* The size of the fewest equal blocks that hold `count`, at most `most` each: 10 by 6 becomes 5 + 5. */
INLINE int even_block(int count, int most) {
  const int blocks = (count + most - 1) / most;
  return blocks ? (count + blocks - 1) / blocks : 1;
}
