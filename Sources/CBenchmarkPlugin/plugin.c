#include "benchmark_plugin.h"

#include "featuremap_plugin.h"

/* One kernel without parameters that does as little as possible: 1 less every value. */

static int instance;

static void *create(const fmp_kernel *self, const fmp_value *values, uint32_t count, fmp_error *error) {
  (void)self, (void)values, (void)count, (void)error;
  return &instance;
}

static void destroy(void *self) { (void)self; }

static int32_t output_shape(void *self, const fmp_shape *input, fmp_shape *output, fmp_error *error) {
  (void)self, (void)error;
  *output = *input;
  return FMP_OK;
}

static int32_t run(void *self, const fmp_input *input, const fmp_output *output, fmp_error *error) {
  (void)self, (void)error;
  size_t count = (size_t)input->shape.channels * input->shape.height * input->shape.width;
  for (size_t i = 0; i < count; i++) output->data[i] = 1 - input->data[i];
  return FMP_OK;
}

static const fmp_kernel invert = {
    .struct_size = sizeof(fmp_kernel),
    .threads = FMP_THREADS_FULL,
    .name = "invert",
    .create = create,
    .destroy = destroy,
    .output_shape = output_shape,
    .run = run,
};
static const fmp_kernel *const kernels[] = {&invert};
static const fmp_plugin plugin = {
    .struct_size = sizeof(fmp_plugin),
    .abi_major = FMP_ABI_MAJOR,
    .abi_minor = FMP_ABI_MINOR,
    .kernel_count = 1,
    .name = "benchmark",
    .kernels = kernels,
};

const void *fm_benchmark_plugin(void) { return &plugin; }
