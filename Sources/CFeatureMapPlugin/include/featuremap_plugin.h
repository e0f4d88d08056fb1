/* featuremap binary plugin interface, version 1.1
 *
 * A plugin is a shared library that exports one function, featuremap_plugin().
 * Everything else is reached through the tables it returns. It is plain C99
 * (and C++11), so that any language that can call C can write a plugin; this
 * file may be copied into a plugin's own source.
 *
 * Rules that never change:
 *  - Tables start with struct_size, their size as their writer knows it
 *    (sizeof). A newer minor version only appends fields to them; a reader must
 *    not touch a field that ends beyond struct_size. Tables are fmp_host,
 *    fmp_plugin, fmp_kernel, fmp_param, fmp_geometry and fmp_error.
 *  - fmp_shape, fmp_input, fmp_output and fmp_value have no struct_size and
 *    therefore never change within a major version.
 *  - The first three fields of fmp_host and fmp_plugin keep their place in all
 *    major versions, so any host can say which version a plugin wants.
 *  - Tables and strings returned by the plugin stay valid and unchanged until
 *    the process ends (the host never unloads a plugin), and so does fmp_host.
 *    All other pointers that the host passes are valid during the call only.
 *  - Strings end in NUL and are UTF-8, at most 65535 bytes long. Except in
 *    `details`, they have no control characters such as newlines.
 *  - Memory is freed by the side that allocated it.
 *  - No C++ exception, Rust panic or Swift error may cross a call.
 *
 * Who calls what, and when: the host loads the library and calls
 * featuremap_plugin() once in the process. For every kernel with its settings
 * it calls create() and then geometry(), once; output_shape() and run() follow
 * in any number and order, for inputs of any shape; destroy() comes last, or
 * never when the process ends before. Kernels that nobody uses are never
 * created. The host may do all that in a process of its own that it ends at
 * any time.
 *
 * The host checks the tables when it loads a plugin and refuses what breaks a
 * rule of this file; it checks what every call gives, and reports a call that
 * breaks its promise as an error that names the plugin.
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

/* What output_shape(), geometry() and run() return, and what create() puts into
 * fmp_error.code. Other values count as failures without a known reason. */
#define FMP_OK 0
#define FMP_ERROR_GENERIC 1
#define FMP_ERROR_PARAMETER 2 /* a parameter value is not acceptable */
#define FMP_ERROR_SHAPE 3     /* the input shape is not acceptable */
#define FMP_ERROR_MEMORY 4

/* Owned by the host and cleared by it before the call; never NULL. A call that
 * fails writes one line of text, NUL-terminated, that says why; the user reads
 * it behind the names of the plugin and the kernel. A call that succeeds leaves
 * it alone. Where the returned code and `code` differ, the returned one
 * counts. */
typedef struct fmp_error {
  uint32_t struct_size;
  int32_t code;
  char message[504];
} fmp_error;

/* ---- data ---------------------------------------------------------------- */

/* Never changes: it has no struct_size. The host passes shapes whose sizes are
 * all at least 1; those that a plugin answers must be so too, with at most 2^31
 * values in all. */
typedef struct fmp_shape {
  uint32_t channels, height, width;
} fmp_shape;

/* One example, as contiguous planes: element (c, y, x) is
 * data[(c * height + y) * width + x]. Pictures are 0 (black) ... 1 (white), in
 * one channel or in three (red, green, blue); other kernels' outputs may have
 * any values and channels. The data are aligned as float is, and must not be
 * written to. Never changes: it has no struct_size. */
typedef struct fmp_input {
  const float *data;
  fmp_shape shape;
} fmp_input;

/* The same, allocated by the host with the shape that output_shape() gave. What
 * it holds before is undefined. Never changes: it has no struct_size. */
typedef struct fmp_output {
  float *data;
  fmp_shape shape;
} fmp_output;

/* Output (y, x) depends on the input rows
 * [y * stride_y + offset_y, y * stride_y + offset_y + size_y) and likewise for
 * columns, of all channels. A padded 3x3 kernel has size 3, stride 1, offset
 * -1; one that changes single values has size 1, stride 1, offset 0. Rows and
 * columns beyond the input may be named; what the kernel takes to be there is
 * its own matter. Sizes and strides are 1...4096, offsets -4096...4096; a kernel
 * that sees more is GLOBAL.
 * The host draws receptive fields by it; it gives every kernel whole pictures
 * all the same. */
#define FMP_GEOMETRY_LOCAL 0u
#define FMP_GEOMETRY_GLOBAL 1u /* every output may depend on every input; the
                                  numbers do not count */
typedef struct fmp_geometry { /* struct_size is set by the host; all else is 0 */
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

/* Defaults obey the rule of their kind above and lie within the range.
 *  - INT and FLOAT: minimum <= default_number <= maximum, none of them NaN;
 *    -INFINITY and INFINITY mean unbounded. The bounds of INT are integral.
 *    The other kinds do not read minimum and maximum.
 *  - CHOICE: choices are 1...1024 different words of letters, digits and
 *    "-_.+", as users write them. The other kinds do not read them.
 *  - TEXT: default_text may be NULL, which means the empty text. The other
 *    kinds do not read it. */
typedef struct fmp_param {
  uint32_t struct_size;
  uint32_t kind;
  const char *name;    /* [a-z0-9-]+, unique in the kernel */
  const char *summary; /* one line without a full stop; NULL or empty for none */
  double default_number, minimum, maximum;
  const char *default_text;
  const char *const *choices;
  uint32_t choice_count;
  /* since 1.1 */
  const char *unit; /* "px", "levels", ...; NULL or empty for plain numbers */
} fmp_param;

/* Of a TEXT only `text` counts, of all other kinds only `number`; the other
 * field is 0. Never changes: it has no struct_size. */
typedef struct fmp_value {
  double number;
  const char *text; /* valid only during create() */
} fmp_value;

/* ---- kernels ------------------------------------------------------------- */

/* What the host may do from several threads. Calls that may not run at once
 * still may come from different threads, one after the other: a plugin must
 * not keep what belongs to an instance in thread-local storage. If any kernel
 * of a plugin says NONE, that holds for all calls into the plugin. */
#define FMP_THREADS_NONE 0u     /* one call into this plugin at a time */
#define FMP_THREADS_INSTANCE 1u /* instances are independent of each other: one
                                   call for an instance at a time */
#define FMP_THREADS_FULL 2u     /* output_shape() and run() may run concurrently
                                   on one instance */

typedef struct fmp_kernel {
  uint32_t struct_size;
  uint32_t threads;
  const char *name;    /* [a-z0-9-]+, unique among all kernels of all plugins
                          that a user loads, those in the program included */
  const char *summary; /* one line without a full stop; NULL or empty for none */
  const fmp_param *const *params; /* may be NULL where param_count is 0 */
  uint32_t param_count; /* at most 256 */
  void *user; /* the plugin's own */

  /* Makes a kernel with these settings: one value for each parameter, in order,
   * already checked against the declared kind and range. `self` is the plugin's
   * own table. Returns NULL and fills error on failure. What it returns is given
   * to the other calls as `instance` and never looked at. Required. */
  void *(*create)(const struct fmp_kernel *self, const fmp_value *values,
                  uint32_t value_count, fmp_error *error);
  /* Frees what create() returned. Required. */
  void (*destroy)(void *instance);
  /* The shape of what run() makes of an input of this shape, or
   * FMP_ERROR_SHAPE. It must be deterministic: for one instance, always the same
   * answer for the same shape. It is called before every run(). Required. */
  int32_t (*output_shape)(void *instance, const fmp_shape *input,
                          fmp_shape *output, fmp_error *error);
  /* Called once, after create(). May be NULL, which means
   * FMP_GEOMETRY_GLOBAL. */
  int32_t (*geometry)(void *instance, fmp_geometry *out, fmp_error *error);
  /* Works on one example; the examples of a batch are single calls. Must write
   * every element of output and nothing beyond, and must give finite values
   * for finite inputs. input and output never overlap. It may be called any
   * number of times and should give the same for the same input. Required. */
  int32_t (*run)(void *instance, const fmp_input *input,
                 const fmp_output *output, fmp_error *error);
  /* since 1.1 */
  const char *details; /* the formula, the paper; NULL or empty for none; may
                          have newlines */
} fmp_kernel;

typedef struct fmp_plugin {
  uint32_t struct_size;
  uint32_t abi_major, abi_minor; /* FMP_ABI_MAJOR, FMP_ABI_MINOR */
  uint32_t kernel_count; /* 1...4096 */
  const char *name; /* [a-z0-9-]+, unique among all plugins that a user loads */
  const char *version; /* "1.0.0"; NULL or empty for none */
  const char *summary; /* one line without a full stop; NULL or empty for none */
  const char *license; /* "MIT"; NULL or empty for none */
  const fmp_kernel *const *kernels;
} fmp_plugin;

/* ---- host ---------------------------------------------------------------- */

typedef struct fmp_host {
  uint32_t struct_size;
  uint32_t abi_major, abi_minor; /* the host's: it may be older or newer */
  uint32_t reserved; /* 0 */
  const char *name; /* "featuremap" */
  void *context; /* for log() */
  /* Tells the user something, one line of UTF-8: a level of 0 is information, 1
   * a warning, 2 an error. May be NULL. May be called from any thread, at any
   * time, also during a call. Plugins print nothing themselves: standard output
   * may be carrying a picture. */
  void (*log)(void *context, int32_t level, const char *message);
} fmp_host;

/* Called once per process, before anything else. Returns NULL if the plugin
 * cannot work with this host (after saying why through host->log). */
FMP_EXPORT const fmp_plugin *featuremap_plugin(const fmp_host *host);

#ifdef __cplusplus
}
#endif
#endif
