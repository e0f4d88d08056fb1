/* Calls the plugin as featuremap does and compares with values made by hand. */
#include "featuremap_plugin.h"

#include <stdio.h>
#include <string.h>

static int expect(double amount, double radius, const float picture[9], const float expected[9]) {
  static const fmp_host host = {
      .struct_size = sizeof host, .abi_major = FMP_ABI_MAJOR, .abi_minor = FMP_ABI_MINOR, .name = "test"};
  const fmp_kernel *kernel = featuremap_plugin(&host)->kernels[0];
  fmp_value values[] = {{amount, NULL}, {radius, NULL}};
  fmp_error error = {.struct_size = sizeof error};
  fmp_shape shape = {1, 3, 3};
  float result[9];
  fmp_input input = {picture, shape};
  fmp_output output = {result, shape};
  void *instance = kernel->create(kernel, values, 2, &error);
  int32_t status = kernel->run(instance, &input, &output, &error);
  kernel->destroy(instance);
  if (status == FMP_OK && !memcmp(result, expected, sizeof result)) return 0;
  printf("wrong for amount %g, radius %g\n", amount, radius);
  return 1;
}

int main(void) {
  const float plain[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  const float point[9] = {0, 0, 0, 0, 9, 0, 0, 0, 0};
  const float sharper[9] = {-2, -2, -2, -2, 25, -2, -2, -2, -2};
  int failures = expect(5, 2, plain, plain) + expect(2, 1, point, sharper);
  if (!failures) puts("all well");
  return failures != 0;
}
