#include "mont_own.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../ct.h"
#include "bn_own.h"

struct mont *
mont_new(const struct bn *n, struct err *e)
{
	CLEANUP(bn_release) struct bn r = BN_INIT;
	struct mont *m;
	mp_limb_t inv;

	if (bn_sign(n) <= 0 || bn_length(n) > MONT_BITS_MAX || bn_fits(n, 1) ||
	    !ct_decide(bn_is_odd(n))) {
		err_set(e, ERR_LIMIT, "no modulus: %u bits", bn_length(n));
		return NULL;
	}
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		abort();
	bn_init(&m->modulus);
	bn_set(&m->modulus, n);
	m->n = (mpz_size(n->z) + LIMB_STEP - 1) / LIMB_STEP * LIMB_STEP;
	mont_exponent(m->limbs, m->n, n);
	inv = m->limbs[0];	/* right to 3 bits; each step doubles them */
	for (int i = 0; i < 5; i++)
		inv *= 2 - m->limbs[0] * inv;
	m->inv = -inv;
	bn_bit(&r, (unsigned)(64 * m->n));
	bn_mod_ct(&r, &r, n);	/* n may be a secret prime */
	mont_exponent(m->one, m->n, &r);
	bn_mulmod_ct(&r, &r, &r, n);
	mont_exponent(m->square, m->n, &r);
	return m;
}

void
mont_free(struct mont *m)
{
	if (m == NULL)
		return;
	bn_release(&m->modulus);
	explicit_bzero(m, sizeof(*m));
	free(m);
}

const struct bn *
mont_n(const struct mont *m)
{
	return &m->modulus;
}

void
mont_exponent(mp_limb_t *p, size_t n, const struct bn *exp)
{
	size_t have = mpz_size(exp->z);

	if (have > n)
		abort();	/* every caller has bounded it */
	memcpy(p, mpz_limbs_read(exp->z), have * sizeof(*p));
	memset(p + have, 0, (n - have) * sizeof(*p));
}

size_t
mont_bits(const mp_limb_t *e, size_t n, size_t at, unsigned width)
{
	size_t i = at / 64, shift = at % 64;
	mp_limb_t v = e[i] >> shift;

	if (shift + width > 64 && i + 1 < n)
		v |= e[i + 1] << (64 - shift);
	return v & (((mp_limb_t)1 << width) - 1);
}

void
mont_in(const struct mont *m, mp_limb_t *r, const struct bn *a)
{
	CLEANUP(bn_release) struct bn small = BN_INIT;

	if (bn_sign(a) < 0)
		bn_mod(&small, a, &m->modulus);
	else
		bn_mod_ct(&small, a, &m->modulus);
	mont_exponent(r, m->n, &small);
	mont_mul(m, r, r, m->square);
}

static void
mont_out(const struct mont *m, struct bn *out, const mp_limb_t *a)
{
	mp_limb_t one[LIMB_MAX] = { 1 }, r[LIMB_MAX];
	mp_limb_t *p;

	mont_mul(m, r, a, one);
	p = mpz_limbs_write(out->z, (mp_size_t)m->n);
	memcpy(p, r, m->n * sizeof(*p));
	bn_trim(out, m->n, 0);
}

/*
 * One base of a product while it is computed: its exponent in windows of width
 * bits, and base^0 .. base^(2^width - 1).
 */
struct power {
	unsigned width;
	size_t	windows, n_exp;
	mp_limb_t exp[MONT_EXP_LIMBS];
	mp_limb_t *table;
};

/*
 * Where the next wider window saves more than its table costs.  With whole
 * tables read, 64 entries cost as much to read as a multiplication.
 */
static unsigned
width_for(unsigned bits, bool ct)
{
	static const unsigned upto[] = { 8, 24, 80, 240, 720 };
	unsigned w = 1, widest = ct ? 5 : 6;

	while (w < widest && bits > upto[w - 1])
		w++;
	return w;
}

/* r = the base of t, or its inverse if its exponent is negative. */
static bool
signed_base(const struct mont *m, struct bn *r, const struct mont_term *t, bool ct)
{
	CLEANUP(bn_release) struct bn inverse = BN_INIT;
	mp_limb_t both[2 * LIMB_MAX], chosen[LIMB_MAX];

	if (!ct && bn_sign(t->exp) >= 0) {
		bn_set(r, t->base);
		return true;
	}
	if (!bn_invert(&inverse, t->base, &m->modulus))
		return false;
	bn_mod(r, t->base, &m->modulus);
	mont_exponent(both, m->n, r);
	mont_exponent(both + m->n, m->n, &inverse);
	limb_pick(chosen, both, m->n, 2, (size_t)(bn_sign(t->exp) < 0));
	memcpy(mpz_limbs_write(r->z, (mp_size_t)m->n), chosen,
	    m->n * sizeof(*chosen));
	bn_trim(r, m->n, 0);
	return true;
}

static bool
power_begin(struct power *p, const struct mont *m, const struct mont_term *t,
    bool ct)
{
	CLEANUP(bn_release) struct bn base = BN_INIT;
	unsigned bits = ct ? t->bits : bn_bits(t->exp);
	size_t count;

	if (ct && !t->may_be_negative)
		bn_set(&base, t->base);
	else if (!signed_base(m, &base, t, ct))
		return false;
	p->width = width_for(bits, ct);
	p->windows = (bits + p->width - 1) / p->width;
	p->n_exp = MONT_EXP_LIMBS;
	mont_exponent(p->exp, p->n_exp, t->exp);
	count = (size_t)1 << p->width;
	p->table = reallocarray(NULL, count * m->n, sizeof(*p->table));
	if (p->table == NULL)
		abort();
	memcpy(p->table, m->one, m->n * sizeof(*p->table));
	mont_in(m, p->table + m->n, &base);
	for (size_t i = 2; i < count; i++)
		mont_mul(m, p->table + i * m->n, p->table + i / 2 * m->n,
		    p->table + (i - i / 2) * m->n);
	return true;
}

static void
powers_release(struct power *p, const struct mont *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].table != NULL)
			explicit_bzero(p[i].table,
			    (m->n << p[i].width) * sizeof(*p[i].table));
		free(p[i].table);
	}
	if (p != NULL)
		explicit_bzero(p, n * sizeof(*p));
	free(p);
}

/* acc *= the window of p that ends at bit at, if one does. */
static void
power_step(const struct power *p, const struct mont *m, mp_limb_t *acc,
    size_t at, bool ct)
{
	mp_limb_t picked[LIMB_MAX];
	size_t bits;

	if (at % p->width != 0 || at / p->width >= p->windows)
		return;
	bits = mont_bits(p->exp, p->n_exp, at, p->width);
	if (ct) {
		limb_pick(picked, p->table, m->n, (size_t)1 << p->width, bits);
		mont_mul(m, acc, acc, picked);
	} else if (bits != 0) {
		mont_mul(m, acc, acc, p->table + bits * m->n);
	}
}

/* Straus: all powers share one row of squarings. */
static void
powers_run(const struct power *p, const struct mont *m, mp_limb_t *acc,
    size_t n, bool ct)
{
	size_t top = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i].windows * p[i].width > top)
			top = p[i].windows * p[i].width;
	memcpy(acc, m->one, m->n * sizeof(*acc));
	for (size_t at = top; at-- > 0;) {
		if (at + 1 < top)
			mont_sqr(m, acc, acc);
		for (size_t i = 0; i < n; i++)
			power_step(&p[i], m, acc, at, ct);
	}
}

static bool
by_comb(const struct mont_term *t, bool ct)
{
	return t->comb != NULL && (ct || comb_fits(t->comb, t->exp));
}

/*
 * acc *= every power that has a comb.  Those of a negative exponent, which are
 * public, are gathered and inverted at once.
 */
static bool
combs_run(const struct mont *m, mp_limb_t *acc, const struct mont_term *t,
    size_t n, bool ct)
{
	CLEANUP(bn_release) struct bn inverse = BN_INIT;
	mp_limb_t power[LIMB_MAX], below[LIMB_MAX];
	bool divide = false;

	memcpy(below, m->one, m->n * sizeof(*below));
	for (size_t i = 0; i < n; i++) {
		bool under = !ct && bn_sign(t[i].exp) < 0;

		if (!by_comb(&t[i], ct))
			continue;
		comb_mul(t[i].comb, power, t[i].exp, ct);
		mont_mul(m, under ? below : acc, under ? below : acc, power);
		divide |= under;
	}
	explicit_bzero(power, sizeof(power));
	if (!divide)
		return true;
	mont_out(m, &inverse, below);
	if (!bn_invert(&inverse, &inverse, &m->modulus))
		return false;
	mont_in(m, below, &inverse);
	mont_mul(m, acc, acc, below);
	return true;
}

static bool
product(struct bn *out, const struct mont *m, const struct mont_term *t,
    size_t n, bool ct)
{
	struct power *p;
	mp_limb_t acc[LIMB_MAX];
	bool good = true;
	size_t n_powers = 0;

	if (n > MONT_TERMS_MAX)
		abort();	/* every caller has bounded it */
	p = calloc(n > 0 ? n : 1, sizeof(*p));
	if (p == NULL)
		abort();
	for (size_t i = 0; i < n && good; i++)
		if (!by_comb(&t[i], ct))
			good = power_begin(&p[n_powers++], m, &t[i], ct);
	if (good) {
		powers_run(p, m, acc, n_powers, ct);
		good = combs_run(m, acc, t, n, ct);
	}
	if (good)
		mont_out(m, out, acc);
	powers_release(p, m, n);
	explicit_bzero(acc, sizeof(acc));
	return good;
}

bool
mont_product(struct bn *out, const struct mont *m, const struct mont_term *t,
    size_t n)
{
	return product(out, m, t, n, false);
}

bool
mont_product_ct(struct bn *out, const struct mont *m,
    const struct mont_term *t, size_t n)
{
	return product(out, m, t, n, true);
}

bool
mont_exp(struct bn *out, const struct mont *m, const struct bn *base,
    const struct bn *exp)
{
	struct mont_term t = { .base = base, .exp = exp };

	return product(out, m, &t, 1, false);
}

bool
mont_exp_ct(struct bn *out, const struct mont *m, const struct bn *base,
    const struct bn *exp, unsigned bits)
{
	struct mont_term t = { .base = base, .exp = exp, .bits = bits };

	return product(out, m, &t, 1, true);
}
