/* All kernels for one instruction set: included once by each kernels_*.c. */
#ifdef FM_TARGET
#pragma clang attribute push(__attribute__((target(FM_TARGET))), apply_to = function)
#endif
#pragma clang fp contract(fast)

#include "vectors.h"
#include "lanes.h"
#include "activations.h"
#include "correlation.h"
#include "planes.h"
#include "matrix.h"
#include "pooling.h"
#include "winograd.h"
#include "filters.h"
#include "peak.h"

__attribute__((visibility("hidden"))) const fm_kernels FM_CONCATENATE(fm_kernels_, FM_SUFFIX) = {
    .name = FM_NAME,
    .pack_lanes = pack_lanes,
    .pack_byte_lanes = pack_byte_lanes,
    .unpack_lanes = unpack_lanes,
    .correlate_lanes = correlate_lanes,
    .correlate_lanes_weight_gradient = correlate_lanes_weight_gradient,
    .correlate_lanes_input_gradient = correlate_lanes_input_gradient,
    .winograd_lanes = winograd_lanes,
    .winograd_lanes_gradient = winograd_lanes_gradient,
    .correlate_planes = correlate_planes,
    .multiply_lanes = multiply_lanes,
    .add_dot_products = add_dot_products,
    .matrix_multiply_add = matrix_multiply_add,
    .add_row_sums = add_row_sums,
    .sigmoid = sigmoid_all,
    .tanh = tanh_all,
    .exp = exp_all,
    .relu = relu_all,
    .sigmoid_gradient = sigmoid_gradient,
    .tanh_gradient = tanh_gradient,
    .relu_gradient = relu_gradient,
    .softmax = softmax,
    .average_pool = average_pool,
    .average_pool_gradient = average_pool_gradient,
    .max_pool = max_pool,
    .max_pool_gradient = max_pool_gradient,
    .average_pool_lanes = average_pool_lanes,
    .average_pool_lanes_gradient = average_pool_lanes_gradient,
    .halve_lanes = halve_lanes,
    .halve_lanes_gradient = halve_lanes_gradient,
    .max_pool_lanes = max_pool_lanes,
    .max_pool_lanes_gradient = max_pool_lanes_gradient,
    .filter_block_rows = FM_FILTER_ROWS,
    .filter_longest_product = FM_LONGEST_PRODUCT,
    .correlate_rows = correlate_rows,
    .separable_rows = separable_rows,
    .separable_gradient = separable_gradient,
    .weigh_taps = weigh_taps,
    .gradient_rows = gradient_rows,
    .sharpen_rows = sharpen_rows,
    .peak = peak,
};

#ifdef FM_TARGET
#pragma clang attribute pop
#endif
