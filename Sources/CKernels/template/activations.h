/* exp, sigmoid and tanh on vectors. The tail of an array goes through the same vector code in a small
 * buffer, so that a value does not depend on its place. */

/* e^r for |r| <= ln 2 / 2: 1 + r + r^2 q(r), q the polynomial of degree 4 that makes the largest relative error
 * least, 3.1e-9 (found by Lawson's iteration). */
INLINE V exp_polynomial(V r) {
  V p = splat(1.3814612757e-3f);
  p = multiply_add(p, r, splat(8.3687100559e-3f));
  p = multiply_add(p, r, splat(4.1668388993e-2f));
  p = multiply_add(p, r, splat(1.6666521132e-1f));
  p = multiply_add(p, r, splat(4.9999994040e-1f));
  p = multiply_add(p, r, splat(1.f));
  return multiply_add(p, r, splat(1.f));
}

/* e^x by Cody and Waite: x = n ln 2 + r, a polynomial for e^r, 2^n
 * through the exponent bits in two halves, so that results down to the smallest normal number are right. */
INLINE V exp_vector(V x) {
  const V clamped = __builtin_elementwise_min(__builtin_elementwise_max(x, splat(-104.f)), splat(89.f));
  const V shifted = multiply_add(clamped, splat(1.44269504f), splat(12582912.f));
  const V n = shifted - 12582912.f;
  V r = multiply_add(n, splat(-0.693359375f), clamped);
  r = multiply_add(n, splat(2.12194440e-4f), r);
  const V p = exp_polynomial(r);
  const VI whole = (VI)shifted - (VI)splat(12582912.f);
  const VI half = whole >> 1;
  const V first = (V)((half + 127) << 23);
  const V second = (V)((whole - half + 127) << 23);
  return choose(x != x, x, p * first * second);
}

/* 1 / (1 + e^-x), of as few operations as it takes: next to the products of a small network they are what costs.
 * With -x = n ln 2 + r and c = r coth(r / 2), e^r = (c + r) / (c - r), so that one division serves both: the result
 * is (c - r) / (c - r + 2^n (c + r)). c is a polynomial in r^2 with a relative error of e^r below 6e-10 (Lawson's
 * iteration). 12583039 is 1.5 * 2^23, which rounds to whole numbers, and the bias of exponents, 127.
 * Neither end needs exact digits: beyond 2^127 the power is infinite and the result 0; 2^-126 and less is nothing
 * beside c - r. */
INLINE V sigmoid_vector(V x) {
  const V low = choose(x > splat(87.f), splat(87.f), x);
  const V clamped = choose(low < splat(-89.f), splat(-89.f), low);
  const V shifted = multiply_add(clamped, splat(-1.44269504f), splat(12583039.f));
  const V n = shifted - 12583039.f;
  V r = multiply_add(n, splat(-0.693359375f), -clamped);
  r = multiply_add(n, splat(2.12194440e-4f), r);
  const V square = r * r;
  V c = multiply_add(square, splat(-2.7659754e-3f), splat(1.6666618e-1f));
  c = multiply_add(c, square, splat(2.f));
  const V rest = c - r;
  return rest / multiply_add(c + r, (V)((VI)shifted << 23), rest);
}

/* Near 0 a polynomial in x^2 (Cephes' tanhf), which keeps the relative error small; else by exp. */
INLINE V tanh_vector(V x) {
  const V size = (V)((VI)x & 0x7fffffff);
  const V large = 1.f - 2.f / (exp_vector(size * 2.f) + 1.f);
  const V square = x * x;
  V p = splat(-5.70498872745e-3f);
  p = multiply_add(p, square, splat(2.06390887954e-2f));
  p = multiply_add(p, square, splat(-5.37397155531e-2f));
  p = multiply_add(p, square, splat(1.33314422036e-1f));
  p = multiply_add(p, square, splat(-3.33332819422e-1f));
  const V small = multiply_add(p * square, size, size);
  const V result = choose(size < splat(0.625f), small, large);
  return choose(x != x, x, (V)((VI)result | ((VI)x & (int32_t)0x80000000)));
}

INLINE V relu_vector(V x) { return choose((x > splat(0)) | (x != x), x, splat(0)); }

#define FM_ELEMENTWISE(function, vector)                             \
  static void function(const float *x, float *y, size_t n) {         \
    size_t i = 0;                                                    \
    for (; i + VL <= n; i += VL) store(y + i, vector(load(x + i)));  \
    if (i == n) return;                                              \
    float rest[VL] = {0};                                            \
    memcpy(rest, x + i, (n - i) * sizeof(float));                    \
    store(rest, vector(load(rest)));                                 \
    memcpy(y + i, rest, (n - i) * sizeof(float));                    \
  }

FM_ELEMENTWISE(exp_all, exp_vector)
FM_ELEMENTWISE(sigmoid_all, sigmoid_vector)
FM_ELEMENTWISE(tanh_all, tanh_vector)
FM_ELEMENTWISE(relu_all, relu_vector)

/* Explicit vectors, because x and y may be the same: the compiler's own would first ask, and then refuse. */
#define FM_GRADIENT(function, of_vectors, of_numbers)                                            \
  static void function(const float *y, const float *dy, float *dx, size_t n) {                   \
    size_t i = 0;                                                                                \
    for (; i + VL <= n; i += VL) store(dx + i, of_vectors(load(y + i), load(dy + i)));           \
    for (; i < n; i++) dx[i] = of_numbers(y[i], dy[i]);                                          \
  }
#define FM_SIGMOID_GRADIENT(y, dy) ((dy) * (y) * (1.f - (y)))
#define FM_TANH_GRADIENT(y, dy) ((dy) * (1.f - (y) * (y)))
#define FM_RELU_GRADIENT(y, dy) ((y) > 0 ? (dy) : 0)
INLINE V sigmoid_gradient_vector(V y, V dy) { return FM_SIGMOID_GRADIENT(y, dy); }
INLINE V tanh_gradient_vector(V y, V dy) { return FM_TANH_GRADIENT(y, dy); }
INLINE V relu_gradient_vector(V y, V dy) { return choose(y > splat(0), dy, splat(0)); }
FM_GRADIENT(sigmoid_gradient, sigmoid_gradient_vector, FM_SIGMOID_GRADIENT)
FM_GRADIENT(tanh_gradient, tanh_gradient_vector, FM_TANH_GRADIENT)
FM_GRADIENT(relu_gradient, relu_gradient_vector, FM_RELU_GRADIENT)

/* In place on whole vectors: n is a multiple of VL. */
INLINE void activate(int32_t kind, float *x, size_t n) {
  switch (kind) {
    case FM_SIGMOID: for (size_t i = 0; i < n; i += VL) store(x + i, sigmoid_vector(load(x + i))); break;
    case FM_RELU: for (size_t i = 0; i < n; i += VL) store(x + i, relu_vector(load(x + i))); break;
    case FM_TANH: for (size_t i = 0; i < n; i += VL) store(x + i, tanh_vector(load(x + i))); break;
  }
}

INLINE V activated(int32_t kind, V x) {
  switch (kind) {
    case FM_SIGMOID: return sigmoid_vector(x);
    case FM_RELU: return relu_vector(x);
    case FM_TANH: return tanh_vector(x);
    default: return x;
  }
}

INLINE V load_part(const float *p, size_t n) {
  if (n >= VL) return load(p);
  float part[VL] = {0};
  memcpy(part, p, n * sizeof(float));
  return load(part);
}

INLINE void store_part(float *p, V v, size_t n) {
  if (n >= VL) {
    store(p, v);
    return;
  }
  float part[VL];
  store(part, v);
  memcpy(p, part, n * sizeof(float));
}

/* What was lost in the sum a + b (Knuth). */
INLINE V lost_in_sum(V a, V b, V sum) {
  const V rest = sum - a;
  return (a - (sum - rest)) + (b - rest);
}

/* The rounding of x - max would cost many units in the last place after exp; so would a plain sum of many
 * classes. Both errors are carried along. */
static void softmax(const float *x, int32_t channels, size_t places, float *y) {
  for (size_t i = 0; i < places; i += VL) {
    const size_t n = places - i;
    V largest = load_part(x + i, n);
    for (int c = 1; c < channels; c++) {
      const V v = load_part(x + c * places + i, n);
      largest = choose((v > largest) | (v != v), v, largest);
    }
    V sum = splat(0), lost = splat(0);
    for (int c = 0; c < channels; c++) {
      const V v = load_part(x + c * places + i, n);
      const V difference = v - largest;
      const V power = exp_vector(difference);
      const V e = choose(power == splat(0), power, multiply_add(power, lost_in_sum(v, -largest, difference), power));
      store_part(y + c * places + i, e, n);
      const V next = sum + e;
      lost += lost_in_sum(sum, e, next);
      sum = next;
    }
    sum += lost;
    for (int c = 0; c < channels; c++) {
      float *out = y + c * places + i;
      store_part(out, load_part(out, n) / sum, n);
    }
  }
}
