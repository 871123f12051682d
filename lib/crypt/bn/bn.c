#include "bn_own.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/rand.h"

const mp_limb_t bn_no_limb = 0;

#define TRIAL_MAX	1000	/* small factors that bn_is_prime looks for */

/*
 * GMP's memory: what goes back to the heap is wiped, and a heap that is full
 * ends the process, which is supervised.
 */
static void *
give(size_t n)
{
	void *p = malloc(n);

	if (p == NULL)
		abort();
	return p;
}

static void
take(void *p, size_t n)
{
	if (p != NULL)
		explicit_bzero(p, n);
	free(p);
}

static void *
resize(void *old, size_t old_n, size_t n)
{
	void *p = give(n);

	memcpy(p, old, old_n < n ? old_n : n);
	take(old, old_n);
	return p;
}

__attribute__((constructor)) static void
wipe_what_is_freed(void)
{
	mp_set_memory_functions(give, resize, take);
}

void
bn_init(struct bn *a)
{
	*a = (struct bn)BN_INIT;
}

void
bn_release(struct bn *a)
{
	mpz_clear(a->z);
	bn_init(a);
}

void
bn_set(struct bn *out, const struct bn *a)
{
	mpz_set(out->z, a->z);
}

void
bn_set_i64(struct bn *out, int64_t v)
{
	mpz_set_si(out->z, v);
}

void
bn_swap(struct bn *a, struct bn *b)
{
	mpz_swap(a->z, b->z);
}

bool
bn_get_i64(const struct bn *a, int64_t *out)
{
	if (!mpz_fits_slong_p(a->z))
		return false;
	*out = mpz_get_si(a->z);
	return true;
}

static bool
is_canonical(const char *s, size_t len)
{
	size_t sign = len > 0 && s[0] == '-' ? 1 : 0;

	if (len == sign || (s[sign] == '0' && len > 1))
		return false;	/* nothing, a leading zero, "-0" */
	for (size_t i = sign; i < len; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

int
bn_from_dec(struct bn *out, const char *s, size_t len, unsigned max_bits,
    struct err *e)
{
	CLEANUP(bn_release) struct bn got = BN_INIT;
	char text[BN_DEC_MAX + 1];
	unsigned bits;

	if (len > BN_DEC_MAX)
		return err_set(e, ERR_PAST_LIMIT,
		    "a number of %zu characters, at most %d", len, BN_DEC_MAX);
	if (!is_canonical(s, len))
		return err_set(e, ERR_STRUCTURE, "is no decimal number");
	memcpy(text, s, len);
	text[len] = '\0';
	mpz_set_str(got.z, text, 10);
	explicit_bzero(text, sizeof(text));
	bits = bn_bits(&got);
	if (bits > max_bits)
		return err_set(e, ERR_PAST_LIMIT,
		    "a number of %u bits, at most %u", bits, max_bits);
	bn_swap(out, &got);
	return 0;
}

void
bn_to_dec(const struct bn *a, struct buf *b)
{
	size_t room = mpz_sizeinbase(a->z, 10) + 2;	/* sign, NUL */
	char *p = buf_room(b, room);

	if (p == NULL)
		return;
	mpz_get_str(p, 10, a->z);
	buf_grew(b, strlen(p));
}

void
bn_from_bytes(struct bn *out, const uint8_t *p, size_t n)
{
	mp_limb_t *limbs = mpz_limbs_write(out->z, (mp_size_t)(n / 8 + 1));

	for (size_t i = 0; i <= n / 8; i++) {
		limbs[i] = 0;
		for (size_t j = 8 * i; j < n && j < 8 * i + 8; j++)
			limbs[i] |= (mp_limb_t)p[n - 1 - j] << 8 * (j % 8);
	}
	bn_trim(out, n / 8 + 1, 0);
}

size_t
bn_bytes(const struct bn *a)
{
	return (bn_bits(a) + 7) / 8;
}

void
bn_to_bytes(const struct bn *a, uint8_t *out, size_t n)
{
	size_t len = bn_bytes(a);

	memset(out, 0, n - len);
	mpz_export(out + n - len, NULL, 1, 1, 1, 0, a->z);
}

void
bn_random(struct bn *out, unsigned bits)
{
	size_t n = (bits + 63) / 64;
	mp_limb_t *p;

	if (bits == 0) {
		bn_set_i64(out, 0);
		return;
	}
	p = mpz_limbs_write(out->z, (mp_size_t)n);
	rand_bytes(p, n * sizeof(*p));
	p[n - 1] >>= 64 * n - bits;
	mpz_limbs_finish(out->z, (mp_size_t)n);
}

void
bn_random_below(struct bn *out, const struct bn *limit)
{
	CLEANUP(bn_release) struct bn got = BN_INIT;
	unsigned bits = bn_bits(limit);

	do
		bn_random(&got, bits);
	while (bn_cmp(&got, limit) >= 0);
	bn_swap(out, &got);
}

unsigned
bn_bits(const struct bn *a)
{
	return mpz_sgn(a->z) == 0 ? 0 : (unsigned)mpz_sizeinbase(a->z, 2);
}

int
bn_sign(const struct bn *a)
{
	return mpz_sgn(a->z);
}

bool
bn_is_odd(const struct bn *a)
{
	return mpz_odd_p(a->z);
}

int
bn_cmp(const struct bn *a, const struct bn *b)
{
	return mpz_cmp(a->z, b->z);
}

bool
bn_within(const struct bn *a, unsigned bits)
{
	unsigned got = bn_bits(a);

	return got <= bits || (got == bits + 1 && mpz_scan1(a->z, 0) == bits);
}

void
bn_add(struct bn *out, const struct bn *a, const struct bn *b)
{
	mpz_add(out->z, a->z, b->z);
}

void
bn_sub(struct bn *out, const struct bn *a, const struct bn *b)
{
	mpz_sub(out->z, a->z, b->z);
}

void
bn_neg(struct bn *out, const struct bn *a)
{
	mpz_neg(out->z, a->z);
}

void
bn_mul(struct bn *out, const struct bn *a, const struct bn *b)
{
	mpz_mul(out->z, a->z, b->z);
}

void
bn_addmul(struct bn *out, const struct bn *a, const struct bn *b)
{
	mpz_addmul(out->z, a->z, b->z);
}

void
bn_shl(struct bn *out, const struct bn *a, unsigned bits)
{
	mpz_mul_2exp(out->z, a->z, bits);
}

void
bn_shr(struct bn *out, const struct bn *a, unsigned bits)
{
	mpz_tdiv_q_2exp(out->z, a->z, bits);
}

void
bn_bit(struct bn *out, unsigned i)
{
	CLEANUP(bn_release) struct bn got = BN_INIT;

	mpz_setbit(got.z, i);
	bn_swap(out, &got);
}

void
bn_mod(struct bn *out, const struct bn *a, const struct bn *m)
{
	mpz_mod(out->z, a->z, m->z);
}

void
bn_mulmod(struct bn *out, const struct bn *a, const struct bn *b,
    const struct bn *m)
{
	CLEANUP(bn_release) struct bn product = BN_INIT;

	mpz_mul(product.z, a->z, b->z);
	mpz_mod(out->z, product.z, m->z);
}

bool
bn_invert(struct bn *out, const struct bn *a, const struct bn *m)
{
	CLEANUP(bn_release) struct bn got = BN_INIT;

	if (mpz_invert(got.z, a->z, m->z) == 0)
		return false;
	bn_swap(out, &got);
	return true;
}

bool
bn_coprime(const struct bn *a, const struct bn *b)
{
	CLEANUP(bn_release) struct bn gcd = BN_INIT;

	mpz_gcd(gcd.z, a->z, b->z);
	return mpz_cmp_ui(gcd.z, 1) == 0;
}

/* One round of Miller-Rabin for odd a = 2^twos * odd + 1 > 4. */
static bool
passes(const struct bn *a, const struct bn *less, const struct bn *odd,
    unsigned twos)
{
	CLEANUP(bn_release) struct bn x = BN_INIT;

	do
		bn_random_below(&x, less);
	while (mpz_cmp_ui(x.z, 2) < 0);
	mpz_powm(x.z, x.z, odd->z, a->z);
	if (mpz_cmp_ui(x.z, 1) == 0 || bn_eq(&x, less))
		return true;
	for (unsigned i = 1; i < twos; i++) {
		bn_mulmod(&x, &x, &x, a);
		if (bn_eq(&x, less))
			return true;
	}
	return false;
}

bool
bn_is_prime(const struct bn *a, unsigned rounds)
{
	CLEANUP(bn_release) struct bn less = BN_INIT;
	CLEANUP(bn_release) struct bn odd = BN_INIT;
	unsigned twos;

	for (unsigned d = 2; d < TRIAL_MAX; d++) {
		if (mpz_cmp_ui(a->z, d) <= 0)
			return mpz_cmp_ui(a->z, d) == 0;
		if (mpz_divisible_ui_p(a->z, d))
			return false;
	}
	mpz_sub_ui(less.z, a->z, 1);
	twos = (unsigned)mpz_scan1(less.z, 0);
	bn_shr(&odd, &less, twos);
	for (unsigned i = 0; i < rounds; i++)
		if (!passes(a, &less, &odd, twos))
			return false;
	return true;
}
