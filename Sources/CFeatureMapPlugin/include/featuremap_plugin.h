/* featuremap binary plugin interface, version 1.1
 *
 * A plugin is a shared library that exports one function, featuremap_plugin().
 * Everything else is reached through the tables it returns. It is plain C99
 * (and C++11), so that any language that can call C can write a plugin; it may
 * be copied into a plugin's own source.
 *
 * Rules that never change:
 *  - Every struct starts with struct_size, its size as its writer knows it. A
 *    newer minor version only appends fields; a reader must not touch a field
 *    that ends beyond struct_size.
 *  - The first three fields of fmp_host and fmp_plugin keep their place in all
 *    major versions, so any host can say which version a plugin wants.
 *  - Tables and strings returned by the plugin stay valid until the process
 *    ends (the host never unloads a plugin). Strings are UTF-8.
 *  - Memory is freed by the side that allocated it.
 *  - No C++ exception, Rust panic or Swift error may cross a call.
 */
#ifndef FEATUREMAP_PLUGIN_H
#define FEATUREMAP_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FMP_ABI_MAJOR 1u
#define FMP_ABI_MINOR 1u /* 1.1 appended fmp_param.unit and fmp_kernel.details */
#define FMP_ENTRY_SYMBOL "featuremap_plugin"

#if defined(__GNUC__)
#define FMP_EXPORT __attribute__((visibility("default")))
#else
#define FMP_EXPORT
#endif

/* ---- errors -------------------------------------------------------------- */

#define FMP_OK 0
#define FMP_ERROR_GENERIC 1
#define FMP_ERROR_PARAMETER 2 /* a parameter value is not acceptable */
#define FMP_ERROR_SHAPE 3     /* the input shape is not acceptable */
#define FMP_ERROR_MEMORY 4

/* Owned by the host; the plugin writes a NUL-terminated message into it. */
typedef struct fmp_error {
  uint32_t struct_size;
  int32_t code;
  char message[504];
} fmp_error;

/* ---- data ---------------------------------------------------------------- */

typedef struct fmp_shape {
  uint32_t channels, height, width;
} fmp_shape;

/* Contiguous planes: element (c, y, x) is data[(c * height + y) * width + x]. */
typedef struct fmp_input {
  const float *data;
  fmp_shape shape;
} fmp_input;

typedef struct fmp_output { /* allocated by the host with the promised shape */
  float *data;
  fmp_shape shape;
} fmp_output;

/* Output (y, x) depends on the input rows
 * [y * stride_y + offset_y, y * stride_y + offset_y + size_y) and likewise for
 * columns. A padded 3x3 kernel has size 3, stride 1, offset -1. */
#define FMP_GEOMETRY_LOCAL 0u
#define FMP_GEOMETRY_GLOBAL 1u /* every output may depend on every input */
typedef struct fmp_geometry {
  uint32_t struct_size;
  uint32_t kind;
  int32_t size_y, size_x, stride_y, stride_x, offset_y, offset_x;
} fmp_geometry;

/* ---- parameters ---------------------------------------------------------- */

#define FMP_PARAM_BOOL 0u   /* number is 0 or 1 */
#define FMP_PARAM_INT 1u    /* number is integral, |n| <= 2^53 */
#define FMP_PARAM_FLOAT 2u  /* number is finite */
#define FMP_PARAM_CHOICE 3u /* number is an index into choices */
#define FMP_PARAM_TEXT 4u   /* text */

typedef struct fmp_param {
  uint32_t struct_size;
  uint32_t kind;
  const char *name;
  const char *summary;
  double default_number, minimum, maximum; /* -INFINITY / INFINITY: unbounded */
  const char *default_text;
  const char *const *choices;
  uint32_t choice_count;
  /* since 1.1 */
  const char *unit; /* "px", "levels", ...; NULL or empty for plain numbers */
} fmp_param;

typedef struct fmp_value {
  double number;
  const char *text; /* valid only during create() */
} fmp_value;

/* ---- kernels ------------------------------------------------------------- */

#define FMP_THREADS_NONE 0u     /* one call into this plugin at a time */
#define FMP_THREADS_INSTANCE 1u /* instances are independent of each other */
#define FMP_THREADS_FULL 2u     /* run() may run concurrently on one instance */

typedef struct fmp_kernel {
  uint32_t struct_size;
  uint32_t threads;
  const char *name;    /* [a-z0-9-]+, unique in the plugin */
  const char *summary; /* one line */
  const fmp_param *const *params;
  uint32_t param_count;
  void *user; /* the plugin's own */

  /* One value per parameter, in order, already checked against the declared
   * kind and range. Returns NULL and fills error on failure. */
  void *(*create)(const struct fmp_kernel *self, const fmp_value *values,
                  uint32_t value_count, fmp_error *error);
  void (*destroy)(void *instance);
  int32_t (*output_shape)(void *instance, const fmp_shape *input,
                          fmp_shape *output, fmp_error *error);
  int32_t (*geometry)(void *instance, fmp_geometry *out, fmp_error *error);
  /* Must write every element of output. input and output never overlap. */
  int32_t (*run)(void *instance, const fmp_input *input,
                 const fmp_output *output, fmp_error *error);
  /* since 1.1 */
  const char *details; /* the formula, the paper; NULL or empty for none */
} fmp_kernel;

typedef struct fmp_plugin {
  uint32_t struct_size;
  uint32_t abi_major, abi_minor; /* FMP_ABI_MAJOR, FMP_ABI_MINOR */
  uint32_t kernel_count;
  const char *name; /* [a-z0-9-]+ */
  const char *version;
  const char *summary;
  const char *license;
  const fmp_kernel *const *kernels;
} fmp_plugin;

typedef struct fmp_host {
  uint32_t struct_size;
  uint32_t abi_major, abi_minor;
  uint32_t reserved;
  const char *name;
  void *context;
  void (*log)(void *context, int32_t level, const char *message); /* any thread */
} fmp_host;

/* Called once per process. Returns NULL if the plugin cannot work with this
 * host (after saying why through host->log). */
FMP_EXPORT const fmp_plugin *featuremap_plugin(const fmp_host *host);

#ifdef __cplusplus
}
#endif
#endif
