#ifndef BN254_FP6_H
#define BN254_FP6_H
#include "fp_wide.h"
/*
 * Fp6 = Fp2[s], s^3 = xi, the middle of the tower.  Products come unreduced, so
 * that Fp12 reduces its sums of them once.
 */
struct fp6 {
	struct fp2 s[3];
};
struct fp6_wide {
	struct fp2_wide s[3];
};

static inline void
fp6_add(struct fp6 *r, const struct fp6 *x, const struct fp6 *y)
{
	for (int i = 0; i < 3; i++)
		fp2_add(&r->s[i], &x->s[i], &y->s[i]);
}

static inline void
fp6_sub(struct fp6 *r, const struct fp6 *x, const struct fp6 *y)
{
	for (int i = 0; i < 3; i++)
		fp2_sub(&r->s[i], &x->s[i], &y->s[i]);
}

static inline void
fp6_neg(struct fp6 *r, const struct fp6 *x)
{
	for (int i = 0; i < 3; i++)
		fp2_neg(&r->s[i], &x->s[i]);
}

/* fp6_mul_s(r, x): s * x */
static inline void
fp6_mul_s(struct fp6 *r, const struct fp6 *x)
{
	struct fp2 top;

	fp2_mul_xi(&top, &x->s[2]);
	r->s[2] = x->s[1];
	r->s[1] = x->s[0];
	r->s[0] = top;
}

static inline void
fp6_wide_add(struct fp6_wide *r, const struct fp6_wide *x, const struct fp6_wide *y)
{
	for (int i = 0; i < 3; i++)
		fp2_wide_add(&r->s[i], &x->s[i], &y->s[i]);
}

static inline void
fp6_wide_sub(struct fp6_wide *r, const struct fp6_wide *x, const struct fp6_wide *y)
{
	for (int i = 0; i < 3; i++)
		fp2_wide_sub(&r->s[i], &x->s[i], &y->s[i]);
}

static inline void
fp6_wide_mul_s(struct fp6_wide *r, const struct fp6_wide *x)
{
	struct fp2_wide top;

	fp2_wide_mul_xi(&top, &x->s[2]);
	r->s[2] = x->s[1];
	r->s[1] = x->s[0];
	r->s[0] = top;
}

static inline void
fp6_wide_reduce(struct fp6 *r, const struct fp6_wide *x)
{
	for (int i = 0; i < 3; i++)
		fp2_wide_reduce(&r->s[i], &x->s[i]);
}

/* fp6_wide_mul(r, x, y): six products in Fp2. */
void fp6_wide_mul(struct fp6_wide *r, const struct fp6 *x, const struct fp6 *y);
/* fp6_wide_mul_01(r, x, y0, y1): by the sparse y0 + y1*s, five products. */
void fp6_wide_mul_01(struct fp6_wide *r, const struct fp6 *x, const struct fp2 *y0, const struct fp2 *y1);
void fp6_mul(struct fp6 *r, const struct fp6 *x, const struct fp6 *y);
void fp6_inv(struct fp6 *r, const struct fp6 *x);	/* 0 for 0 */
#endif
