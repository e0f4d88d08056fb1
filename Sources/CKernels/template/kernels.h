/* All kernels for one instruction set: included once by each kernels_*.c. */
#ifdef FM_TARGET
#pragma clang attribute push(__attribute__((target(FM_TARGET))), apply_to = function)
#endif
#pragma clang fp contract(fast)

#include "vectors.h"
#include "lanes.h"
#include "correlation.h"
#include "matrix.h"
#include "activations.h"
#include "pooling.h"
#include "peak.h"

const fm_kernels FM_CONCATENATE(fm_kernels_, FM_SUFFIX) = {
    .name = FM_NAME,
    .pack_padded_lanes = pack_padded_lanes,
    .unpack_lanes = unpack_lanes,
    .correlate_lanes = correlate_lanes,
    .correlate_lanes_weight_gradient = correlate_lanes_weight_gradient,
    .matrix_multiply_add = matrix_multiply_add,
    .weighted_rows = weighted_rows,
    .sigmoid = sigmoid_all,
    .tanh = tanh_all,
    .exp = exp_all,
    .relu = relu_all,
    .sigmoid_gradient = sigmoid_gradient,
    .tanh_gradient = tanh_gradient,
    .relu_gradient = relu_gradient,
    .average_pool = average_pool,
    .average_pool_gradient = average_pool_gradient,
    .max_pool = max_pool,
    .max_pool_gradient = max_pool_gradient,
    .peak = peak,
};

#ifdef FM_TARGET
#pragma clang attribute pop
#endif
