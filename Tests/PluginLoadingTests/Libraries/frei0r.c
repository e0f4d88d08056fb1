// A library with the frei0r interface for the tests. Every place where a library can differ is a macro.
#include "frei0r_tables.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef TYPE
#define TYPE FM_FREI0R_FILTER
#endif
#ifndef MODEL
#define MODEL FM_FREI0R_RGBA
#endif
#ifndef VERSION
#define VERSION 1
#endif
#ifndef COUNT
#define COUNT 7
#endif
#ifndef FIRST_TYPE
#define FIRST_TYPE FM_FREI0R_BOOL
#endif
// For each pixel: `in` and `out` are its bytes, `x` and `y` its place.
#ifndef PIXEL
#define PIXEL memcpy(out, in, 4);
#endif
// Once a frame.
#ifndef FRAME
#define FRAME
#endif
#ifndef CONSTRUCT
#define CONSTRUCT
#endif

typedef struct {
  unsigned width, height;
  double flag, number, other, never, position[2];
  float color[3];
  char *text;
  int frames;
} instance;

static int started;

int f0r_init(void) {
  started++;
  return 1;
}

void f0r_get_plugin_info(fm_frei0r_plugin *table) {
  *table = (fm_frei0r_plugin){"Fake", "Somebody", TYPE, MODEL, VERSION, 3, 4, COUNT, "Does as the tests say."};
}

void f0r_get_param_info(fm_frei0r_parameter *table, int index) {
  static const fm_frei0r_parameter all[] = {
      {"Is On", FIRST_TYPE, "Whether it is on."},
      {"Edge Scale", FM_FREI0R_DOUBLE, "how much"},
      {"Don't (ink)", FM_FREI0R_COLOR, "the ink"},
      {"Top Left", FM_FREI0R_POSITION, NULL},
      {"B\303\251zier spline", FM_FREI0R_STRING, "points"},
      {"edge_scale", FM_FREI0R_DOUBLE, "the same name again"},
      {NULL, FM_FREI0R_DOUBLE, "\033[2Jwithout a name"},
  };
  *table = all[index];
}

void *f0r_construct(unsigned width, unsigned height) {
  CONSTRUCT
  instance *made = calloc(1, sizeof *made);
  *made = (instance){width, height, 1, 0.3f, -0.5, NAN, {0.1, 0.2}, {1, 0.5, 0}, strdup("abc"), 0};
  return made;
}

void f0r_destruct(void *given) {
  free(((instance *)given)->text);
  free(given);
}

static void *place(instance *self, int index) {
  void *places[] = {&self->flag, &self->number, self->color, self->position, &self->text, &self->other, &self->never};
  return places[index];
}

static const size_t sizes[] = {8, 8, 12, 16, 0, 8, 8};

void f0r_get_param_value(void *given, void *value, int index) {
  instance *self = given;
  if (index == 4) {
    memcpy(value, &self->text, sizeof(char *));
  } else {
    memcpy(value, place(self, index), sizes[index]);
  }
}

#ifndef WITHOUT_SETTING
void f0r_set_param_value(void *given, void *value, int index) {
  instance *self = given;
  if (index == 4) {
    free(self->text);
    self->text = strdup(*(char **)value);
  } else {
    memcpy(place(self, index), value, sizes[index]);
  }
}
#endif

static void update(instance *self, double seconds, const uint32_t *from, uint32_t *to) {
  self->frames++;
  FRAME
  for (unsigned y = 0; y < self->height; y++) {
    for (unsigned x = 0; x < self->width; x++) {
      const uint8_t *in = from ? (const uint8_t *)(from + y * self->width + x) : NULL;
      uint8_t *out = (uint8_t *)(to + y * self->width + x);
      PIXEL
    }
  }
}

#ifdef UPDATE2
void f0r_update2(
    void *given, double seconds, const uint32_t *in1, const uint32_t *in2, const uint32_t *in3, uint32_t *out) {
  update(given, seconds, in2 || in3 ? NULL : in1, out);
}
#else
void f0r_update(void *given, double seconds, const uint32_t *in, uint32_t *out) { update(given, seconds, in, out); }
#endif
