/* libjpeg behind a few functions: bytes in, pixels out. Every setjmp and longjmp stays inside. */
#ifndef FM_CJPEG_H
#define FM_CJPEG_H
#include <stddef.h>
#include <stdint.h>

#define FM_JPEG_OK 0
#define FM_JPEG_CORRUPT 1     /* the data is damaged, or a picture that JPEG cannot hold was to be written */
#define FM_JPEG_MEMORY 2
#define FM_JPEG_UNSUPPORTED 3 /* a kind of JPEG that is not read here */

/* The pixels as they leave and enter these functions: rows from the top, without gaps, 8 bits, channels
 * interleaved (1 grey, 3 RGB). */
typedef struct fm_jpeg_header {
  uint32_t width, height;
  int32_t channels;
} fm_jpeg_header;

typedef struct fm_jpeg_reader fm_jpeg_reader;

/* Reads everything before the pixels and allocates none. `bytes` must outlive the reader, which the caller
 * closes; on failure *reader is NULL. `error` gets a short text, always terminated. */
int fm_jpeg_open(const uint8_t *bytes, size_t count, fm_jpeg_reader **reader, fm_jpeg_header *header,
                 char *error, size_t error_size);

/* Reads the next `rows` rows into `samples`, which holds exactly `size` = width * rows * channels bytes; with
 * the last row also everything up to the end mark. CMYK becomes RGB. (Of a progressive picture libjpeg keeps
 * all coefficients inside, about 3 bytes for each pixel.) On failure the samples are undefined and the reader
 * is of no more use. */
int fm_jpeg_read_rows(fm_jpeg_reader *reader, uint8_t *samples, uint32_t rows, size_t size, char *error,
                      size_t error_size);

void fm_jpeg_close(fm_jpeg_reader *reader);

typedef struct fm_jpeg_writer fm_jpeg_writer;

/* Begins a baseline JPEG file, which the caller closes; `quality` is 1...100, and a colour sample covers
 * horizontal x vertical pixels (1 or 2 each). `optimize` makes the file some per cent smaller and keeps the
 * whole picture's coefficients until the end. On failure *writer is NULL. */
int fm_jpeg_create(fm_jpeg_header header, int quality, int horizontal, int vertical, int optimize,
                   fm_jpeg_writer **writer, char *error, size_t error_size);

/* Adds the next `rows` rows. */
int fm_jpeg_append(fm_jpeg_writer *writer, const uint8_t *samples, uint32_t rows, char *error,
                   size_t error_size);

/* Ends the file. */
int fm_jpeg_finish(fm_jpeg_writer *writer, char *error, size_t error_size);

/* What was written since this was last called; valid until the next call. */
const uint8_t *fm_jpeg_take(fm_jpeg_writer *writer, size_t *count);

void fm_jpeg_close_writer(fm_jpeg_writer *writer);
#endif
