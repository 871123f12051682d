#ifndef BN254_FP2_H
#define BN254_FP2_H
#include <stddef.h>
#include "fp.h"
/*
 * Fp2 = Fp[i], i^2 = -1: a + b*i.  As fp.h: results may be the operands, time
 * does not depend on values but where said.  xi = 1 + i is what the towers
 * above take their roots of.
 */
struct fp2 {
	struct fp a, b;
};

extern const struct fp2 fp2_one;
extern const struct fp2 fp2_zero;

static inline void
fp2_add(struct fp2 *r, const struct fp2 *x, const struct fp2 *y)
{
	fp_add(&r->a, &x->a, &y->a);
	fp_add(&r->b, &x->b, &y->b);
}

static inline void
fp2_sub(struct fp2 *r, const struct fp2 *x, const struct fp2 *y)
{
	fp_sub(&r->a, &x->a, &y->a);
	fp_sub(&r->b, &x->b, &y->b);
}

static inline void
fp2_neg(struct fp2 *r, const struct fp2 *x)
{
	fp_neg(&r->a, &x->a);
	fp_neg(&r->b, &x->b);
}

/* fp2_conj(r, x): a - b*i, which is x^p. */
static inline void
fp2_conj(struct fp2 *r, const struct fp2 *x)
{
	r->a = x->a;
	fp_neg(&r->b, &x->b);
}

/* fp2_mul_xi(r, x): (1 + i) * x */
static inline void
fp2_mul_xi(struct fp2 *r, const struct fp2 *x)
{
	struct fp a;

	fp_sub(&a, &x->a, &x->b);
	fp_add(&r->b, &x->a, &x->b);
	r->a = a;
}

void fp2_half(struct fp2 *r, const struct fp2 *x);
void fp2_mul(struct fp2 *r, const struct fp2 *x, const struct fp2 *y);
void fp2_sqr(struct fp2 *r, const struct fp2 *x);
void fp2_scale(struct fp2 *r, const struct fp2 *x, const struct fp *k);	/* k * x */
void fp2_inv(struct fp2 *r, const struct fp2 *x);	/* 1 / x, and 0 for 0 */
uint64_t fp2_equal(const struct fp2 *x, const struct fp2 *y);
uint64_t fp2_is_zero(const struct fp2 *x);
void fp2_select(struct fp2 *r, const struct fp2 *x, uint64_t take);
/* fp2_sqrt(r, x): a root, whose sign is not defined; -1 when x is no square. */
int fp2_sqrt(struct fp2 *r, const struct fp2 *x);
/*
 * fp2_inv_many(x, n, room): each of x[0..n) becomes its inverse (0 stays 0), for
 * one inversion in Fp and three multiplications there for each norm; room has n
 * elements.
 * Source: P. Montgomery, Speeding the Pollard and elliptic curve methods, 1987, 10.3.1.
 */
void fp2_inv_many(struct fp2 *x, size_t n, struct fp2 *room);
#endif
