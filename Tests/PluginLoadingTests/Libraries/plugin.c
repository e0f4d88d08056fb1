/* A plugin whose every field and function can be replaced by -D, to see what the host says to it. As it stands it is
 * correct: kernel "gain" multiplies by its first parameter. */
#include "featuremap_plugin.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  double numbers[8];
  char text[64];
  atomic_int running;
} instance_data;

static atomic_int running, created, destroyed, calls;

/* Tells the tests how many instances were created and destroyed. */
FMP_EXPORT int sample_created(void) { return created; }
FMP_EXPORT int sample_destroyed(void) { return destroyed; }

static inline size_t count(const fmp_shape *shape) {
  return (size_t)shape->channels * shape->height * shape->width;
}

/* What is running at once in `counter`, seen over some milliseconds. */
static inline int together(atomic_int *counter) {
  int most = 0;
  atomic_fetch_add(counter, 1);
  for (int i = 0; i < 10; i++) {
    int now = atomic_load(counter);
    if (now > most) most = now;
    usleep(500);
  }
  atomic_fetch_sub(counter, 1);
  return most;
}

#ifndef CREATE_BODY
#define CREATE_BODY
#endif
static void *create(const fmp_kernel *self, const fmp_value *values, uint32_t value_count, fmp_error *error) {
  CREATE_BODY
  instance_data *data = calloc(1, sizeof *data);
  for (uint32_t i = 0; i < value_count && i < 8; i++) {
    data->numbers[i] = values[i].number;
    if (values[i].text) strncpy(data->text, values[i].text, sizeof data->text - 1);
  }
  created++;
  return data;
}

static void destroy(void *instance) {
  destroyed++;
  free(instance);
}

#ifndef SHAPE_BODY
#define SHAPE_BODY
#endif
static int32_t output_shape(void *instance, const fmp_shape *input, fmp_shape *output, fmp_error *error) {
  *output = *input;
  SHAPE_BODY
  return FMP_OK;
}

#ifndef GEOMETRY_BODY
#define GEOMETRY_BODY g->kind = FMP_GEOMETRY_LOCAL; g->size_y = g->size_x = g->stride_y = g->stride_x = 1;
#endif
static int32_t geometry(void *instance, fmp_geometry *g, fmp_error *error) {
  GEOMETRY_BODY
  return FMP_OK;
}

#ifndef RUN_BODY
#define RUN_BODY
#endif
static int32_t run(void *instance, const fmp_input *input, const fmp_output *output, fmp_error *error) {
  instance_data *data = instance;
  float *out = output->data;
  size_t n = count(&output->shape);
  for (size_t i = 0; i < n; i++) out[i] = input->data[i % count(&input->shape)] * (float)data->numbers[0];
  RUN_BODY
  return FMP_OK;
}

/* ---- tables -------------------------------------------------------------- */

#ifndef PARAM_SIZE
#define PARAM_SIZE sizeof(fmp_param)
#endif
#ifndef KIND
#define KIND FMP_PARAM_FLOAT
#endif
#ifndef PARAM_NAME
#define PARAM_NAME "factor"
#endif
#ifndef PARAM_SUMMARY
#define PARAM_SUMMARY "what values are multiplied by"
#endif
#ifndef DEFAULT
#define DEFAULT 2
#endif
#ifndef MINIMUM
#define MINIMUM 0
#endif
#ifndef MAXIMUM
#define MAXIMUM 10
#endif
#ifndef TEXT
#define TEXT NULL
#endif
#ifndef CHOICES
#define CHOICES NULL
#endif
#ifndef CHOICE_COUNT
#define CHOICE_COUNT 0
#endif
#ifndef UNIT
#define UNIT NULL
#endif
#ifndef PARAM_COUNT
#define PARAM_COUNT 1
#endif
#ifndef PARAMS
#define PARAMS params
#endif
#ifndef FIRST_PARAM
#define FIRST_PARAM &parameter
#endif
#ifndef KERNEL_SIZE
#define KERNEL_SIZE sizeof(fmp_kernel)
#endif
#ifndef THREADS
#define THREADS FMP_THREADS_FULL
#endif
#ifndef KERNEL_NAME
#define KERNEL_NAME "gain"
#endif
#ifndef KERNEL_SUMMARY
#define KERNEL_SUMMARY "Every value times a factor"
#endif
#ifndef CREATE
#define CREATE create
#endif
#ifndef DESTROY
#define DESTROY destroy
#endif
#ifndef SHAPE
#define SHAPE output_shape
#endif
#ifndef GEOMETRY
#define GEOMETRY geometry
#endif
#ifndef RUN
#define RUN run
#endif
#ifndef DETAILS
#define DETAILS "out = in * factor\nNothing is cut off."
#endif
#ifndef PLUGIN_SIZE
#define PLUGIN_SIZE sizeof(fmp_plugin)
#endif
#ifndef MAJOR
#define MAJOR FMP_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR FMP_ABI_MINOR
#endif
#ifndef KERNEL_COUNT
#define KERNEL_COUNT 1
#endif
#ifndef PLUGIN_NAME
#define PLUGIN_NAME "sample"
#endif
#ifndef VERSION
#define VERSION "1.2.3"
#endif
#ifndef PLUGIN_SUMMARY
#define PLUGIN_SUMMARY "For the tests"
#endif
#ifndef LICENSE
#define LICENSE "MIT"
#endif
#ifndef KERNELS
#define KERNELS kernels
#endif
#ifndef FIRST_KERNEL
#define FIRST_KERNEL &kernel
#endif
#ifndef ENTRY_BODY
#define ENTRY_BODY
#endif
#ifndef ANSWER
#define ANSWER &plugin
#endif

/* Texts that are too long to be written. */
static char long_text[70000];
static const char *const words[] = {"first", "second", "third"};
static const char *const bad_words[] = {"first", "two words"};
static const char *const same_words[] = {"first", "first"};
static const char *const null_words[] = {"first", NULL};
static const fmp_param parameter = {PARAM_SIZE, KIND, PARAM_NAME, PARAM_SUMMARY, DEFAULT, MINIMUM, MAXIMUM, TEXT,
                                    CHOICES, CHOICE_COUNT, UNIT};
static const fmp_param amount = {sizeof(fmp_param), FMP_PARAM_INT, "amount", "", 3, -INFINITY, INFINITY, NULL, NULL, 0, "px"};
static const fmp_param toggle = {sizeof(fmp_param), FMP_PARAM_BOOL, "toggle", NULL, 1, 0, 0, NULL, NULL, 0, NULL};
static const fmp_param way = {sizeof(fmp_param), FMP_PARAM_CHOICE, "way", NULL, 1, 0, 0, NULL, words, 3, NULL};
static const fmp_param label = {sizeof(fmp_param), FMP_PARAM_TEXT, "label", NULL, 0, 0, 0, "none", NULL, 0, NULL};
static const fmp_param *const params[] = {FIRST_PARAM, &amount, &toggle, &way, &label};
static const fmp_kernel kernel = {KERNEL_SIZE, THREADS, KERNEL_NAME, KERNEL_SUMMARY, PARAMS, PARAM_COUNT, NULL,
                                  CREATE, DESTROY, SHAPE, GEOMETRY, RUN, DETAILS};
/* The same without a promise about threads. */
static const fmp_kernel careful = {sizeof(fmp_kernel), FMP_THREADS_NONE, "careful", "", params, 1, NULL,
                                   create, destroy, output_shape, NULL, run, NULL};
static const fmp_kernel *const kernels[] = {FIRST_KERNEL, &careful};
static const fmp_plugin plugin = {PLUGIN_SIZE, MAJOR, MINOR, KERNEL_COUNT, PLUGIN_NAME, VERSION, PLUGIN_SUMMARY, LICENSE,
                                  KERNELS};

#ifndef NO_ENTRY
const fmp_plugin *featuremap_plugin(const fmp_host *host) {
  memset(long_text, 'a', sizeof long_text);
  calls++;
  ENTRY_BODY
  return ANSWER;
}
#endif
