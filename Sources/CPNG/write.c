#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything that must survive a longjmp: the function that calls setjmp gets it by pointer. */
typedef struct writer {
  png_structp png;
  png_infop info;
  uint8_t *bytes;
  size_t count, capacity;
  int status;
  char *error;
  size_t error_size;
  jmp_buf jump;
} writer;

static _Noreturn void fail(png_structp png, png_const_charp message) {
  writer *w = png_get_error_ptr(png);
  if (w->error_size > 0) snprintf(w->error, w->error_size, "%s", message);
  if (w->status == FM_PNG_OK) w->status = FM_PNG_CORRUPT;
  longjmp(w->jump, 1);
}

static void warn(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void append(png_structp png, png_bytep data, size_t count) {
  writer *w = png_get_io_ptr(png);
  if (count > w->capacity - w->count) {
    size_t capacity = w->capacity * 2 + count + 4096;
    uint8_t *larger = realloc(w->bytes, capacity);
    if (!larger) {
      w->status = FM_PNG_MEMORY;
      fail(png, "not enough memory");
    }
    w->bytes = larger;
    w->capacity = capacity;
  }
  memcpy(w->bytes + w->count, data, count);
  w->count += count;
}

static void flush(png_structp png) { (void)png; }

static int encode_guarded(writer *w, const uint8_t *samples, fm_png_header header, int compression) {
  if (setjmp(w->jump)) return w->status;
  w->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, w, fail, warn);
  if (w->png) w->info = png_create_info_struct(w->png);
  if (!w->info) return FM_PNG_MEMORY;
  static const int color_types[] = {
    PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  if (header.channels < 1 || header.channels > 4) fail(w->png, "1 to 4 channels are expected");
  png_set_write_fn(w->png, w, append, flush);
  png_set_user_limits(w->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(w->png, compression);
  png_set_IHDR(w->png, w->info, header.width, header.height, header.bit_depth,
               color_types[header.channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(w->png, w->info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (header.bit_depth == 16) png_set_swap(w->png);
#endif
  size_t row = (size_t)header.width * (size_t)(header.channels * (header.bit_depth / 8));
  for (size_t y = 0; y < header.height; y++) png_write_row(w->png, samples + y * row);
  png_write_end(w->png, w->info);
  return FM_PNG_OK;
}

int fm_png_encode(const void *samples, fm_png_header header, int compression, uint8_t **bytes, size_t *count,
                  char *error, size_t error_size) {
  if (error_size > 0) error[0] = 0;
  writer w = {.error = error, .error_size = error_size};
  int status = encode_guarded(&w, samples, header, compression);
  png_destroy_write_struct(w.png ? &w.png : NULL, w.info ? &w.info : NULL);
  if (status != FM_PNG_OK) {
    free(w.bytes);
    w.bytes = NULL;
    w.count = 0;
  }
  *bytes = w.bytes;
  *count = w.count;
  return status;
}
