/* Vectors of VL floats and what every template part needs. The including file defines
 *   FM_SUFFIX   of the table's name
 *   FM_NAME     the table's name as text
 *   VL          floats in a vector
 *   FM_TARGET   instruction set of the functions (not defined: the compiler's default)
 *   FM_PIXELS   most pixels in a register block of correlations
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
INLINE float sum_of_lanes(V v) {
  float sum = 0;
  for (int i = 0; i < VL; i++) sum += v[i];
  return sum;
}
/* a where the mask is -1, b where it is 0: what a comparison of vectors tells. */
INLINE V choose(VI mask, V a, V b) { return (V)((mask & (VI)a) | (~mask & (VI)b)); }
