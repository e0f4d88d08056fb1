/* A plugin in C that is linked into the program, to measure what the border costs. */
#ifndef FEATUREMAP_BENCHMARK_PLUGIN_H
#define FEATUREMAP_BENCHMARK_PLUGIN_H

/* Its table, a const fmp_plugin *. */
const void *fm_benchmark_plugin(void);

#endif
