#include "fp.h"

#include "../../base/rand.h"
#include "fp_kernel.h"
#include "limbs.h"

const struct fp fp_zero = { { 0 } };
const struct fp fp_one = { { 0x15ffffffffffff8e, 0xb939ffffffffff8a, 0xa2c62effffffffcd, 0x212ba4f27ffffff5 } };

const struct limbs_mod fp_mod = {
	.m = { 0xa700000000000013, 0x6121000000000013, 0xba344d8000000008, 0x2523648240000001 },
	.neg_inv = 0x08435e50d79435e5,
	.r2 = { 0xb3e886745370473d, 0x55efbf6e8c1cc3f1, 0x281e3a1b7f86954f, 0x1b0a32fdf6403a3d },
};
static const uint64_t minus_two[4] = {	/* p - 2: Fermat's inverse */
	0xa700000000000011, 0x6121000000000013, 0xba344d8000000008, 0x2523648240000001,
};
static const uint64_t quarter[4] = {	/* (p + 1) / 4: a root, as p = 3 mod 4 */
	0xe9c0000000000005, 0x1848400000000004, 0x6e8d136000000002, 0x0948d92090000000,
};

void
fp_half(struct fp *r, const struct fp *a)
{
	limbs_half_mod(r->v, a->v, fp_mod.m);
}

void
fp_mul(struct fp *r, const struct fp *a, const struct fp *b)
{
	fp_kernel->mul(r, a, b);
}

void
fp_sqr(struct fp *r, const struct fp *a)
{
	fp_kernel->mul(r, a, a);
}

/* a^e by windows of four bits, e public. */
static void
power(struct fp *r, const struct fp *a, const uint64_t e[4])
{
	struct fp table[16], acc = fp_one;

	table[0] = fp_one;
	for (int i = 1; i < 16; i++)
		fp_mul(&table[i], &table[i - 1], a);
	for (int i = 63; i >= 0; i--) {
		for (int j = 0; j < 4; j++)
			fp_sqr(&acc, &acc);
		fp_mul(&acc, &acc, &table[e[i / 16] >> i % 16 * 4 & 15]);
	}
	*r = acc;
}

void
fp_inv(struct fp *r, const struct fp *a)
{
	power(r, a, minus_two);
}

int
fp_sqrt(struct fp *r, const struct fp *a)
{
	struct fp root, back;

	power(&root, a, quarter);
	fp_sqr(&back, &root);
	if (!fp_equal(&back, a))
		return -1;
	*r = root;
	return 0;
}

uint64_t
fp_equal(const struct fp *a, const struct fp *b)
{
	return limbs_equal(a->v, b->v);
}

uint64_t
fp_is_zero(const struct fp *a)
{
	return limbs_equal(a->v, fp_zero.v);
}

void
fp_select(struct fp *r, const struct fp *a, uint64_t take)
{
	limbs_select(r->v, a->v, take);
}

int
fp_from_bytes(struct fp *r, const uint8_t p[FP_BYTES])
{
	struct fp plain;
	uint64_t rest[4];

	limbs_from_be(plain.v, p);
	if (limbs_sub(rest, plain.v, fp_mod.m) == 0)
		return -1;
	fp_kernel->mul(r, &plain, (const struct fp *)fp_mod.r2);
	return 0;
}

void
fp_to_bytes(uint8_t p[FP_BYTES], const struct fp *a)
{
	static const struct fp unit = { { 1 } };
	struct fp plain;

	fp_kernel->mul(&plain, a, &unit);
	limbs_to_be(p, plain.v);
}

void
fp_random(struct fp *r)
{
	uint8_t p[FP_BYTES];

	do {
		rand_bytes(p, sizeof(p));
		p[0] &= 0x3f;
	} while (fp_from_bytes(r, p) == -1);
}
