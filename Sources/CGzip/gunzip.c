#include "CGzip.h"

#include <stdlib.h>
#include <zlib.h>

int fm_gunzip(const uint8_t *data, size_t size, size_t limit, uint8_t **out, size_t *out_size) {
  *out = NULL;
  *out_size = 0;
  z_stream stream = {0};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return FM_GZIP_MEMORY;
  size_t capacity = 0, used = 0, consumed = 0;
  uint8_t *buffer = NULL;
  int result = FM_GZIP_OK, status = Z_OK;
  while (status != Z_STREAM_END) {
    if (used == capacity) {
      capacity = capacity ? capacity * 2 : 1 << 16;
      uint8_t *larger = realloc(buffer, capacity);
      if (!larger) { result = FM_GZIP_MEMORY; break; }
      buffer = larger;
    }
    size_t in = size - consumed, space = capacity - used;
    stream.next_in = (Bytef *)(data + consumed);
    stream.avail_in = in > 1u << 30 ? 1u << 30 : (uInt)in;
    stream.next_out = buffer + used;
    stream.avail_out = space > 1u << 30 ? 1u << 30 : (uInt)space;
    uInt in_before = stream.avail_in, out_before = stream.avail_out;
    status = inflate(&stream, Z_NO_FLUSH);
    consumed += in_before - stream.avail_in;
    used += out_before - stream.avail_out;
    if (used > limit) { result = FM_GZIP_TOO_LARGE; break; }
    if (status == Z_BUF_ERROR || (status == Z_OK && consumed == size && stream.avail_out > 0)) {
      result = FM_GZIP_TRUNCATED;
      break;
    }
    if (status != Z_OK && status != Z_STREAM_END) {
      result = status == Z_MEM_ERROR ? FM_GZIP_MEMORY : FM_GZIP_CORRUPT;
      break;
    }
    if (status == Z_STREAM_END && consumed < size && data[consumed] == 0x1f) { /* a further member */
      inflateReset(&stream);
      status = Z_OK;
    }
  }
  inflateEnd(&stream);
  if (result != FM_GZIP_OK) {
    free(buffer);
    return result;
  }
  *out = buffer;
  *out_size = used;
  return FM_GZIP_OK;
}
