#include "gt.h"

#include "ladder.h"

const struct gt gt_one = { .f.c[0].s[0] = {
	.a = { { 0x15ffffffffffff8e, 0xb939ffffffffff8a, 0xa2c62effffffffcd, 0x212ba4f27ffffff5 } },
} };

void
gt_mul(struct gt *r, const struct gt *a, const struct gt *b)
{
	fp12_mul(&r->f, &a->f, &b->f);
}

void
gt_inv(struct gt *r, const struct gt *a)
{
	fp12_conj(&r->f, &a->f);
}

void
gt_div(struct gt *r, const struct gt *a, const struct gt *b)
{
	struct gt t;

	gt_inv(&t, b);
	gt_mul(r, a, &t);
}

static void
add(void *r, const void *a, const void *b)
{
	gt_mul(r, a, b);
}

static void
dbl(void *r, const void *a)
{
	struct gt *out = r;
	const struct gt *in = a;

	fp12_sqr_cyclotomic(&out->f, &in->f);
}

static void
neg(void *r, const void *a)
{
	gt_inv(r, a);
}

static void
endo(void *r, const void *a)
{
	struct gt *out = r;
	const struct gt *in = a;

	fp12_frobenius(&out->f, &in->f, 1);
}

static const struct ladder_group group = {
	.words = sizeof(struct gt) / 8, .neutral = &gt_one, .add = add, .dbl = dbl, .neg = neg,
	.endo = endo, .lattice = &fr_lattice_frobenius,
};

void
gt_pow(struct gt *r, const struct gt *a, const struct fr *k)
{
	ladder_mul(&group, r, a, k);
}

bool
gt_equal(const struct gt *a, const struct gt *b)
{
	return fp12_equal(&a->f, &b->f);
}

bool
gt_is_one(const struct gt *a)
{
	return gt_equal(a, &gt_one);
}

void
gt_pow_u(struct gt *r, const struct gt *a)
{
	struct fp12 f = a->f;

	for (int i = 0; i < FP_U_HIGH - FP_U_LOW; i++)
		fp12_sqr_cyclotomic(&f, &f);
	fp12_mul(&f, &f, &a->f);
	for (int i = 0; i < FP_U_LOW; i++)
		fp12_sqr_cyclotomic(&f, &f);
	fp12_mul(&f, &f, &a->f);
	fp12_conj(&r->f, &f);
}

/* a^(p^4) * a = a^(p^2) */
static bool
is_cyclotomic(const struct gt *a)
{
	struct fp12 square, fourth;

	fp12_frobenius(&square, &a->f, 2);
	fp12_frobenius(&fourth, &square, 2);
	fp12_mul(&fourth, &fourth, &a->f);
	return fp12_equal(&fourth, &square);
}

bool
gt_in_group(const struct gt *a)
{
	static const struct fp12 zero;
	struct gt power, t, frobenius;

	if (fp12_equal(&a->f, &zero) || !is_cyclotomic(a))
		return false;
	gt_pow_u(&power, a);
	gt_pow_u(&power, &power);
	fp12_sqr_cyclotomic(&t.f, &power.f);
	gt_mul(&power, &t, &power);
	fp12_sqr_cyclotomic(&power.f, &power.f);
	fp12_frobenius(&frobenius.f, &a->f, 1);
	return gt_equal(&power, &frobenius);
}
