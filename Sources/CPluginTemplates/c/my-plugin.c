/* A plugin for featuremap. The rules stand in the comments of featuremap_plugin.h.
 *
 * Its kernel makes differences to the surroundings stronger: x + amount * (x - mean of the window around x).
 * Every channel by itself; beyond the border lies the nearest pixel. */
#include "featuremap_plugin.h"

#include <stdio.h>
#include <stdlib.h>

/* A kernel with its settings. */
typedef struct detail {
  float amount;
  int64_t radius;
} detail;

/* The values are checked: each is of its kind and in its range. */
static void *create(const fmp_kernel *self, const fmp_value *values, uint32_t count, fmp_error *error) {
  detail *d = malloc(sizeof *d);
  (void)self, (void)count;
  if (!d) {
    error->code = FMP_ERROR_MEMORY;
    snprintf(error->message, sizeof error->message, "no memory");
    return NULL;
  }
  d->amount = (float)values[0].number;
  d->radius = (int64_t)values[1].number;
  return d;
}

static void destroy(void *instance) { free(instance); }

static int32_t output_shape(void *instance, const fmp_shape *input, fmp_shape *output, fmp_error *error) {
  (void)instance, (void)error;
  *output = *input;
  return FMP_OK;
}

/* Which pixels a result depends on. */
static int32_t geometry(void *instance, fmp_geometry *out, fmp_error *error) {
  const detail *d = instance;
  (void)error;
  out->kind = FMP_GEOMETRY_LOCAL;
  out->size_y = out->size_x = (int32_t)(2 * d->radius + 1);
  out->stride_y = out->stride_x = 1;
  out->offset_y = out->offset_x = (int32_t)-d->radius;
  return FMP_OK;
}

/* The place within 0...size-1 that is nearest. */
static size_t nearest(int64_t place, uint32_t size) {
  return place < 0 ? 0 : place < (int64_t)size ? (size_t)place : size - 1;
}

static int32_t run(void *instance, const fmp_input *input, const fmp_output *output, fmp_error *error) {
  const detail *d = instance;
  fmp_shape s = input->shape;
  float count = (float)((2 * d->radius + 1) * (2 * d->radius + 1));
  (void)error;
  for (uint32_t c = 0; c < s.channels; c++) {
    const float *plane = input->data + (size_t)c * s.height * s.width;
    float *result = output->data + (size_t)c * s.height * s.width;
    for (uint32_t y = 0; y < s.height; y++)
      for (uint32_t x = 0; x < s.width; x++) {
        float sum = 0, value = plane[(size_t)y * s.width + x];
        for (int64_t row = y - d->radius; row <= y + d->radius; row++)
          for (int64_t column = x - d->radius; column <= x + d->radius; column++)
            sum += plane[nearest(row, s.height) * s.width + nearest(column, s.width)];
        result[(size_t)y * s.width + x] = value + d->amount * (value - sum / count);
      }
  }
  return FMP_OK;
}

/* What the program shows as help, and what it checks settings against. */

static const fmp_param amount = {
    .struct_size = sizeof(fmp_param), .kind = FMP_PARAM_FLOAT, .name = "amount",
    .summary = "how much stronger", .default_number = 1, .minimum = 0, .maximum = 10};
static const fmp_param radius = {
    .struct_size = sizeof(fmp_param), .kind = FMP_PARAM_INT, .name = "radius",
    .summary = "how far the surroundings reach", .unit = "px",
    .default_number = 2, .minimum = 1, .maximum = 50};
static const fmp_param *const params[] = {&amount, &radius};

static const fmp_kernel kernel = {
    .struct_size = sizeof(fmp_kernel), .threads = FMP_THREADS_FULL, .name = "my-plugin",
    .summary = "Differences to the surroundings made stronger",
    .details = "x + amount * (x - mean of the window)", .params = params, .param_count = 2,
    .create = create, .destroy = destroy, .output_shape = output_shape, .geometry = geometry, .run = run};
static const fmp_kernel *const kernels[] = {&kernel};

static const fmp_plugin plugin = {
    .struct_size = sizeof(fmp_plugin), .abi_major = FMP_ABI_MAJOR, .abi_minor = FMP_ABI_MINOR,
    .name = "my-plugin", .version = "0.1.0", .summary = "Differences to the surroundings made stronger",
    .kernel_count = 1, .kernels = kernels};

const fmp_plugin *featuremap_plugin(const fmp_host *host) {
  return host->abi_major == FMP_ABI_MAJOR ? &plugin : NULL;
}
