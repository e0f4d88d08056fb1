#include "CPNG.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* PNG's filters (PNG specification, 9.2) and zlib, for rows that several threads work on. The first row of a
 * strip is filtered as if zeros lay above it only where no filter looks there: it takes "none" or "sub". */

/* Bytes of a strip that are packed on trial. */
enum { SAMPLE = 1 << 15 };

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
  /* Enlarged pictures and drawings repeat rows: nothing is left of one that is as the row above it. */
  if (above && memcmp(row, above, count) == 0) {
    out[0] = magnitude(row, count) == 0 ? filter_none : filter_up;
    memset(out + 1, 0, count);
    return;
  }
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

/* Some rows to pack, in native order. */
typedef struct {
  const uint8_t *samples;
  uint32_t count;
  size_t size; /* of a row */
  fm_png_header header;
} strip_rows;

/* How they are packed: with the best filter for each row or none, and zlib's level and strategy. Strings are
 * searched for in the last 2^`window` bytes, in at most `places` of them; 0 leaves that to the level. */
typedef struct {
  int filtered, level, strategy, window, places;
} packing;

enum {
  WINDOW = 15,      /* the largest */
  REMEMBERED = 12,  /* a short search takes every byte of strings up to this length for the beginning of another */
  LONG_ENOUGH = 32, /* and is content with a string of this length */
};

/* zlib's level 3, tuned on photos and on what filters make of them. It remembers beginnings in strings of up to 6
 * bytes; up to 12, photos are 1 to 2 % smaller in the same time. Its window is 32 KiB; with 16 KiB, noise is 0.5 %
 * smaller, as distances are, and up to a tenth faster; for 16-bit samples, of which it holds half as many, 16 KiB
 * are too few. It looks in 32 places; rows that need no filtering leave time for 36, with which edges on noise are
 * 0.5 % smaller again. */
static packing short_search(int filtered, int compression, int bit_depth) {
  if (compression < 3) return (packing){filtered, compression, Z_DEFAULT_STRATEGY, WINDOW, 0};
  const int window = bit_depth == 16 ? WINDOW : WINDOW - 1;
  return (packing){filtered, 3, Z_DEFAULT_STRATEGY, window, filtered ? 32 : 36};
}

/* All rows, each with its filter's number before it. `room` holds three rows. */
static void filter_rows(strip_rows rows, int filtered, uint8_t *out, uint8_t *room) {
  size_t pixel = (size_t)(rows.header.channels * (rows.header.bit_depth / 8));
  const uint8_t *above = NULL;
  for (uint32_t y = 0; y < rows.count; y++, out += rows.size + 1) {
    uint8_t *swapped = room + (1 + y % 2) * rows.size;
    const uint8_t *row = file_order(rows.samples + y * rows.size, swapped, rows.size, rows.header.bit_depth);
    if (filtered) {
      filter_best(row, above, out, room, rows.size, pixel);
    } else {
      out[0] = filter_none;
      memcpy(out + 1, row, rows.size);
    }
    above = row;
  }
}

/* Deflates everything into a block of its own; 0 for no memory. */
static int deflate_all(uint8_t *bytes, size_t count, packing way, int is_last, fm_png_strip *strip) {
  z_stream stream = {0};
  if (deflateInit2(&stream, way.level, Z_DEFLATED, -way.window, 8, way.strategy) != Z_OK) return 0;
  /* The first figure is for the levels from 4 on. */
  if (way.places) deflateTune(&stream, 4, REMEMBERED, LONG_ENOUGH, way.places);
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

/* How many bytes they take packed; SIZE_MAX for no memory. `room` holds them and three rows more. */
static size_t packed_size(strip_rows rows, packing way, uint8_t *room) {
  size_t count = (rows.size + 1) * rows.count;
  fm_png_strip strip = {0};
  filter_rows(rows, way.filtered, room, room + count);
  if (!deflate_all(room, count, way, 1, &strip)) return SIZE_MAX;
  free(strip.bytes);
  return strip.count;
}

/* Photos hold hardly any repeated strings: looking for runs only (Z_RLE) in filtered rows finds what there is,
 * several times faster than a long search for strings. Where rows from the middle show that strings are worth it
 * (soft or drawn pictures), a short search finds most of them, often more of them in rows that are not filtered.
 * Drawings hold so many that the search is fast however long it may be: it is as long as asked for where a quarter
 * of the rows or less is left. Above 6 it always is. */
static packing choose_packing(strip_rows rows, int compression, uint8_t *room) {
  if (compression == 0) return (packing){0, 0, Z_DEFAULT_STRATEGY, WINDOW, 0};
  if (compression > 6) return (packing){1, compression, Z_FILTERED, WINDOW, 0};
  const packing runs = {1, 1, Z_RLE, WINDOW, 0};
  const int bit_depth = rows.header.bit_depth;
  const packing ways[] = {short_search(1, compression, bit_depth), short_search(0, compression, bit_depth)};
  strip_rows sample = rows;
  const size_t fitting = SAMPLE / (rows.size + 1);
  if (fitting < sample.count) sample.count = fitting ? (uint32_t)fitting : 1;
  sample.samples += (rows.count - sample.count) / 2 * rows.size;
  packing best = runs;
  size_t least = packed_size(sample, runs, room);
  least -= least / 32;
  for (int i = 0; i < 2; i++) {
    const size_t size = packed_size(sample, ways[i], room);
    if (size >= least) continue;
    least = size;
    best = ways[i];
  }
  if (least <= (sample.size + 1) * sample.count / 4)
    best = (packing){best.filtered, compression, Z_DEFAULT_STRATEGY, WINDOW, 0};
  return best;
}

int fm_png_pack(const void *samples, uint32_t count_of_rows, fm_png_header header, int compression, int is_last,
                fm_png_strip *strip) {
  *strip = (fm_png_strip){0};
  const size_t row_size = (size_t)header.width * (size_t)(header.channels * (header.bit_depth / 8));
  const strip_rows rows = {samples, count_of_rows, row_size, header};
  const size_t count = (row_size + 1) * count_of_rows;
  if (count > INT32_MAX) return FM_PNG_CORRUPT;
  uint8_t *bytes = malloc(count + 3 * row_size);
  if (!bytes) return FM_PNG_MEMORY;
  const packing way = choose_packing(rows, compression, bytes);
  filter_rows(rows, way.filtered, bytes, bytes + count);
  const int done = deflate_all(bytes, count, way, is_last, strip);
  if (done) {
    strip->raw_count = count;
    strip->adler = (uint32_t)adler32(adler32(0, NULL, 0), bytes, (uInt)count);
  }
  free(bytes);
  return done ? FM_PNG_OK : FM_PNG_MEMORY;
}
