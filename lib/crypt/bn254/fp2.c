#include "fp2.h"

#include "fp_wide.h"

const struct fp2 fp2_zero = { { { 0 } }, { { 0 } } };
const struct fp2 fp2_one = {
	.a = { { 0x15ffffffffffff8e, 0xb939ffffffffff8a, 0xa2c62effffffffcd, 0x212ba4f27ffffff5 } },
};

void
fp2_half(struct fp2 *r, const struct fp2 *x)
{
	fp_half(&r->a, &x->a);
	fp_half(&r->b, &x->b);
}

void
fp2_mul(struct fp2 *r, const struct fp2 *x, const struct fp2 *y)
{
	struct fp2_wide w;

	fp2_wide_mul(&w, x, y);
	fp2_wide_reduce(r, &w);
}

/* (a + b)(a - b) + 2ab*i */
void
fp2_sqr(struct fp2 *r, const struct fp2 *x)
{
	struct fp sum, diff, twice;

	limbs_add(sum.v, x->a.v, x->b.v);
	fp_sub(&diff, &x->a, &x->b);
	limbs_add(twice.v, x->a.v, x->a.v);
	fp_kernel->mul(&r->b, &twice, &x->b);
	fp_kernel->mul(&r->a, &sum, &diff);
}

void
fp2_scale(struct fp2 *r, const struct fp2 *x, const struct fp *k)
{
	struct fp k_ = *k;

	fp_mul(&r->a, &x->a, &k_);
	fp_mul(&r->b, &x->b, &k_);
}

/* a^2 + b^2, one reduction for both; 0 for 0 only, as -1 is no square. */
static void
norm(struct fp *r, const struct fp2 *x)
{
	struct fp_wide aa, bb;

	fp_kernel->wide(&aa, &x->a, &x->a);
	fp_kernel->wide(&bb, &x->b, &x->b);
	limbs8_add(aa.v, aa.v, bb.v);	/* below 2p^2 */
	fp_kernel->reduce(r, &aa);
}

/* 1/(a + bi) = (a - bi)/(a^2 + b^2) */
void
fp2_inv(struct fp2 *r, const struct fp2 *x)
{
	struct fp t;

	norm(&t, x);
	fp_inv(&t, &t);
	fp2_conj(r, x);
	fp2_scale(r, r, &t);
}

uint64_t
fp2_equal(const struct fp2 *x, const struct fp2 *y)
{
	return limbs_equal(x->a.v, y->a.v) & limbs_equal(x->b.v, y->b.v);
}

uint64_t
fp2_is_zero(const struct fp2 *x)
{
	return fp2_equal(x, &fp2_zero);
}

void
fp2_select(struct fp2 *r, const struct fp2 *x, uint64_t take)
{
	fp_select(&r->a, &x->a, take);
	fp_select(&r->b, &x->b, take);
}

/* The root of a number of Fp: one of a and -a is a square there, as p = 3 mod 4. */
static void
sqrt_of_fp(struct fp2 *r, const struct fp *a)
{
	struct fp2 root = fp2_zero;
	struct fp minus;

	fp_neg(&minus, a);
	if (fp_sqrt(&root.a, a) == -1)
		(void)fp_sqrt(&root.b, &minus);
	*r = root;
}

/*
 * (c + di)^2 = a + bi: c^2 = (a + n)/2 with n^2 = a^2 + b^2, where one of both
 * signs of n makes it a square, and d = b/2c.
 */
int
fp2_sqrt(struct fp2 *r, const struct fp2 *x)
{
	struct fp2 root;
	struct fp norm, half, t;

	if (fp_is_zero(&x->b)) {
		sqrt_of_fp(r, &x->a);
		return 0;
	}
	fp_sqr(&norm, &x->a);
	fp_sqr(&t, &x->b);
	fp_add(&norm, &norm, &t);
	if (fp_sqrt(&norm, &norm) == -1)
		return -1;
	fp_add(&half, &x->a, &norm);
	fp_half(&half, &half);
	if (fp_sqrt(&root.a, &half) == -1) {
		fp_sub(&half, &half, &norm);
		if (fp_sqrt(&root.a, &half) == -1)
			return -1;
	}
	fp_add(&t, &root.a, &root.a);
	fp_inv(&t, &t);
	fp_mul(&root.b, &x->b, &t);
	*r = root;
	return 0;
}

/* Going up, room[i] keeps the norm of x[i] (1 for 0) and the product of those
 * before it; going down, `inverse` is that of the product of those up to i. */
void
fp2_inv_many(struct fp2 *x, size_t n, struct fp2 *room)
{
	struct fp product = fp_one, inverse, own;

	for (size_t i = 0; i < n; i++) {
		norm(&room[i].a, &x[i]);
		fp_select(&room[i].a, &fp_one, fp_is_zero(&room[i].a));
		room[i].b = product;
		fp_mul(&product, &product, &room[i].a);
	}
	fp_inv(&inverse, &product);
	for (size_t i = n; i-- > 0;) {
		fp_mul(&own, &inverse, &room[i].b);
		fp_mul(&inverse, &inverse, &room[i].a);
		fp2_conj(&x[i], &x[i]);
		fp2_scale(&x[i], &x[i], &own);
	}
}
