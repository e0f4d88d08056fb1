/* gzip decompression behind one function: bytes in, bytes out. */
#ifndef FM_CGZIP_H
#define FM_CGZIP_H
#include <stddef.h>
#include <stdint.h>

#define FM_GZIP_OK 0
#define FM_GZIP_CORRUPT 1   /* not gzip, or damaged */
#define FM_GZIP_TRUNCATED 2 /* ended before its end mark */
#define FM_GZIP_TOO_LARGE 3 /* more than `limit` bytes came out */
#define FM_GZIP_MEMORY 4

/* Decompresses `size` bytes of gzip data. On FM_GZIP_OK, *out is a block of *out_size
 * bytes that the caller frees with free(); on any other result *out is NULL. */
int fm_gunzip(const uint8_t *data, size_t size, size_t limit, uint8_t **out, size_t *out_size);
#endif
