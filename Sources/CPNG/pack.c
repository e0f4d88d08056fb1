#include "CPNG.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* PNG's filters (PNG specification, 9.2) and zlib, for rows that several threads work on. The first row of a
 * strip is filtered as if zeros lay above it only where no filter looks there: it takes "none" or "sub". */

enum { filter_none, filter_sub, filter_up, filter_average, filter_paeth, filter_count };

static inline int distance(int a, int b) { return a < b ? b - a : a - b; }

static inline int paeth(int left, int above, int corner) {
  int estimate = left + above - corner;
  int to_left = distance(estimate, left), to_above = distance(estimate, above);
  int to_corner = distance(estimate, corner);
  if (to_left <= to_above && to_left <= to_corner) return left;
  return to_above <= to_corner ? above : corner;
}

/* One row, whose bytes from `first` = bytes of a pixel on have a left neighbour. The loops are simple enough
 * for the compiler to use vectors. */
static void filter_row(int filter, const uint8_t *row, const uint8_t *above, uint8_t *restrict out, size_t count,
                       size_t first) {
  const uint8_t *left = row - first, *corner = above - first;
  size_t i = 0;
  switch (filter) {
  case filter_none: memcpy(out, row, count); break;
  case filter_sub:
    for (; i < first; i++) out[i] = row[i];
    for (; i < count; i++) out[i] = (uint8_t)(row[i] - left[i]);
    break;
  case filter_up:
    for (; i < count; i++) out[i] = (uint8_t)(row[i] - above[i]);
    break;
  case filter_average:
    for (; i < first; i++) out[i] = (uint8_t)(row[i] - above[i] / 2);
    for (; i < count; i++) out[i] = (uint8_t)(row[i] - (left[i] + above[i]) / 2);
    break;
  default:
    for (; i < first; i++) out[i] = (uint8_t)(row[i] - above[i]);
    for (; i < count; i++) out[i] = (uint8_t)(row[i] - paeth(left[i], above[i], corner[i]));
  }
}

/* libpng's rule of thumb: the filter whose bytes, taken as signed, are smallest in sum packs best. */
static uint64_t magnitude(const uint8_t *bytes, size_t count) {
  uint64_t sum = 0;
  while (count > 0) {
    size_t part = count < 65536 ? count : 65536;
    uint32_t partial = 0;
    for (size_t i = 0; i < part; i++) partial += (uint32_t)(bytes[i] < 128 ? bytes[i] : 256 - bytes[i]);
    sum += partial;
    bytes += part;
    count -= part;
  }
  return sum;
}

/* Writes the filter's number and the filtered bytes to `out`; `scratch` holds as many. */
static void filter_best(const uint8_t *row, const uint8_t *above, uint8_t *out, uint8_t *scratch, size_t count,
                        size_t first) {
  uint64_t least = UINT64_MAX;
  int last = above ? filter_paeth : filter_sub;
  for (int filter = filter_none; filter <= last; filter++) {
    filter_row(filter, row, above ? above : row, scratch, count, first);
    uint64_t sum = magnitude(scratch, count);
    if (sum >= least) continue;
    least = sum;
    out[0] = (uint8_t)filter;
    memcpy(out + 1, scratch, count);
  }
}

/* 16-bit samples are stored with the high byte first. */
static const uint8_t *file_order(const uint8_t *row, uint8_t *swapped, size_t count, int bit_depth) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (bit_depth == 16) {
    for (size_t i = 0; i < count; i += 2) {
      swapped[i] = row[i + 1];
      swapped[i + 1] = row[i];
    }
    return swapped;
  }
#endif
  return row;
}

/* All rows, each with its filter's number before it. `room` holds three rows. */
static void filter_rows(const uint8_t *samples, uint32_t rows, size_t row_size, fm_png_header header,
                        int compression, uint8_t *out, uint8_t *room) {
  size_t pixel = (size_t)(header.channels * (header.bit_depth / 8));
  const uint8_t *above = NULL;
  for (uint32_t y = 0; y < rows; y++, out += row_size + 1) {
    uint8_t *swapped = room + (1 + y % 2) * row_size;
    const uint8_t *row = file_order(samples + y * row_size, swapped, row_size, header.bit_depth);
    if (compression == 0) {
      out[0] = filter_none;
      memcpy(out + 1, row, row_size);
    } else {
      filter_best(row, above, out, room, row_size, pixel);
    }
    above = row;
  }
}

/* Deflates everything into a block of its own; 0 for no memory. */
static int deflate_all(uint8_t *bytes, size_t count, int level, int strategy, int is_last, fm_png_strip *strip) {
  z_stream stream = {0};
  if (deflateInit2(&stream, level, Z_DEFLATED, -15, 8, strategy) != Z_OK) return 0;
  /* A flush adds an empty block of 5 bytes. */
  size_t capacity = deflateBound(&stream, count) + 16;
  uint8_t *out = malloc(capacity);
  if (out) {
    stream.next_in = bytes;
    stream.avail_in = (uInt)count;
    stream.next_out = out;
    stream.avail_out = (uInt)capacity;
    deflate(&stream, is_last ? Z_FINISH : Z_SYNC_FLUSH);
    strip->bytes = out;
    strip->count = stream.total_out;
  }
  deflateEnd(&stream);
  return out != NULL;
}

/* Filtered photos hold hardly any repeated strings: looking for runs only (Z_RLE) finds what there is, several
 * times faster. Drawings hold many; where runs alone make a quarter or less of the strip, strings are looked
 * for as well, which is then fast. Above 6 they always are. */
static int deflate_strip(uint8_t *bytes, size_t count, int compression, int is_last, fm_png_strip *strip) {
  if (compression == 0) return deflate_all(bytes, count, 0, Z_DEFAULT_STRATEGY, is_last, strip);
  if (compression > 6) return deflate_all(bytes, count, compression, Z_FILTERED, is_last, strip);
  if (!deflate_all(bytes, count, 1, Z_RLE, is_last, strip)) return 0;
  if (strip->count > count / 4) return 1;
  fm_png_strip other = {0};
  if (!deflate_all(bytes, count, compression, Z_DEFAULT_STRATEGY, is_last, &other)) return 1;
  uint8_t *larger = other.count < strip->count ? strip->bytes : other.bytes;
  if (other.count < strip->count) *strip = other;
  free(larger);
  return 1;
}

int fm_png_pack(const void *samples, uint32_t rows, fm_png_header header, int compression, int is_last,
                fm_png_strip *strip) {
  *strip = (fm_png_strip){0};
  size_t row_size = (size_t)header.width * (size_t)(header.channels * (header.bit_depth / 8));
  size_t count = (row_size + 1) * rows;
  if (count > INT32_MAX) return FM_PNG_CORRUPT;
  uint8_t *filtered = malloc(count + 3 * row_size);
  if (!filtered) return FM_PNG_MEMORY;
  filter_rows(samples, rows, row_size, header, compression, filtered, filtered + count);
  int done = deflate_strip(filtered, count, compression, is_last, strip);
  if (done) {
    strip->raw_count = count;
    strip->adler = (uint32_t)adler32(adler32(0, NULL, 0), filtered, (uInt)count);
  }
  free(filtered);
  return done ? FM_PNG_OK : FM_PNG_MEMORY;
}
