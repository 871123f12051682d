#ifndef BN254_FP_WIDE_H
#define BN254_FP_WIDE_H
#include "fp2.h"
#include "fp_kernel.h"
/*
 * Products that wait for their reduction.  A wide number stands for a number
 * modulo p*2^256 and is below it; sums and differences stay there by adding or
 * taking away p from the upper half.  Sums of products need one reduction this
 * way, not one a product.  Source: Aranha et al., Eurocrypt 2011, section 3.
 */
struct fp2_wide {
	struct fp_wide a, b;
};

static inline void
fp_wide_add(struct fp_wide *r, const struct fp_wide *x, const struct fp_wide *y)
{
	limbs8_add(r->v, x->v, y->v);
	limbs_sub_mod(r->v + 4, r->v + 4, fp_mod.m, fp_mod.m);
}

static inline void
fp_wide_sub(struct fp_wide *r, const struct fp_wide *x, const struct fp_wide *y)
{
	uint64_t back[4];

	limbs_and(back, fp_mod.m, limbs8_sub(r->v, x->v, y->v));
	limbs_add(r->v + 4, r->v + 4, back);
}

static inline void
fp2_wide_add(struct fp2_wide *r, const struct fp2_wide *x, const struct fp2_wide *y)
{
	fp_wide_add(&r->a, &x->a, &y->a);
	fp_wide_add(&r->b, &x->b, &y->b);
}

static inline void
fp2_wide_sub(struct fp2_wide *r, const struct fp2_wide *x, const struct fp2_wide *y)
{
	fp_wide_sub(&r->a, &x->a, &y->a);
	fp_wide_sub(&r->b, &x->b, &y->b);
}

static inline void
fp2_wide_mul_xi(struct fp2_wide *r, const struct fp2_wide *x)
{
	struct fp_wide a;

	fp_wide_sub(&a, &x->a, &x->b);
	fp_wide_add(&r->b, &x->a, &x->b);
	r->a = a;
}

static inline void
fp2_wide_reduce(struct fp2 *r, const struct fp2_wide *x)
{
	fp_kernel->reduce(&r->a, &x->a);
	fp_kernel->reduce(&r->b, &x->b);
}

/* Karatsuba: three products.  The sums of the operands' halves are below 2p and
 * their product below 4p^2, and what is taken off it is part of it. */
static inline void
fp2_wide_mul(struct fp2_wide *r, const struct fp2 *x, const struct fp2 *y)
{
	struct fp sx, sy;
	struct fp_wide aa, bb;

	limbs_add(sx.v, x->a.v, x->b.v);
	limbs_add(sy.v, y->a.v, y->b.v);
	fp_kernel->wide(&aa, &x->a, &y->a);
	fp_kernel->wide(&bb, &x->b, &y->b);
	fp_kernel->wide(&r->b, &sx, &sy);
	limbs8_sub(r->b.v, r->b.v, aa.v);
	limbs8_sub(r->b.v, r->b.v, bb.v);
	fp_wide_sub(&r->a, &aa, &bb);
}
#endif
