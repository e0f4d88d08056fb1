#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(png_byte) == 1 && sizeof(png_uint_16) == 2, "samples are written where they belong");
_Static_assert(sizeof(png_color) == 3, "palette entries are red, green, blue");

/* Everything that must survive a longjmp lives here, not in locals of a function that calls setjmp. */
struct fm_png_reader {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, position;
  fm_png_header header;
  int color_type;
  int passes; /* 0 until the first row is read */
  uint32_t next_row;
  int status;
  char *error;
  size_t error_size;
  jmp_buf jump;
};

static _Noreturn void fail(png_structp png, png_const_charp message) {
  fm_png_reader *reader = png_get_error_ptr(png);
  if (reader->error_size > 0) snprintf(reader->error, reader->error_size, "%s", message);
  if (reader->status == FM_PNG_OK) reader->status = FM_PNG_CORRUPT;
  longjmp(reader->jump, 1);
}

/* libpng only warns where it can go on without the data. Where pixels or transparency would be lost or
 * wrong, that is an error here; surplus data behind complete pixels and a superfluous tRNS are not. */
static void warn(png_structp png, png_const_charp message) {
  static const char *const harmless[] = {
    "IDAT: Too much image data", "IDAT: Extra compressed data", "tRNS: invalid with alpha channel"};
  for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
    if (strcmp(message, harmless[i]) == 0) return;
  if (strncmp(message, "IDAT: ", 6) == 0 || strncmp(message, "tRNS: ", 6) == 0) fail(png, message);
}

static png_voidp allocate(png_structp png, png_alloc_size_t size) {
  void *block = malloc(size);
  if (!block) ((fm_png_reader *)png_get_mem_ptr(png))->status = FM_PNG_MEMORY;
  return block;
}

static void release(png_structp png, png_voidp block) {
  (void)png;
  free(block);
}

static void take_bytes(png_structp png, png_bytep out, size_t count) {
  fm_png_reader *reader = png_get_io_ptr(png);
  if (count > reader->count - reader->position) fail(png, "the file is cut off");
  memcpy(out, reader->bytes + reader->position, count);
  reader->position += count;
}

static void read_header(fm_png_reader *reader) {
  reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, reader, fail, warn, reader, allocate, release);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (!reader->info) {
    reader->status = FM_PNG_MEMORY;
    longjmp(reader->jump, 1);
  }
  png_structp png = reader->png;
  png_set_read_fn(png, reader, take_bytes);
  /* The size is the caller's to judge: it sees it before any pixel is allocated. */
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  /* Of the ancillary chunks only tRNS is read, so that compressed text or profiles cost nothing. */
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(png, reader->info);

  int depth = 0, interlace = 0;
  fm_png_header *header = &reader->header;
  png_get_IHDR(png, reader->info, &header->width, &header->height, &depth, &reader->color_type, &interlace, NULL,
               NULL);
  header->is_interlaced = interlace != PNG_INTERLACE_NONE;
  int transparent = png_get_valid(png, reader->info, PNG_INFO_tRNS) != 0;
  int is_color = (reader->color_type & PNG_COLOR_MASK_COLOR) != 0;
  int has_alpha = (reader->color_type & PNG_COLOR_MASK_ALPHA) != 0 || transparent;
  header->channels = (is_color ? 3 : 1) + (has_alpha ? 1 : 0);
  header->bit_depth = depth == 16 ? 16 : 8;
}

static int open_guarded(fm_png_reader *reader) {
  if (setjmp(reader->jump)) return reader->status;
  read_header(reader);
  return FM_PNG_OK;
}

int fm_png_open(const uint8_t *bytes, size_t count, fm_png_reader **out, fm_png_header *header, char *error,
                size_t error_size) {
  *out = NULL;
  if (error_size > 0) error[0] = 0;
  fm_png_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return FM_PNG_MEMORY;
  reader->bytes = bytes;
  reader->count = count;
  reader->error = error;
  reader->error_size = error_size;
  int status = open_guarded(reader);
  if (status != FM_PNG_OK) {
    fm_png_close(reader);
    return status;
  }
  *header = reader->header;
  *out = reader;
  return FM_PNG_OK;
}

void fm_png_close(fm_png_reader *reader) {
  if (!reader) return;
  png_destroy_read_struct(reader->png ? &reader->png : NULL, reader->info ? &reader->info : NULL, NULL);
  free(reader);
}

/* Expands palette indices that fill the end of `samples` into colours from its start. Pixel i is written
 * to i * channels ... and its index lies at n * (channels - 1) + i, which is never behind that. */
static void expand_palette(fm_png_reader *reader, uint8_t *samples, size_t size) {
  png_colorp colors = NULL;
  png_bytep alphas = NULL;
  int color_count = 0, alpha_count = 0;
  png_get_PLTE(reader->png, reader->info, &colors, &color_count);
  png_get_tRNS(reader->png, reader->info, &alphas, &alpha_count, NULL);
  int channels = reader->header.channels;
  size_t pixels = size / (size_t)channels;
  const uint8_t *indices = samples + size - pixels;
  for (size_t i = 0; i < pixels; i++) {
    int index = indices[i];
    if (index >= color_count) fail(reader->png, "a pixel's colour is not in the palette");
    uint8_t *out = samples + i * (size_t)channels;
    out[0] = colors[index].red;
    out[1] = colors[index].green;
    out[2] = colors[index].blue;
    if (channels == 4) out[3] = index < alpha_count ? alphas[index] : 255;
  }
}

/* The bytes of a row as libpng gives it: palettes as indices, which are expanded afterwards. */
static size_t row_size(const fm_png_reader *reader) {
  const fm_png_header *header = &reader->header;
  if (reader->color_type == PNG_COLOR_TYPE_PALETTE) return header->width;
  return (size_t)header->width * (size_t)(header->channels * (header->bit_depth / 8));
}

static void start_pixels(fm_png_reader *reader) {
  png_structp png = reader->png;
  if (reader->color_type == PNG_COLOR_TYPE_PALETTE) {
    png_set_packing(png);
  } else {
    if (reader->color_type == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
    if (png_get_valid(png, reader->info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
  }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (reader->header.bit_depth == 16) png_set_swap(png);
#endif
  reader->passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  if (png_get_rowbytes(png, reader->info) != row_size(reader)) fail(png, "unexpected row size");
}

static void read_pixels(fm_png_reader *reader, uint8_t *samples, uint32_t rows, size_t size) {
  png_structp png = reader->png;
  if (reader->passes == 0) start_pixels(reader);
  int is_palette = reader->color_type == PNG_COLOR_TYPE_PALETTE;
  size_t row = row_size(reader);
  size_t expected = is_palette ? row * rows * (size_t)reader->header.channels : row * rows;
  if (size != expected || rows > reader->header.height - reader->next_row) fail(png, "unexpected row size");
  if (reader->passes > 1 && rows != reader->header.height) fail(png, "interlaced rows are read at once");
  uint8_t *start = samples + size - row * rows;
  for (int pass = 0; pass < reader->passes; pass++)
    for (size_t y = 0; y < rows; y++) png_read_row(png, start + y * row, NULL);
  reader->next_row += rows;
  if (reader->next_row == reader->header.height) png_read_end(png, NULL);
  if (is_palette) expand_palette(reader, samples, size);
}

static int read_guarded(fm_png_reader *reader, void *samples, uint32_t rows, size_t size) {
  if (setjmp(reader->jump)) return reader->status;
  read_pixels(reader, samples, rows, size);
  return FM_PNG_OK;
}

int fm_png_read_rows(fm_png_reader *reader, void *samples, uint32_t rows, size_t size, char *error,
                     size_t error_size) {
  if (error_size > 0) error[0] = 0;
  reader->error = error;
  reader->error_size = error_size;
  return read_guarded(reader, samples, rows, size);
}
