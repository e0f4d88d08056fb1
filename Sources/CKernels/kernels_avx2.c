/* x86-64-v3: eight floats in a vector, sixteen vectors, FMA. */
#if defined(__x86_64__)
#define FM_SUFFIX avx2
#define FM_NAME "avx2"
#define FM_TARGET "avx2,fma,bmi,bmi2,lzcnt,popcnt,f16c"
#define FM_HAS_FMA 1
#define VL 8
#define FM_CHANNELS 6
#define FM_PIXELS 2
#define FM_TAP_CHANNELS 2
#define FM_TAPS 5
#define FM_SCATTER_SUMS 14
#define FM_COLUMNS 3
#define FM_OUTPUTS 6
#define FM_LANE_PIXELS 5
#define FM_PLANE_CHANNELS 6
#define FM_FILTER_ROWS 3
#define FM_FILTER_VECTORS 3
#define FM_FILTER_LINE 8
#define FM_PRODUCT_VECTORS 2
#define FM_LONGEST_PRODUCT 5
#include "template/kernels.h"
#endif
