/* A plugin that is correct as it stands - kernel "move" gives each pixel the value of the one above - and breaks a
 * rule with -DCREATE=..., -DRUN=... and the like, statements that go before or instead of what is right. */
#include "featuremap_plugin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef GLOBALS
#define GLOBALS
#endif
#ifndef CREATE
#define CREATE
#endif
#ifndef DESTROY
#define DESTROY free(instance);
#endif
#ifndef SHAPE
#define SHAPE
#endif
#ifndef GEOMETRY
#define GEOMETRY
#endif
#ifndef RUN
#define RUN
#endif
#ifndef END
#define END
#endif
#ifndef ENTRY
#define ENTRY
#endif
#ifndef THREADS
#define THREADS FMP_THREADS_FULL
#endif
#ifndef MAXIMUM
#define MAXIMUM 9
#endif

typedef struct moving {
  int distance;
  const fmp_value *values;
  const char *text;
  float state;
} moving;

GLOBALS

static void *create(const fmp_kernel *self, const fmp_value *values, uint32_t count, fmp_error *error) {
  moving *m = calloc(1, sizeof *m);
  m->distance = (int)values[0].number;
  m->values = values;
  m->text = values[1].text;
  CREATE
  return m;
}

static void destroy(void *instance) { DESTROY }

static int32_t output_shape(void *instance, const fmp_shape *in, fmp_shape *out, fmp_error *error) {
  moving *m = instance;
  *out = *in;
  SHAPE
  return FMP_OK;
}

static int32_t geometry(void *instance, fmp_geometry *out, fmp_error *error) {
  moving *m = instance;
  out->size_y = m->distance + 1;
  out->size_x = out->stride_y = out->stride_x = 1;
  out->offset_y = -m->distance;
  GEOMETRY
  return FMP_OK;
}

static int32_t run(void *instance, const fmp_input *in, const fmp_output *out, fmp_error *error) {
  moving *m = instance;
  size_t width = in->shape.width, rows = (size_t)in->shape.channels * in->shape.height;
  RUN
  for (size_t row = 0; row < rows; row++)
    for (size_t x = 0; x < width; x++) {
      size_t y = row % in->shape.height, above = y < (size_t)m->distance ? row - y : row - m->distance;
      out->data[row * width + x] = in->data[above * width + x];
    }
  END
  return FMP_OK;
}

static const fmp_param distance = {
    .struct_size = sizeof(fmp_param), .kind = FMP_PARAM_INT, .name = "distance", .default_number = 1,
    .minimum = 0, .maximum = MAXIMUM};
static const fmp_param word = {.struct_size = sizeof(fmp_param), .kind = FMP_PARAM_TEXT, .name = "word"};
static const fmp_param *const params[] = {&distance, &word};

static const fmp_kernel first = {
    .struct_size = sizeof(fmp_kernel), .threads = THREADS, .name = "move", .params = params, .param_count = 2,
    .create = create, .destroy = destroy, .output_shape = output_shape, .geometry = geometry, .run = run};
static const fmp_kernel *const kernels[] = {&first};

static const fmp_plugin plugin = {
    .struct_size = sizeof(fmp_plugin), .abi_major = FMP_ABI_MAJOR, .abi_minor = FMP_ABI_MINOR, .name = "moving",
    .kernel_count = 1, .kernels = kernels};

const fmp_plugin *featuremap_plugin(const fmp_host *host) {
  ENTRY
  return &plugin;
}
