#ifndef BN254_FP12_H
#define BN254_FP12_H
#include "fp6.h"
/*
 * Fp12 = Fp2[w], w^6 = xi, as Fp6[w] over Fp6 = Fp2[s], s = w^2, s^3 = xi:
 * c[0] holds the coefficients of w^0, w^2, w^4 and c[1] those of w, w^3, w^5.
 * As fp.h: results may be the operands, time does not depend on values.
 */
struct fp12 {
	struct fp6 c[2];
};

extern const struct fp12 fp12_one;

void fp12_mul(struct fp12 *r, const struct fp12 *x, const struct fp12 *y);
void fp12_sqr(struct fp12 *r, const struct fp12 *x);
void fp12_conj(struct fp12 *r, const struct fp12 *x);	/* x^(p^6): w becomes -w */
void fp12_inv(struct fp12 *r, const struct fp12 *x);	/* 0 for 0 */
/* fp12_frobenius(r, x, k): x^(p^k), k = 1, 2 or 3. */
void fp12_frobenius(struct fp12 *r, const struct fp12 *x, unsigned k);
/* fp12_mul_line(r, x, y0, y1, y3): x times the sparse y0 + y1*w + y3*w^3. */
void fp12_mul_line(struct fp12 *r, const struct fp12 *x, const struct fp2 *y0,
    const struct fp2 *y1, const struct fp2 *y3);
/*
 * fp12_sqr_cyclotomic(r, x): x^2 for x with x^(p^4 - p^2 + 1) = 1 only.
 * Source: Granger, Scott, Faster squaring in the cyclotomic subgroup of sixth
 * degree extensions, PKC 2010, section 3.2.
 */
void fp12_sqr_cyclotomic(struct fp12 *r, const struct fp12 *x);
bool fp12_equal(const struct fp12 *x, const struct fp12 *y);
#endif
