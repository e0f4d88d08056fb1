/* Calls the plugin as featuremap does and compares with values made by hand. */
#include "featuremap_plugin.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void expect(const char *kernel, double radius, double shape, const float expected[9]) {
  static const float picture[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  static const fmp_host host = {
      .struct_size = sizeof host, .abi_major = FMP_ABI_MAJOR, .abi_minor = FMP_ABI_MINOR, .name = "test"};
  const fmp_plugin *plugin = featuremap_plugin(&host);
  for (uint32_t i = 0; i < plugin->kernel_count; i++) {
    const fmp_kernel *k = plugin->kernels[i];
    fmp_value values[2] = {{radius, NULL}, {shape, NULL}};
    fmp_error error = {.struct_size = sizeof error};
    fmp_shape size = {1, 3, 3};
    float result[9];
    fmp_input input = {picture, size};
    fmp_output output = {result, size};
    void *instance;
    if (strcmp(k->name, kernel)) continue;
    instance = k->create(k, values, 2, &error);
    k->run(instance, &input, &output, &error);
    k->destroy(instance);
    if (!memcmp(result, expected, sizeof result)) return;
  }
  printf("%s is wrong for radius %g, shape %g\n", kernel, radius, shape);
  failures++;
}

int main(void) {
  expect("erode", 1, 0, (const float[]){1, 1, 2, 1, 1, 2, 4, 4, 5});
  expect("dilate", 1, 0, (const float[]){5, 6, 6, 8, 9, 9, 8, 9, 9});
  expect("dilate", 1, 2, (const float[]){4, 5, 6, 7, 8, 9, 8, 9, 9});
  expect("outline", 1, 0, (const float[]){4, 5, 4, 7, 8, 7, 4, 5, 4});
  expect("outline", 0, 1, (const float[]){0, 0, 0, 0, 0, 0, 0, 0, 0});
  if (!failures) puts("all well");
  return failures != 0;
}
