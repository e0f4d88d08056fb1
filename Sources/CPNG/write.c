#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Everything that must survive a longjmp: the function that calls setjmp gets it by pointer. */
struct fm_png_writer {
  png_structp png;
  png_infop info;
  fm_png_header header;
  int has_strips;
  uint32_t adler; /* of all strips so far */
  uint8_t *bytes;
  size_t count, capacity;
  int is_taken; /* whether the bytes were handed out and can be written over */
  int status;
  char *error;
  size_t error_size;
  jmp_buf jump;
};

static _Noreturn void fail(png_structp png, png_const_charp message) {
  fm_png_writer *w = png_get_error_ptr(png);
  if (w->error_size > 0) snprintf(w->error, w->error_size, "%s", message);
  if (w->status == FM_PNG_OK) w->status = FM_PNG_CORRUPT;
  longjmp(w->jump, 1);
}

static void warn(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void append(png_structp png, png_bytep data, size_t count) {
  fm_png_writer *w = png_get_io_ptr(png);
  if (w->is_taken) w->count = 0;
  w->is_taken = 0;
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

static void write_header(fm_png_writer *w) {
  static const int color_types[] = {
    PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  fm_png_header header = w->header;
  if (header.channels < 1 || header.channels > 4) fail(w->png, "1 to 4 channels are expected");
  png_set_write_fn(w->png, w, append, flush);
  png_set_user_limits(w->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(w->png, w->info, header.width, header.height, header.bit_depth,
               color_types[header.channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(w->png, w->info);
}

static int create_guarded(fm_png_writer *w) {
  if (setjmp(w->jump)) return w->status;
  w->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, w, fail, warn);
  if (w->png) w->info = png_create_info_struct(w->png);
  if (!w->info) return FM_PNG_MEMORY;
  write_header(w);
  return FM_PNG_OK;
}

int fm_png_create(fm_png_header header, fm_png_writer **out, char *error, size_t error_size) {
  *out = NULL;
  if (error_size > 0) error[0] = 0;
  fm_png_writer *w = calloc(1, sizeof *w);
  if (!w) return FM_PNG_MEMORY;
  w->header = header;
  w->adler = (uint32_t)adler32(0, NULL, 0);
  w->error = error;
  w->error_size = error_size;
  int status = create_guarded(w);
  if (status != FM_PNG_OK) {
    fm_png_close_writer(w);
    return status;
  }
  *out = w;
  return FM_PNG_OK;
}

/* A zlib stream (RFC 1950) over all IDAT chunks: two bytes before the first strip, the check sum behind the
 * last. The header says a window of 32 KB; the level in it is for readers' information. */
static int append_guarded(fm_png_writer *w, const fm_png_strip *strip, int is_last) {
  if (setjmp(w->jump)) return w->status;
  static const uint8_t zlib_header[2] = {0x78, 0x9c};
  size_t before = w->has_strips ? 0 : sizeof zlib_header;
  size_t count = before + strip->count + (is_last ? 4 : 0);
  if (count > PNG_UINT_31_MAX) fail(w->png, "a strip is too large");
  w->adler = (uint32_t)adler32_combine(w->adler, strip->adler, (z_off_t)strip->raw_count);
  png_write_chunk_start(w->png, (png_const_bytep) "IDAT", (png_uint_32)count);
  if (before) png_write_chunk_data(w->png, zlib_header, before);
  png_write_chunk_data(w->png, strip->bytes, strip->count);
  if (is_last) {
    uint8_t sum[4];
    png_save_uint_32(sum, w->adler);
    png_write_chunk_data(w->png, sum, sizeof sum);
  }
  png_write_chunk_end(w->png);
  w->has_strips = 1;
  return FM_PNG_OK;
}

int fm_png_append(fm_png_writer *w, const fm_png_strip *strip, int is_last, char *error, size_t error_size) {
  if (error_size > 0) error[0] = 0;
  w->error = error;
  w->error_size = error_size;
  return append_guarded(w, strip, is_last);
}

static int append_chunks_guarded(fm_png_writer *w, const uint8_t *bytes, size_t count) {
  if (setjmp(w->jump)) return w->status;
  append(w->png, (png_bytep)bytes, count);
  return FM_PNG_OK;
}

int fm_png_append_chunks(fm_png_writer *w, const uint8_t *bytes, size_t count, char *error, size_t error_size) {
  if (error_size > 0) error[0] = 0;
  w->error = error;
  w->error_size = error_size;
  return append_chunks_guarded(w, bytes, count);
}

/* libpng's own png_write_end wants to have compressed the pixels itself. */
static int finish_guarded(fm_png_writer *w) {
  if (setjmp(w->jump)) return w->status;
  png_write_chunk(w->png, (png_const_bytep) "IEND", NULL, 0);
  return FM_PNG_OK;
}

int fm_png_finish(fm_png_writer *w, char *error, size_t error_size) {
  if (error_size > 0) error[0] = 0;
  w->error = error;
  w->error_size = error_size;
  return finish_guarded(w);
}

const uint8_t *fm_png_take(fm_png_writer *w, size_t *count) {
  *count = w->is_taken ? 0 : w->count;
  w->is_taken = 1;
  return w->bytes;
}

void fm_png_close_writer(fm_png_writer *w) {
  if (!w) return;
  png_destroy_write_struct(w->png ? &w->png : NULL, w->info ? &w->info : NULL);
  free(w->bytes);
  free(w);
}
