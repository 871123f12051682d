#include "fermat.h"

#include <openssl/bn.h>
#include <stdlib.h>

#define HEAD_BITS	6	/* of the exponent, which 2^head stands for at once */

struct fermat {
	BN_CTX	*ctx;
	BN_MONT_CTX *mont;
	BIGNUM	*a, *power;
};

struct fermat *
fermat_new(void)
{
	struct fermat *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	f->ctx = BN_CTX_new();
	f->mont = BN_MONT_CTX_new();
	f->a = BN_new();
	f->power = BN_new();
	if (f->ctx == NULL || f->mont == NULL || f->a == NULL || f->power == NULL)
		abort();
	return f;
}

void
fermat_free(struct fermat *f)
{
	if (f == NULL)
		return;
	BN_clear_free(f->a);
	BN_clear_free(f->power);
	BN_MONT_CTX_free(f->mont);	/* clears its numbers */
	BN_CTX_free(f->ctx);
	free(f);
}

static bool
set(BIGNUM *out, const struct bn *a)
{
	uint8_t bytes[BN_BYTES_MAX];
	size_t n = bn_bytes(a);

	bn_to_bytes(a, bytes, n);
	return BN_bin2bn(bytes, (int)n, out) != NULL;
}

/* power = 2^(a-1), bit by bit from the top. */
static bool
raise_two(struct fermat *f, const struct bn *a)
{
	unsigned bits = bn_bits(a), head = 0;

	/* bit 0 of a - 1 is zero, the others are those of the odd a */
	for (unsigned i = 1; i <= HEAD_BITS; i++)
		head = head << 1 | (unsigned)mpz_tstbit(a->z, bits - i);
	BN_zero(f->power);
	if (!BN_set_bit(f->power, (int)head) ||
	    !BN_to_montgomery(f->power, f->power, f->mont, f->ctx))
		return false;
	for (unsigned i = bits - HEAD_BITS; i-- > 0;) {
		if (!BN_mod_mul_montgomery(f->power, f->power, f->power, f->mont,
		    f->ctx))
			return false;
		if (i > 0 && mpz_tstbit(a->z, i) &&
		    !BN_mod_lshift1_quick(f->power, f->power, f->a))
			return false;
	}
	return BN_from_montgomery(f->power, f->power, f->mont, f->ctx);
}

bool
fermat_holds(struct fermat *f, const struct bn *a)
{
	if (!set(f->a, a) || !BN_MONT_CTX_set(f->mont, f->a, f->ctx) ||
	    !raise_two(f, a))
		abort();	/* out of memory: nothing else can fail */
	return BN_is_one(f->power);
}
