/* The page that `featuremap report` fills: HTML with its styles and script, compiled into the program. */
#ifndef FM_CREPORTPAGE_H
#define FM_CREPORTPAGE_H
#include <stddef.h>
#include <stdint.h>

/* The bytes of report.html, which live as long as the program; their number goes to *size. */
const uint8_t *fm_report_page(size_t *size);
#endif
