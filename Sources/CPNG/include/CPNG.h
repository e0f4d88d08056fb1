/* libpng behind a few functions: bytes in, pixels out. Every setjmp and longjmp stays inside. */
#ifndef FM_CPNG_H
#define FM_CPNG_H
#include <stddef.h>
#include <stdint.h>

#define FM_PNG_OK 0
#define FM_PNG_CORRUPT 1 /* the data is damaged, or a picture that PNG cannot hold was to be written */
#define FM_PNG_MEMORY 2

/* The pixels as they leave and enter these functions: rows from the top, without gaps, channels
 * interleaved (1 grey, 2 grey and alpha, 3 RGB, 4 RGBA), 8 bits or 16 bits in native byte order. */
typedef struct fm_png_header {
  uint32_t width, height;
  int32_t channels;
  int32_t bit_depth;
} fm_png_header;

typedef struct fm_png_reader fm_png_reader;

/* Reads everything before the pixels and allocates none. `bytes` must outlive the reader, which the caller
 * closes; on failure *reader is NULL. `error` gets a short text, always terminated. */
int fm_png_open(const uint8_t *bytes, size_t count, fm_png_reader **reader, fm_png_header *header, char *error,
                size_t error_size);

/* Reads all pixels and the rest of the file into `samples`, which holds exactly
 * width * height * channels * bit_depth / 8 bytes. Called once. On failure their content is undefined. */
int fm_png_read(fm_png_reader *reader, void *samples, size_t size, char *error, size_t error_size);

void fm_png_close(fm_png_reader *reader);

/* Writes a PNG file; `compression` is 0...9. On FM_PNG_OK, *bytes is a block of *count bytes that the caller
 * frees with free(); on any other result *bytes is NULL. */
int fm_png_encode(const void *samples, fm_png_header header, int compression, uint8_t **bytes, size_t *count,
                  char *error, size_t error_size);
#endif
