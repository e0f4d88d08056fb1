#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#endif

#pragma GCC visibility push(hidden)
extern const fm_kernels fm_kernels_base;
#if defined(__x86_64__)
extern const fm_kernels fm_kernels_avx2, fm_kernels_avx512;
#endif
#pragma GCC visibility pop

const fm_kernels *fm_kernels_named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!strcmp(name, fm_kernels_avx512.name))
    return __builtin_cpu_supports("x86-64-v4") ? &fm_kernels_avx512 : NULL;
  if (!strcmp(name, fm_kernels_avx2.name))
    return __builtin_cpu_supports("x86-64-v3") ? &fm_kernels_avx2 : NULL;
#endif
  return strcmp(name, fm_kernels_base.name) ? NULL : &fm_kernels_base;
}

const fm_kernels *fm_kernels_best(void) {
  const char *wanted = getenv("FEATUREMAP_ISA");
  const fm_kernels *kernels = wanted ? fm_kernels_named(wanted) : NULL;
#if defined(__x86_64__)
  if (!kernels) kernels = fm_kernels_named("avx512");
  if (!kernels) kernels = fm_kernels_named("avx2");
#endif
  return kernels ? kernels : &fm_kernels_base;
}

void fm_use_large_pages(void *memory, size_t bytes) {
#if defined(MADV_HUGEPAGE)
  madvise(memory, bytes, MADV_HUGEPAGE);
#else
  (void)memory, (void)bytes;
#endif
}

void fm_keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
#endif
}
