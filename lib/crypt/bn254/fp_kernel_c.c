#include "fp_kernel.h"

static void
mul(struct fp *r, const struct fp *a, const struct fp *b)
{
	limbs_mul_mod(r->v, a->v, b->v, &fp_mod);
}

static void
wide(struct fp_wide *r, const struct fp *a, const struct fp *b)
{
	limbs_mul_wide(r->v, a->v, b->v);
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
