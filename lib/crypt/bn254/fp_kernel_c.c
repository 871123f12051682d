#include "fp_kernel.h"

static void
mul(struct fp *r, const struct fp *a, const struct fp *b)
{
	limbs_mul_mod(r->v, a->v, b->v, &fp_mod);
}

/* t[0..4] += a * b, t[4] being empty before */
static void
add_row(uint64_t t[5], const uint64_t a[4], uint64_t b)
{
	uint64_t carry = 0;

	t[0] = limbs_mac(t[0], a[0], b, &carry);
	t[1] = limbs_mac(t[1], a[1], b, &carry);
	t[2] = limbs_mac(t[2], a[2], b, &carry);
	t[3] = limbs_mac(t[3], a[3], b, &carry);
	t[4] = carry;
}

static void
wide(struct fp_wide *r, const struct fp *a, const struct fp *b)
{
	uint64_t t[8] = { 0 };

	add_row(t, a->v, b->v[0]);
	add_row(t + 1, a->v, b->v[1]);
	add_row(t + 2, a->v, b->v[2]);
	add_row(t + 3, a->v, b->v[3]);
	memcpy(r->v, t, sizeof(t));
}

/* Adds the multiple of p that makes t[0] zero; the carry out goes to t[4], with
 * the carry *over that the step before left for there. */
static void
reduce_row(uint64_t t[5], uint64_t *over)
{
	uint64_t k = t[0] * fp_mod.neg_inv, carry = 0;

	(void)limbs_mac(t[0], k, fp_mod.m[0], &carry);
	t[1] = limbs_mac(t[1], k, fp_mod.m[1], &carry);
	t[2] = limbs_mac(t[2], k, fp_mod.m[2], &carry);
	t[3] = limbs_mac(t[3], k, fp_mod.m[3], &carry);
	t[4] = limbs_addc(t[4], carry, over);
}

static void
reduce(struct fp *r, const struct fp_wide *a)
{
	uint64_t t[8], over = 0;

	memcpy(t, a->v, sizeof(t));
	reduce_row(t, &over);
	reduce_row(t + 1, &over);
	reduce_row(t + 2, &over);
	reduce_row(t + 3, &over);
	limbs_sub_mod(r->v, t + 4, fp_mod.m, fp_mod.m);
}

const struct fp_kernel fp_kernel_c = { .name = "c", .mul = mul, .wide = wide, .reduce = reduce };
