/* Grey-scale morphology: the smallest, the largest or their difference of the pixels around each pixel.
 *
 * A plugin for featuremap in C99. Every channel is worked on by itself; the pixels around are those of a square,
 * a disc or a plus sign, and none lie beyond the border of the picture. */
#include "featuremap_plugin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum operation { ERODE, DILATE, OUTLINE };
enum shape { SQUARE, DISC, PLUS };

/* A kernel with its settings: the rows -radius...radius of the shape reach from -half[row] to half[row]. */
typedef struct morphology {
  enum operation operation;
  int radius;
  int half[]; /* 2 * radius + 1 */
} morphology;

static int half_width(enum shape shape, int radius, int row) {
  switch (shape) {
  case DISC: return (int)sqrt((radius + 0.5) * (radius + 0.5) - (double)row * row);
  case PLUS: return row == 0 ? radius : 0;
  default: return radius;
  }
}

static void *create(const fmp_kernel *self, const fmp_value *values, uint32_t count, fmp_error *error) {
  int radius = (int)values[0].number;
  enum shape shape = (enum shape)values[1].number;
  morphology *m = malloc(sizeof *m + (size_t)(2 * radius + 1) * sizeof *m->half);
  (void)count; /* two, as declared */
  if (!m) {
    error->code = FMP_ERROR_MEMORY;
    snprintf(error->message, sizeof error->message, "no memory for a radius of %d", radius);
    return NULL;
  }
  m->operation = *(const enum operation *)self->user;
  m->radius = radius;
  for (int row = -radius; row <= radius; row++) m->half[row + radius] = half_width(shape, radius, row);
  return m;
}

static void destroy(void *instance) { free(instance); }

static int32_t output_shape(void *instance, const fmp_shape *input, fmp_shape *output, fmp_error *error) {
  (void)instance, (void)error;
  *output = *input;
  return FMP_OK;
}

static int32_t geometry(void *instance, fmp_geometry *out, fmp_error *error) {
  const morphology *m = instance;
  (void)error;
  out->kind = FMP_GEOMETRY_LOCAL;
  out->size_y = out->size_x = 2 * m->radius + 1;
  out->stride_y = out->stride_x = 1;
  out->offset_y = out->offset_x = -m->radius;
  return FMP_OK;
}

static float at(const morphology *m, const float *plane, fmp_shape s, int64_t y, int64_t x) {
  float smallest = INFINITY, largest = -INFINITY;
  for (int64_t row = -m->radius; row <= m->radius; row++) {
    int64_t half = m->half[row + m->radius], first = x - half, last = x + half;
    if (y + row < 0 || y + row >= (int64_t)s.height) continue;
    if (first < 0) first = 0;
    if (last >= (int64_t)s.width) last = (int64_t)s.width - 1;
    for (int64_t i = first; i <= last; i++) {
      float value = plane[(y + row) * s.width + i];
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
    }
  }
  return m->operation == ERODE ? smallest : m->operation == DILATE ? largest : largest - smallest;
}

static int32_t run(void *instance, const fmp_input *input, const fmp_output *output, fmp_error *error) {
  fmp_shape s = input->shape;
  size_t size = (size_t)s.height * s.width;
  (void)error;
  for (uint32_t c = 0; c < s.channels; c++)
    for (uint32_t y = 0; y < s.height; y++)
      for (uint32_t x = 0; x < s.width; x++)
        output->data[c * size + (size_t)y * s.width + x] = at(instance, input->data + c * size, s, y, x);
  return FMP_OK;
}

/* What the plugin tells of itself. Nothing here is made at run time. */

static const char *const shapes[] = {"square", "disc", "plus"};

static const fmp_param radius_param = {
    .struct_size = sizeof(fmp_param), .kind = FMP_PARAM_INT, .name = "radius",
    .summary = "how far the pixels around reach", .unit = "px",
    .default_number = 1, .minimum = 0, .maximum = 100};
static const fmp_param shape_param = {
    .struct_size = sizeof(fmp_param), .kind = FMP_PARAM_CHOICE, .name = "shape",
    .summary = "which pixels around count", .choices = shapes, .choice_count = 3};
static const fmp_param *const params[] = {&radius_param, &shape_param};

static enum operation operations[] = {ERODE, DILATE, OUTLINE};

#define KERNEL(NAME, OPERATION, SUMMARY, DETAILS)                                                             \
  {.struct_size = sizeof(fmp_kernel), .threads = FMP_THREADS_FULL, .name = NAME, .summary = SUMMARY,          \
   .details = DETAILS, .params = params, .param_count = 2, .user = &operations[OPERATION],                    \
   .create = create, .destroy = destroy, .output_shape = output_shape, .geometry = geometry, .run = run}

static const fmp_kernel erode = KERNEL(
    "erode", ERODE, "Smallest value around each pixel: dark things grow",
    "min over the shape; Serra, Image Analysis and Mathematical Morphology, 1982.");
static const fmp_kernel dilate = KERNEL(
    "dilate", DILATE, "Largest value around each pixel: bright things grow",
    "max over the shape; Serra, Image Analysis and Mathematical Morphology, 1982.");
static const fmp_kernel outline = KERNEL(
    "outline", OUTLINE, "Largest less smallest value around each pixel: edges",
    "max - min over the shape, the morphological gradient of Beucher.");
static const fmp_kernel *const kernels[] = {&erode, &dilate, &outline};

static const fmp_plugin plugin = {
    .struct_size = sizeof(fmp_plugin), .abi_major = FMP_ABI_MAJOR, .abi_minor = FMP_ABI_MINOR,
    .name = "morphology", .version = "1.0.0", .summary = "Grey-scale morphology", .license = "MIT",
    .kernel_count = 3, .kernels = kernels};

const fmp_plugin *featuremap_plugin(const fmp_host *host) {
  return host->abi_major == FMP_ABI_MAJOR ? &plugin : NULL;
}
