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
  int32_t is_interlaced; /* only told by readers */
} fm_png_header;

typedef struct fm_png_reader fm_png_reader;

/* Reads everything before the pixels and allocates none. `bytes` must outlive the reader, which the caller
 * closes; on failure *reader is NULL. `error` gets a short text, always terminated. */
int fm_png_open(const uint8_t *bytes, size_t count, fm_png_reader **reader, fm_png_header *header, char *error,
                size_t error_size);

/* Reads the next `rows` rows into `samples`, which holds exactly `size` = width * rows * channels *
 * bit_depth / 8 bytes; with the last row also the rest of the file. An interlaced picture is read in one
 * call. On failure the samples are undefined and the reader is of no more use. */
int fm_png_read_rows(fm_png_reader *reader, void *samples, uint32_t rows, size_t size, char *error,
                     size_t error_size);

void fm_png_close(fm_png_reader *reader);

/* Some rows of a picture as they lie in its file: filtered, and deflated without looking at other rows, so
 * that several threads can work on one picture. */
typedef struct fm_png_strip {
  uint8_t *bytes; /* freed by the caller with free() */
  size_t count;
  size_t raw_count; /* the bytes before they were deflated, for the check sum over all strips */
  uint32_t adler;
} fm_png_strip;

/* Packs `rows` rows; `compression` is 0...9. Safe from any thread. On failure strip->bytes is NULL. */
int fm_png_pack(const void *samples, uint32_t rows, fm_png_header header, int compression, int is_last,
                fm_png_strip *strip);

typedef struct fm_png_writer fm_png_writer;

/* Begins a file; the caller closes the writer. On failure *writer is NULL. */
int fm_png_create(fm_png_header header, fm_png_writer **writer, char *error, size_t error_size);

/* Adds the next strip; the last was packed with `is_last`. */
int fm_png_append(fm_png_writer *writer, const fm_png_strip *strip, int is_last, char *error,
                  size_t error_size);

/* Adds whole chunks that were made elsewhere. */
int fm_png_append_chunks(fm_png_writer *writer, const uint8_t *bytes, size_t count, char *error,
                         size_t error_size);

/* Ends the file. */
int fm_png_finish(fm_png_writer *writer, char *error, size_t error_size);

/* What was written since this was last called; valid until the next call. */
const uint8_t *fm_png_take(fm_png_writer *writer, size_t *count);

void fm_png_close_writer(fm_png_writer *writer);
#endif
