#ifndef VDAF_NTT_H
#define VDAF_NTT_H
#include "field128.h"
#include "field64.h"
/*
 * Number theoretic transforms of n elements, n a power of two from 1, in place.
 *
 * ntt64_roots(w, n): w[i] = z^i for i < n, factors, z the principal n-th root.
 * ntt64(a, n, w, step): coefficients to the values at the n-th roots, in order; w
 * are the roots of order n * step.
 * ntt64_inverse(a, n, w, step, part): values to coefficients; part = 1 / n, a factor.
 * The form of the elements stays.  Time depends on n.
 *
 * Source: Cooley, Tukey, 1965.
 */
void ntt64_roots(struct f64 *w, size_t n);
void ntt64(struct f64 *a, size_t n, const struct f64 *w, size_t step);
void ntt64_inverse(struct f64 *a, size_t n, const struct f64 *w, size_t step, struct f64 part);

void ntt128_roots(struct f128 *w, size_t n);
void ntt128(struct f128 *a, size_t n, const struct f128 *w, size_t step);
void ntt128_inverse(struct f128 *a, size_t n, const struct f128 *w, size_t step, struct f128 part);
#endif
