#include "fr.h"

#include <string.h>

#include "../../base/rand.h"
#include "limbs.h"

const struct fr fr_zero = { { 0 } };
const struct fr fr_one = { { 0x39ffffffffffffb2, 0x0242ffffffffff9c, 0xa2c62effffffffd0, 0x212ba4f27ffffff5 } };

static const struct limbs_mod mod = {
	.m = { 0xa10000000000000d, 0xff9f800000000010, 0xba344d8000000007, 0x2523648240000001 },
	.neg_inv = 0xea3b13b13b13b13b,
	.r2 = { 0xdf8596b6f40aa7a1, 0xe0885092e2231ec3, 0xc300765b575d5a78, 0x24e8b3bc325f9035 },
};
static const uint64_t minus_two[4] = {	/* r - 2: Fermat's inverse */
	0xa10000000000000b, 0xff9f800000000010, 0xba344d8000000007, 0x2523648240000001,
};

void
fr_add(struct fr *r, const struct fr *a, const struct fr *b)
{
	limbs_add_mod(r->v, a->v, b->v, mod.m);
}

void
fr_sub(struct fr *r, const struct fr *a, const struct fr *b)
{
	limbs_sub_mod(r->v, a->v, b->v, mod.m);
}

void
fr_neg(struct fr *r, const struct fr *a)
{
	limbs_sub_mod(r->v, fr_zero.v, a->v, mod.m);
}

void
fr_mul(struct fr *r, const struct fr *a, const struct fr *b)
{
	limbs_mul_mod(r->v, a->v, b->v, &mod);
}

void
fr_inv(struct fr *r, const struct fr *a)
{
	limbs_pow_mod(r->v, a->v, fr_one.v, minus_two, &mod);
}

void
fr_pow(struct fr *r, const struct fr *a, uint64_t n)
{
	const uint64_t e[4] = { n };

	limbs_pow_mod(r->v, a->v, fr_one.v, e, &mod);
}

bool
fr_equal(const struct fr *a, const struct fr *b)
{
	return limbs_equal(a->v, b->v);
}

bool
fr_is_zero(const struct fr *a)
{
	return limbs_equal(a->v, fr_zero.v);
}

void
fr_from_u64(struct fr *r, uint64_t n)
{
	const uint64_t plain[4] = { n };

	limbs_mul_mod(r->v, plain, mod.r2, &mod);
}

/* 254 random bits, drawn again until they are a scalar but 0: which draws are
 * thrown away tells nothing of the one that stays. */
void
fr_random(struct fr *r)
{
	uint64_t plain[4], rest[4];

	do {
		rand_bytes(plain, sizeof(plain));
		plain[3] &= UINT64_MAX >> 2;
	} while (limbs_sub(rest, plain, mod.m) == 0 || limbs_equal(plain, fr_zero.v));
	limbs_mul_mod(r->v, plain, mod.r2, &mod);
	explicit_bzero(plain, sizeof(plain));
}

void
fr_wipe(struct fr *r)
{
	explicit_bzero(r, sizeof(*r));
}

/*
 * 31 bytes at a time, the first piece taking what is over: each piece is below
 * 2^248 and so below r.
 */
void
fr_from_bytes(struct fr *r, const void *p, size_t n)
{
	static const size_t piece = FR_BYTES - 1;
	const uint8_t *in = p;
	uint8_t block[FR_BYTES];
	uint64_t digits[4];
	struct fr sum = fr_zero, shift;

	fr_from_u64(&shift, 1ULL << 62);		/* 2^248 */
	fr_pow(&shift, &shift, 4);
	for (size_t take = n % piece; n > 0; in += take, n -= take, take = piece) {
		if (take == 0)
			take = piece;
		memset(block, 0, sizeof(block));
		memcpy(block + sizeof(block) - take, in, take);
		limbs_from_be(digits, block);
		limbs_mul_mod(digits, digits, mod.r2, &mod);
		limbs_mul_mod(sum.v, sum.v, shift.v, &mod);
		limbs_add_mod(sum.v, sum.v, digits, mod.m);
	}
	*r = sum;
	explicit_bzero(block, sizeof(block));
	explicit_bzero(digits, sizeof(digits));
	fr_wipe(&sum);
}

void
fr_to_bytes(uint8_t p[FR_BYTES], const struct fr *a)
{
	static const uint64_t unit[4] = { 1 };
	uint64_t plain[4];

	limbs_mul_mod(plain, a->v, unit, &mod);
	limbs_to_be(p, plain);
	explicit_bzero(plain, sizeof(plain));
}

int
fr_from_hex(struct fr *r, const char *s, size_t n, struct err *e)
{
	uint8_t p[(FR_HEX_MAX + 1) / 2] = { 0 };

	if (n < 1 || n > FR_HEX_MAX)
		return err_set(e, ERR_VALIDATION, "not 1 to %d hexadecimal digits", FR_HEX_MAX);
	for (size_t i = 0; i < n; i++) {
		size_t place = n - 1 - i;
		int digit = s[i] >= '0' && s[i] <= '9' ? s[i] - '0' :
		    s[i] >= 'A' && s[i] <= 'F' ? s[i] - 'A' + 10 : -1;

		if (digit == -1)
			return err_set(e, ERR_VALIDATION, "not upper-case hexadecimal digits");
		p[sizeof(p) - 1 - place / 2] |= (uint8_t)(digit << place % 2 * 4);
	}
	fr_from_bytes(r, p, sizeof(p));
	explicit_bzero(p, sizeof(p));
	return 0;
}

void
fr_to_hex(char s[FR_HEX], const struct fr *a)
{
	uint8_t p[FR_BYTES];

	fr_to_bytes(p, a);
	for (int i = 0; i < FR_HEX - 1; i++) {
		unsigned digit = p[i / 2] >> (i % 2 ? 0 : 4) & 15;

		s[i] = (char)(digit + '0' + (('A' - '0' - 10) & -(digit > 9)));
	}
	s[FR_HEX - 1] = '\0';
	explicit_bzero(p, sizeof(p));
}
