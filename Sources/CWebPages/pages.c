#include "CWebPages.h"

static const uint8_t page_html[] = {
#embed "page.html"
};

const uint8_t *fm_page_html(size_t *size) {
  *size = sizeof page_html;
  return page_html;
}

static const uint8_t page_css[] = {
#embed "page.css"
};

const uint8_t *fm_page_css(size_t *size) {
  *size = sizeof page_css;
  return page_css;
}

static const uint8_t page_js[] = {
#embed "page.js"
};

const uint8_t *fm_page_js(size_t *size) {
  *size = sizeof page_js;
  return page_js;
}

static const uint8_t serve_html[] = {
#embed "serve.html"
};

const uint8_t *fm_serve_html(size_t *size) {
  *size = sizeof serve_html;
  return serve_html;
}

static const uint8_t serve_css[] = {
#embed "serve.css"
};

const uint8_t *fm_serve_css(size_t *size) {
  *size = sizeof serve_css;
  return serve_css;
}

static const uint8_t serve_js[] = {
#embed "serve.js"
};

const uint8_t *fm_serve_js(size_t *size) {
  *size = sizeof serve_js;
  return serve_js;
}
