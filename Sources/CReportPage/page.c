#include "CReportPage.h"

static const uint8_t page[] = {
#embed "report.html"
};

const uint8_t *fm_report_page(size_t *size) {
  *size = sizeof page;
  return page;
}
