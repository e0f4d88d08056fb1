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

/* Reads all pixels up to the end mark into `samples`, which holds exactly width * height * channels bytes.
 * Called once. CMYK becomes RGB. On failure the samples are undefined. */
int fm_jpeg_read(fm_jpeg_reader *reader, uint8_t *samples, size_t size, char *error, size_t error_size);

void fm_jpeg_close(fm_jpeg_reader *reader);

/* Writes a baseline JPEG file; `quality` is 1...100, and a colour sample covers horizontal x vertical pixels
 * (1 or 2 each). On FM_JPEG_OK, *bytes is a block of *count bytes that the caller frees with free(); on any
 * other result *bytes is NULL. */
int fm_jpeg_encode(const uint8_t *samples, fm_jpeg_header header, int quality, int horizontal, int vertical,
                   uint8_t **bytes, size_t *count, char *error, size_t error_size);
#endif
