/*
 * The functions of bn.h whose time tells only how many limbs their operands
 * have: GMP's mpn_sec_* and masks, never a branch on a limb.
 */
#include <stdlib.h>
#include <string.h>

#include "bn_own.h"
#include "../../base/cleanup.h"
#include "../ct.h"

#define LIMB_BITS	64
#define SPARE_BITS	128	/* of bn_random_mod_ct over the modulus */

void
bn_trim(struct bn *a, size_t n, uint64_t negative)
{
	const mp_limb_t *p = mpz_limbs_read(a->z);

	while (n > 0 && ct_decide(p[n - 1] == 0))
		n--;
	a->z->_mp_size = ct_decide(negative != 0) ? -(int)n : (int)n;
}

/* A number of a fixed count of limbs, wiped with its memory. */
struct limbs {
	struct bn room;
	mp_limb_t *p;
};
#define LIMBS_INIT	{ .room = BN_INIT }

static void
limbs_release(struct limbs *l)
{
	bn_release(&l->room);
}

/* n limbs with the magnitude of a (NULL: zero), which has at most n. */
static mp_limb_t *
limbs_get(struct limbs *l, const struct bn *a, size_t n)
{
	size_t have = a != NULL ? mpz_size(a->z) : 0;

	if (have > n)
		abort();	/* a bound that a caller promised */
	l->p = mpz_limbs_write(l->room.z, (mp_size_t)(n > 0 ? n : 1));
	if (have > 0)
		memcpy(l->p, mpz_limbs_read(a->z), have * sizeof(*l->p));
	memset(l->p + have, 0, (n - have) * sizeof(*l->p));
	return l->p;
}

/* out = the n limbs. */
static void
put(struct bn *out, struct limbs *l, size_t n)
{
	bn_trim(&l->room, n, 0);
	bn_swap(out, &l->room);
}

void
bn_mod_ct(struct bn *out, const struct bn *a, const struct bn *m)
{
	CLEANUP(limbs_release) struct limbs x = LIMBS_INIT;
	CLEANUP(limbs_release) struct limbs scratch = LIMBS_INIT;
	mp_size_t m_n = (mp_size_t)mpz_size(m->z), n = (mp_size_t)mpz_size(a->z);

	if (n < m_n)
		n = m_n;
	limbs_get(&x, a, (size_t)n);
	limbs_get(&scratch, NULL, (size_t)mpn_sec_div_r_itch(n, m_n));
	mpn_sec_div_r(x.p, n, mpz_limbs_read(m->z), m_n, scratch.p);
	put(out, &x, (size_t)m_n);
}

void
bn_add_ct(struct bn *out, const struct bn *a, const struct bn *b)
{
	CLEANUP(limbs_release) struct limbs x = LIMBS_INIT;
	CLEANUP(limbs_release) struct limbs y = LIMBS_INIT;
	size_t a_n = mpz_size(a->z), b_n = mpz_size(b->z);
	size_t n = (a_n > b_n ? a_n : b_n) + 1;

	limbs_get(&x, a, n);
	limbs_get(&y, b, n);
	mpn_add_n(x.p, x.p, y.p, (mp_size_t)n);
	put(out, &x, n);
}

void
bn_mul_ct(struct bn *out, const struct bn *a, const struct bn *b)
{
	CLEANUP(limbs_release) struct limbs product = LIMBS_INIT;
	CLEANUP(limbs_release) struct limbs scratch = LIMBS_INIT;
	mp_size_t a_n = (mp_size_t)mpz_size(a->z);
	mp_size_t b_n = (mp_size_t)mpz_size(b->z);

	if (a_n < b_n) {	/* mpn_sec_mul wants the longer one first */
		bn_mul_ct(out, b, a);
		return;
	}
	if (b_n == 0) {
		bn_set_i64(out, 0);
		return;
	}
	limbs_get(&product, NULL, (size_t)(a_n + b_n));
	limbs_get(&scratch, NULL, (size_t)mpn_sec_mul_itch(a_n, b_n));
	mpn_sec_mul(product.p, mpz_limbs_read(a->z), a_n,
	    mpz_limbs_read(b->z), b_n, scratch.p);
	put(out, &product, (size_t)(a_n + b_n));
}

void
bn_mulmod_ct(struct bn *out, const struct bn *a, const struct bn *b,
    const struct bn *m)
{
	CLEANUP(bn_release) struct bn product = BN_INIT;

	bn_mul_ct(&product, a, b);
	bn_mod_ct(out, &product, m);
}

bool
bn_invert_ct(struct bn *out, const struct bn *a, const struct bn *m)
{
	CLEANUP(limbs_release) struct limbs x = LIMBS_INIT;
	CLEANUP(limbs_release) struct limbs inverse = LIMBS_INIT;
	CLEANUP(limbs_release) struct limbs scratch = LIMBS_INIT;
	mp_size_t n = (mp_size_t)mpz_size(m->z);

	limbs_get(&x, a, (size_t)n);
	limbs_get(&inverse, NULL, (size_t)n);
	limbs_get(&scratch, NULL, (size_t)mpn_sec_invert_itch(n));
	if (!ct_decide(mpn_sec_invert(inverse.p, x.p, mpz_limbs_read(m->z), n,
	    2 * (mp_bitcnt_t)n * LIMB_BITS, scratch.p) != 0))
		return false;
	put(out, &inverse, (size_t)n);
	return true;
}

void
bn_random_mod_ct(struct bn *out, const struct bn *m)
{
	CLEANUP(bn_release) struct bn wide = BN_INIT;

	bn_random(&wide, bn_bits(m) + SPARE_BITS);
	bn_mod_ct(out, &wide, m);
}

/* p[0..n) becomes -p in two's complement where yes is 1. */
static void
negate_if(mp_limb_t *p, size_t n, mp_limb_t yes)
{
	mp_limb_t mask = -yes, carry = yes;

	for (size_t i = 0; i < n; i++) {
		mp_limb_t v = (p[i] ^ mask) + carry;

		carry &= v == 0;
		p[i] = v;
	}
}

/* p[0..n) = a in two's complement. */
static void
signed_get(struct limbs *l, const struct bn *a, size_t n)
{
	limbs_get(l, a, n);
	negate_if(l->p, n, (mp_limb_t)(mpz_sgn(a->z) < 0));
}

void
bn_muladd_ct(struct bn *out, const struct bn *a, const struct bn *b,
    const struct bn *x, unsigned x_bits)
{
	CLEANUP(limbs_release) struct limbs y = LIMBS_INIT;
	CLEANUP(limbs_release) struct limbs sum = LIMBS_INIT;
	CLEANUP(limbs_release) struct limbs product = LIMBS_INIT;
	size_t x_n = x_bits / LIMB_BITS + 1, b_n = mpz_size(b->z);
	size_t a_n = mpz_size(a->z);
	size_t n = (a_n > x_n + b_n ? a_n : x_n + b_n) + 1;
	mp_limb_t negative;

	limbs_get(&y, x, x_n);
	signed_get(&sum, a, n);
	limbs_get(&product, NULL, n);
	for (size_t i = 0; i < b_n; i++)
		product.p[i + x_n] = mpn_addmul_1(product.p + i, y.p,
		    (mp_size_t)x_n, mpz_getlimbn(b->z, (mp_size_t)i));
	negate_if(product.p, n, (mp_limb_t)(mpz_sgn(x->z) < 0));
	mpn_add_n(sum.p, sum.p, product.p, (mp_size_t)n);
	negative = sum.p[n - 1] >> (LIMB_BITS - 1);
	negate_if(sum.p, n, negative);
	bn_trim(&sum.room, n, negative);
	bn_swap(out, &sum.room);
}

bool
bn_divide_ct(struct bn *out, const struct bn *a, const struct bn *b,
    const struct bn *m)
{
	CLEANUP(bn_release) struct bn inverse = BN_INIT;

	if (!bn_invert_ct(&inverse, b, m))
		return false;
	bn_mulmod_ct(out, a, &inverse, m);
	return true;
}

void
bn_even_ct(struct bn *out, const struct bn *a, const struct bn *m)
{
	CLEANUP(limbs_release) struct limbs sum = LIMBS_INIT;
	CLEANUP(limbs_release) struct limbs part = LIMBS_INIT;
	size_t a_n = mpz_size(a->z), m_n = mpz_size(m->z);
	size_t n = (a_n > m_n ? a_n : m_n) + 1;
	mp_limb_t odd;

	limbs_get(&sum, a, n);
	limbs_get(&part, m, n);
	odd = -(sum.p[0] & 1);
	for (size_t i = 0; i < n; i++)
		part.p[i] &= odd;
	mpn_add_n(sum.p, sum.p, part.p, (mp_size_t)n);
	put(out, &sum, n);
}

void
bn_set_u64_ct(struct bn *out, uint64_t v)
{
	CLEANUP(limbs_release) struct limbs one = LIMBS_INIT;

	limbs_get(&one, NULL, 1)[0] = v;
	put(out, &one, 1);
}

uint64_t
bn_get_u64_ct(const struct bn *a)
{
	return mpz_getlimbn(a->z, 0);
}

bool
bn_eq(const struct bn *a, const struct bn *b)
{
	size_t n = mpz_size(a->z);
	mp_limb_t differs = 0;

	if (n != mpz_size(b->z) || mpz_sgn(a->z) != mpz_sgn(b->z))
		return false;
	for (size_t i = 0; i < n; i++)
		differs |= mpz_limbs_read(a->z)[i] ^ mpz_limbs_read(b->z)[i];
	return ct_decide(differs == 0);
}

bool
bn_fits(const struct bn *a, unsigned bits)
{
	size_t n = mpz_size(a->z), whole = bits / LIMB_BITS;

	if (n != whole + 1)
		return n <= whole;
	return ct_decide(mpz_limbs_read(a->z)[whole] >> bits % LIMB_BITS == 0);
}

unsigned
bn_length(const struct bn *a)
{
	return (unsigned)mpz_size(a->z) * LIMB_BITS;
}
