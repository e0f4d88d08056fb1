/*
 * The two tables that a library with the frei0r interface, version 1, fills in, and the numbers that stand in them.
 * Own text, from the public description of the interface; nothing of frei0r is part of this program.
 *
 * A library exports
 *
 *   int  f0r_init(void);                                     before all others, once
 *   void f0r_get_plugin_info(fm_frei0r_plugin *);
 *   void f0r_get_param_info(fm_frei0r_parameter *, int index);
 *   void *f0r_construct(unsigned int width, unsigned int height);   multiples of 8
 *   void f0r_destruct(void *instance);
 *   void f0r_set_param_value(void *instance, void *value, int index);
 *   void f0r_get_param_value(void *instance, void *value, int index);
 *   void f0r_update(void *instance, double seconds, const uint32_t *in, uint32_t *out);
 *   void f0r_update2(void *instance, double seconds, const uint32_t *in1, const uint32_t *in2,
 *                    const uint32_t *in3, uint32_t *out);    either of the two
 *
 * Frames have four bytes for each pixel, row by row, aligned to 16 bytes.
 */
#ifndef FEATUREMAP_FREI0R_TABLES_H
#define FEATUREMAP_FREI0R_TABLES_H

#include <stddef.h>

#define FM_FREI0R_VERSION 1

/* plugin_type: how many frames go in. */
#define FM_FREI0R_FILTER 0
#define FM_FREI0R_SOURCE 1
#define FM_FREI0R_MIXER2 2
#define FM_FREI0R_MIXER3 3

/* color_model: the order of the bytes of a pixel. */
#define FM_FREI0R_BGRA 0
#define FM_FREI0R_RGBA 1
/* Any order will do, all bytes are treated alike. */
#define FM_FREI0R_PACKED 2

/* Types of parameters, and what a value points to. */
#define FM_FREI0R_BOOL 0     /* double, below 0.5 is false */
#define FM_FREI0R_DOUBLE 1   /* double, 0...1 */
#define FM_FREI0R_COLOR 2    /* float[3]: red, green, blue, 0...1 */
#define FM_FREI0R_POSITION 3 /* double[2]: x, y, 0...1 from the upper left */
#define FM_FREI0R_STRING 4   /* char * with a NUL at its end */

typedef struct fm_frei0r_plugin {
  const char *name;
  const char *author;
  int plugin_type;
  int color_model;
  int frei0r_version;
  int major_version;
  int minor_version;
  int num_params;
  const char *explanation;
} fm_frei0r_plugin;

typedef struct fm_frei0r_parameter {
  const char *name;
  int type;
  const char *explanation;
} fm_frei0r_parameter;

#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
_Static_assert(offsetof(fm_frei0r_plugin, plugin_type) == 2 * sizeof(char *), "no gap before the numbers");
_Static_assert(offsetof(fm_frei0r_plugin, explanation) == 2 * sizeof(char *) + 24, "six numbers in a row");
_Static_assert(offsetof(fm_frei0r_parameter, explanation) == 2 * sizeof(char *), "aligned as pointers are");
#endif

#endif
