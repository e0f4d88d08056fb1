#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include <jerror.h>

/* Everything that must survive a longjmp: the function that calls setjmp gets it by pointer. */
struct fm_jpeg_writer {
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr destination;
  uint8_t *bytes;
  size_t capacity;
  int status;
  char *error;
  size_t error_size;
  jmp_buf jump;
};

static _Noreturn void fail(j_common_ptr info) {
  fm_jpeg_writer *w = info->client_data;
  char message[JMSG_LENGTH_MAX];
  info->err->format_message(info, message);
  if (w->error_size > 0) snprintf(w->error, w->error_size, "%s", message);
  w->status = info->err->msg_code == JERR_OUT_OF_MEMORY ? FM_JPEG_MEMORY : FM_JPEG_CORRUPT;
  longjmp(w->jump, 1);
}

static void print_nothing(j_common_ptr info) { (void)info; }

/* libjpeg's own memory destination loses its block when an error follows; this one keeps it in the writer. */
static boolean grow(j_compress_ptr info) {
  fm_jpeg_writer *w = info->client_data;
  size_t used = w->capacity;
  size_t capacity = w->capacity ? w->capacity * 2 : 1 << 16;
  uint8_t *larger = realloc(w->bytes, capacity);
  if (!larger) ERREXIT1(info, JERR_OUT_OF_MEMORY, 10);
  w->bytes = larger;
  w->capacity = capacity;
  w->destination.next_output_byte = larger + used;
  w->destination.free_in_buffer = capacity - used;
  return TRUE;
}

static void start(j_compress_ptr info) { grow(info); }

static void finish(j_compress_ptr info) { (void)info; }

static void begin(fm_jpeg_writer *w, fm_jpeg_header header, int quality, int horizontal, int vertical,
                  int optimize) {
  j_compress_ptr info = &w->info;
  info->err = jpeg_std_error(&w->errors);
  w->errors.error_exit = fail;
  w->errors.output_message = print_nothing;
  info->client_data = w;
  jpeg_create_compress(info);
  w->destination.init_destination = start;
  w->destination.empty_output_buffer = grow;
  w->destination.term_destination = finish;
  info->dest = &w->destination;
  info->image_width = header.width;
  info->image_height = header.height;
  info->input_components = header.channels;
  info->in_color_space = header.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  jpeg_set_quality(info, quality, TRUE);
  info->optimize_coding = optimize ? TRUE : FALSE;
  if (header.channels == 3) {
    info->comp_info[0].h_samp_factor = horizontal;
    info->comp_info[0].v_samp_factor = vertical;
  }
  jpeg_start_compress(info, TRUE);
}

static int begin_guarded(fm_jpeg_writer *w, fm_jpeg_header header, int quality, int horizontal, int vertical,
                         int optimize) {
  if (setjmp(w->jump)) return w->status;
  begin(w, header, quality, horizontal, vertical, optimize);
  return FM_JPEG_OK;
}

int fm_jpeg_create(fm_jpeg_header header, int quality, int horizontal, int vertical, int optimize,
                   fm_jpeg_writer **out, char *error, size_t error_size) {
  *out = NULL;
  if (error_size > 0) error[0] = 0;
  fm_jpeg_writer *w = calloc(1, sizeof *w);
  if (!w) return FM_JPEG_MEMORY;
  w->error = error;
  w->error_size = error_size;
  int status = begin_guarded(w, header, quality, horizontal, vertical, optimize);
  if (status != FM_JPEG_OK) {
    fm_jpeg_close_writer(w);
    return status;
  }
  *out = w;
  return FM_JPEG_OK;
}

static int append_guarded(fm_jpeg_writer *w, const uint8_t *samples, uint32_t rows) {
  if (setjmp(w->jump)) return w->status;
  j_compress_ptr info = &w->info;
  size_t row = (size_t)info->image_width * (size_t)info->input_components;
  for (uint32_t y = 0; y < rows; y++) {
    JSAMPROW source = (JSAMPROW)(samples + y * row);
    jpeg_write_scanlines(info, &source, 1);
  }
  return FM_JPEG_OK;
}

int fm_jpeg_append(fm_jpeg_writer *w, const uint8_t *samples, uint32_t rows, char *error, size_t error_size) {
  if (error_size > 0) error[0] = 0;
  w->error = error;
  w->error_size = error_size;
  return append_guarded(w, samples, rows);
}

static int finish_guarded(fm_jpeg_writer *w) {
  if (setjmp(w->jump)) return w->status;
  jpeg_finish_compress(&w->info);
  return FM_JPEG_OK;
}

int fm_jpeg_finish(fm_jpeg_writer *w, char *error, size_t error_size) {
  if (error_size > 0) error[0] = 0;
  w->error = error;
  w->error_size = error_size;
  return finish_guarded(w);
}

const uint8_t *fm_jpeg_take(fm_jpeg_writer *w, size_t *count) {
  *count = w->capacity - w->destination.free_in_buffer;
  w->destination.next_output_byte = w->bytes;
  w->destination.free_in_buffer = w->capacity;
  return w->bytes;
}

void fm_jpeg_close_writer(fm_jpeg_writer *w) {
  if (!w) return;
  jpeg_destroy_compress(&w->info); /* also right before its creation: the memory is zeroed */
  free(w->bytes);
  free(w);
}
