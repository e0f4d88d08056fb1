/* The machine's peak: nothing but multiplications and additions in registers. */

/* Chains that do not wait for each other, enough for the latency times the units of known cores and few enough
 * for the registers. */
#if VL == 16 || defined(__aarch64__)
#define FM_PEAK_CHAINS 24
#else
#define FM_PEAK_CHAINS 12
#endif

static double peak(size_t rounds, float factor, float addend, float *sink) {
  V chain[FM_PEAK_CHAINS];
  const V factors = splat(factor), addends = splat(addend);
  UNROLL for (int i = 0; i < FM_PEAK_CHAINS; i++) chain[i] = splat((float)(i + 1));
  for (size_t round = 0; round < rounds; round++) {
#ifdef FM_HAS_FMA
    UNROLL for (int i = 0; i < FM_PEAK_CHAINS; i++) chain[i] = chain[i] * factors + addends;
#else
    /* Without FMA a chain that does both waits for both: half of the chains multiply, half add. */
    UNROLL for (int i = 0; i < FM_PEAK_CHAINS; i += 2) {
      chain[i] = chain[i] * factors;
      chain[i + 1] = chain[i + 1] + addends;
    }
#endif
  }
  V sum = chain[0];
  UNROLL for (int i = 1; i < FM_PEAK_CHAINS; i++) sum += chain[i];
  *sink = sum_of_lanes(sum);
#ifdef FM_HAS_FMA
  return 2.0 * FM_PEAK_CHAINS * VL * (double)rounds;
#else
  return 1.0 * FM_PEAK_CHAINS * VL * (double)rounds;
#endif
}
