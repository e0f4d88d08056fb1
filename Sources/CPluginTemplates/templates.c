#include "CPluginTemplates.h"

#define FILE_OF(NAME, BYTES) {NAME, BYTES, sizeof BYTES}

static const uint8_t header[] = {
#embed "../CFeatureMapPlugin/include/featuremap_plugin.h"
};
static const uint8_t c_source[] = {
#embed "c/my-plugin.c"
};
static const uint8_t c_test[] = {
#embed "c/test.c"
};
static const uint8_t c_makefile[] = {
#embed "c/Makefile"
};
static const uint8_t c_ignore[] = {
#embed "c/gitignore"
};

const fm_template *fm_c_template(size_t *count) {
  static const fm_template files[] = {
      FILE_OF("my-plugin.c", c_source), FILE_OF("test.c", c_test), FILE_OF("featuremap_plugin.h", header),
      FILE_OF("Makefile", c_makefile), FILE_OF(".gitignore", c_ignore)};
  *count = sizeof files / sizeof *files;
  return files;
}

static const uint8_t swift_package[] = {
#embed "swift/Package.swift"
};
static const uint8_t swift_kernel[] = {
#embed "swift/Sources/Detail.swift"
};
static const uint8_t swift_entry[] = {
#embed "swift/Sources/Entry.swift"
};
static const uint8_t swift_test[] = {
#embed "swift/Tests/DetailTests.swift"
};
static const uint8_t swift_ignore[] = {
#embed "swift/gitignore"
};

const fm_template *fm_swift_template(size_t *count) {
  static const fm_template files[] = {
      FILE_OF("Package.swift", swift_package),
      FILE_OF("Sources/MyPlugin/Detail.swift", swift_kernel),
      FILE_OF("Sources/MyPlugin/Entry.swift", swift_entry),
      FILE_OF("Tests/MyPluginTests/DetailTests.swift", swift_test), FILE_OF(".gitignore", swift_ignore)};
  *count = sizeof files / sizeof *files;
  return files;
}
