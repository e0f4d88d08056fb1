#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include <jerror.h>

_Static_assert(sizeof(JSAMPLE) == 1 && BITS_IN_JSAMPLE == 8, "samples are written where they belong");

/* A progressive file may repeat scans over the whole picture without end; real ones have about ten. */
enum { maximum_scans = 500 };

/* Everything that must survive a longjmp lives here, not in locals of a function that calls setjmp. */
struct fm_jpeg_reader {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  int is_started;
  JSAMPARRAY inks; /* one row of CMYK, where the file holds that */
  int status;
  char *error;
  size_t error_size;
  jmp_buf jump;
};

static _Noreturn void stop(fm_jpeg_reader *reader, int status, const char *message) {
  reader->status = status;
  if (reader->error_size > 0) snprintf(reader->error, reader->error_size, "%s", message);
  longjmp(reader->jump, 1);
}

static int status_of(j_common_ptr info) {
  switch (info->err->msg_code) {
  case JERR_OUT_OF_MEMORY: return FM_JPEG_MEMORY;
  case JERR_BAD_PRECISION:
    /* JPEG allows 12 (and 2 to 16 in lossless files); any other number is damage. */
    return info->err->msg_parm.i[0] == 12 || info->err->msg_parm.i[0] == 16 ? FM_JPEG_UNSUPPORTED
                                                                           : FM_JPEG_CORRUPT;
  case JERR_SOF_UNSUPPORTED:
  case JERR_FRACT_SAMPLE_NOTIMPL:
  case JERR_CCIR601_NOTIMPL:
  case JERR_ARITH_NOTIMPL:
  case JERR_NOT_COMPILED: return FM_JPEG_UNSUPPORTED;
  default: return FM_JPEG_CORRUPT;
  }
}

static _Noreturn void fail(j_common_ptr info) {
  char message[JMSG_LENGTH_MAX];
  if (info->err->msg_code == JERR_BAD_PRECISION)
    snprintf(message, sizeof message, "%d bits a sample", info->err->msg_parm.i[0]);
  else
    info->err->format_message(info, message);
  stop(info->client_data, status_of(info), message);
}

/* libjpeg goes on after damage and only warns; here damage is an error. Many a sound file draws
 * warnings that do not concern the pixels: these pass. */
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
  case JWRN_EXTRANEOUS_DATA:
  case JWRN_ADOBE_XFORM:
  case JWRN_JFIF_MAJOR:
  case JWRN_NOT_SEQUENTIAL: return;
  default: fail(info);
  }
}

static void print_nothing(j_common_ptr info) { (void)info; }

static void watch_scans(j_common_ptr info) {
  if (((j_decompress_ptr)info)->input_scan_number > maximum_scans)
    stop(info->client_data, FM_JPEG_CORRUPT, "more than 500 scans");
}

static void read_header(fm_jpeg_reader *reader, const uint8_t *bytes, size_t count) {
  j_decompress_ptr info = &reader->info;
  info->err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = fail;
  reader->errors.emit_message = warn;
  reader->errors.output_message = print_nothing;
  info->client_data = reader;
  jpeg_create_decompress(info);
  reader->progress.progress_monitor = watch_scans;
  info->progress = &reader->progress;
  jpeg_mem_src(info, bytes, (unsigned long)count);
  jpeg_read_header(info, TRUE);
  switch (info->jpeg_color_space) {
  case JCS_GRAYSCALE: info->out_color_space = JCS_GRAYSCALE; break;
  case JCS_YCbCr:
  case JCS_RGB: info->out_color_space = JCS_RGB; break;
  case JCS_CMYK:
  case JCS_YCCK: info->out_color_space = JCS_CMYK; break;
  default: stop(reader, FM_JPEG_UNSUPPORTED, "neither grey nor three or four colour components");
  }
}

static int open_guarded(fm_jpeg_reader *reader, const uint8_t *bytes, size_t count) {
  if (setjmp(reader->jump)) return reader->status;
  read_header(reader, bytes, count);
  return FM_JPEG_OK;
}

int fm_jpeg_open(const uint8_t *bytes, size_t count, fm_jpeg_reader **out, fm_jpeg_header *header, char *error,
                 size_t error_size) {
  *out = NULL;
  if (error_size > 0) error[0] = 0;
  fm_jpeg_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return FM_JPEG_MEMORY;
  reader->error = error;
  reader->error_size = error_size;
  int status = open_guarded(reader, bytes, count);
  if (status != FM_JPEG_OK) {
    fm_jpeg_close(reader);
    return status;
  }
  header->width = reader->info.image_width;
  header->height = reader->info.image_height;
  header->channels = reader->info.out_color_space == JCS_GRAYSCALE ? 1 : 3;
  *out = reader;
  return FM_JPEG_OK;
}

void fm_jpeg_close(fm_jpeg_reader *reader) {
  if (!reader) return;
  jpeg_destroy_decompress(&reader->info); /* also right before its creation: the memory is zeroed */
  free(reader);
}

/* a * b / 255, rounded. */
static uint8_t multiply(unsigned a, unsigned b) {
  unsigned product = a * b + 128;
  return (uint8_t)(((product >> 8) + product) >> 8);
}

/* CMYK files hold inverted values, as Adobe's programs write them: 255 is no ink. So a colour is the
 * product of its ink's value and black's. */
static void convert_cmyk(const uint8_t *in, uint8_t *out, size_t pixels) {
  for (size_t i = 0; i < pixels; i++, in += 4, out += 3)
    for (int c = 0; c < 3; c++) out[c] = (uint8_t)(in[3] - multiply(255u - in[c], in[3]));
}

static void start_pixels(fm_jpeg_reader *reader) {
  j_decompress_ptr info = &reader->info;
  jpeg_start_decompress(info);
  reader->is_started = 1;
  if (info->out_color_space == JCS_CMYK)
    reader->inks = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, info->output_width * 4, 1);
}

static void read_pixels(fm_jpeg_reader *reader, uint8_t *samples, uint32_t rows, size_t size) {
  j_decompress_ptr info = &reader->info;
  size_t row = (size_t)info->image_width * (info->out_color_space == JCS_GRAYSCALE ? 1 : 3);
  if (!reader->is_started) start_pixels(reader);
  if (size != row * rows || rows > info->output_height - info->output_scanline)
    stop(reader, FM_JPEG_CORRUPT, "unexpected row size");
  for (uint32_t y = 0; y < rows; y++, samples += row) {
    JSAMPROW target = samples;
    jpeg_read_scanlines(info, reader->inks ? reader->inks : &target, 1);
    if (reader->inks) convert_cmyk(reader->inks[0], samples, info->output_width);
  }
  if (info->output_scanline == info->output_height) jpeg_finish_decompress(info);
}

static int read_guarded(fm_jpeg_reader *reader, uint8_t *samples, uint32_t rows, size_t size) {
  if (setjmp(reader->jump)) return reader->status;
  read_pixels(reader, samples, rows, size);
  return FM_JPEG_OK;
}

int fm_jpeg_read_rows(fm_jpeg_reader *reader, uint8_t *samples, uint32_t rows, size_t size, char *error,
                      size_t error_size) {
  if (error_size > 0) error[0] = 0;
  reader->error = error;
  reader->error_size = error_size;
  return read_guarded(reader, samples, rows, size);
}
