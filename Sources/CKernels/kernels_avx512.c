/* x86-64-v4: sixteen floats in a vector, thirty-two vectors, FMA. */
#if defined(__x86_64__)
#define FM_SUFFIX avx512
#define FM_NAME "avx512"
#define FM_TARGET "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2,lzcnt,popcnt,f16c"
#define FM_HAS_FMA 1
#define VL 16
#define FM_CHANNELS 4
#define FM_PIXELS 6
#define FM_TAP_CHANNELS 4
#define FM_TAPS 6
#define FM_SCATTER_SUMS 16
#define FM_COLUMNS 5
#define FM_OUTPUTS 16
#define FM_LANE_PIXELS 10
#define FM_PLANE_CHANNELS 8
#define FM_FILTER_ROWS 6
#define FM_FILTER_VECTORS 4
#define FM_FILTER_LINE 8
#define FM_PRODUCT_VECTORS 4
#define FM_LONGEST_PRODUCT 5
#include "template/kernels.h"
#endif
