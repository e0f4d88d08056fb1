/* The parts of the pages that `featuremap report` and `featuremap serve` fill, compiled into the program. */
#ifndef FM_CWEBPAGES_H
#define FM_CWEBPAGES_H
#include <stddef.h>
#include <stdint.h>

/* The bytes of the file of the name, which live as long as the program; their number goes to *size. */
const uint8_t *fm_page_html(size_t *size);
const uint8_t *fm_page_css(size_t *size);
const uint8_t *fm_page_js(size_t *size);
const uint8_t *fm_serve_html(size_t *size);
const uint8_t *fm_serve_css(size_t *size);
const uint8_t *fm_serve_js(size_t *size);
#endif
