#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include <jerror.h>

/* Everything that must survive a longjmp: the function that calls setjmp gets it by pointer. */
typedef struct writer {
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr destination;
  uint8_t *bytes;
  size_t count, capacity;
  int status;
  char *error;
  size_t error_size;
  jmp_buf jump;
} writer;

static _Noreturn void fail(j_common_ptr info) {
  writer *w = info->client_data;
  char message[JMSG_LENGTH_MAX];
  info->err->format_message(info, message);
  if (w->error_size > 0) snprintf(w->error, w->error_size, "%s", message);
  w->status = info->err->msg_code == JERR_OUT_OF_MEMORY ? FM_JPEG_MEMORY : FM_JPEG_CORRUPT;
  longjmp(w->jump, 1);
}

static void print_nothing(j_common_ptr info) { (void)info; }

/* libjpeg's own memory destination loses its block when an error follows; this one keeps it in `writer`. */
static boolean grow(j_compress_ptr info) {
  writer *w = info->client_data;
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

static void finish(j_compress_ptr info) {
  writer *w = info->client_data;
  w->count = w->capacity - w->destination.free_in_buffer;
}

static int encode_guarded(writer *w, const uint8_t *samples, fm_jpeg_header header, int quality, int horizontal,
                          int vertical) {
  if (setjmp(w->jump)) return w->status;
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
  info->optimize_coding = TRUE;
  if (header.channels == 3) {
    info->comp_info[0].h_samp_factor = horizontal;
    info->comp_info[0].v_samp_factor = vertical;
  }
  jpeg_start_compress(info, TRUE);
  size_t row = (size_t)header.width * (size_t)header.channels;
  while (info->next_scanline < info->image_height) {
    JSAMPROW source = (JSAMPROW)(samples + info->next_scanline * row);
    jpeg_write_scanlines(info, &source, 1);
  }
  jpeg_finish_compress(info);
  return FM_JPEG_OK;
}

int fm_jpeg_encode(const uint8_t *samples, fm_jpeg_header header, int quality, int horizontal, int vertical,
                   uint8_t **bytes, size_t *count, char *error, size_t error_size) {
  if (error_size > 0) error[0] = 0;
  writer w = {.error = error, .error_size = error_size};
  int status = encode_guarded(&w, samples, header, quality, horizontal, vertical);
  jpeg_destroy_compress(&w.info);
  if (status != FM_JPEG_OK) {
    free(w.bytes);
    w.bytes = NULL;
    w.count = 0;
  }
  *bytes = w.bytes;
  *count = w.count;
  return status;
}
