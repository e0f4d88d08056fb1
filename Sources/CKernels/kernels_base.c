/* The instruction set that every machine of the architecture has: SSE2 on x86-64, NEON on arm64. */
#define FM_SUFFIX base
#if defined(__aarch64__)
#define FM_NAME "neon"
#define FM_HAS_FMA 1
#define FM_CHANNELS 4
#define FM_PIXELS 6
#define FM_TAP_CHANNELS 4
#define FM_TAPS 6
#define FM_SCATTER_SUMS 16
#define FM_COLUMNS 4
#define FM_OUTPUTS 5
#define FM_LANE_PIXELS 5
#define FM_PLANE_CHANNELS 8
#define FM_FILTER_ROWS 4
#define FM_FILTER_VECTORS 4
#define FM_FILTER_LINE 8
#define FM_PRODUCT_VECTORS 4
#define FM_LONGEST_PRODUCT 5
#else
#define FM_NAME "sse2"
#define FM_CHANNELS 4
#define FM_PIXELS 2
#define FM_TAP_CHANNELS 2
#define FM_TAPS 5
#define FM_SCATTER_SUMS 14
#define FM_COLUMNS 2
#define FM_OUTPUTS 2
#define FM_LANE_PIXELS 2
#define FM_PLANE_CHANNELS 4
#define FM_FILTER_ROWS 3
#define FM_FILTER_VECTORS 3
#define FM_FILTER_LINE 6
#define FM_PRODUCT_VECTORS 2
#define FM_LONGEST_PRODUCT 0
#endif
#define VL 4
#include "template/kernels.h"
