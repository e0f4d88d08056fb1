/* The files that `featuremap plugin new` writes, compiled into the program. In their names and texts "my-plugin"
 * stands for the plugin's name, "MyPlugin" for its module, and "FEATUREMAP" for where the package is. */
#ifndef FM_CPLUGINTEMPLATES_H
#define FM_CPLUGINTEMPLATES_H
#include <stddef.h>
#include <stdint.h>

typedef struct fm_template {
  const char *path; /* below the plugin's folder */
  const uint8_t *bytes;
  size_t size;
} fm_template;

/* The files of a plugin in this language; their number goes to *count. They live as long as the program. */
const fm_template *fm_c_template(size_t *count);
const fm_template *fm_swift_template(size_t *count);
#endif
