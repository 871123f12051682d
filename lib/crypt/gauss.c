#include "gauss.h"

#include <gmp.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/rand.h"

#define DRAW_MAX	(UINT64_C(1) << 46)
#define POOL_BYTES	512	/* fetched at once: a call of the kernel costs more than a draw */

/* Random bytes in hand. */
struct pool {
	gauss_bytes_fn *bytes;
	void	*arg;
	size_t	left;
	uint8_t	data[POOL_BYTES];
};

/* The numbers of one draw, kept apart so that all are wiped. */
struct work {
	struct pool *pool;
	mpz_t	num, den, below, drawn;
};

/* ---- settings ----------------------------------------------------------- */

static uint64_t
gcd(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t r = a % b;

		a = b;
		b = r;
	}
	return a;
}

int
gauss_set(struct gauss *g, uint64_t num, uint64_t den, struct err *e)
{
	uint64_t d;

	if (num == 0 || num > GAUSS_NUM_MAX || den == 0 || den > GAUSS_DEN_MAX)
		return err_set(e, ERR_VALIDATION, "sigma: 1 to %" PRIu64 " over 1 to %" PRIu64 " is expected",
		    GAUSS_NUM_MAX, GAUSS_DEN_MAX);
	d = gcd(num, den);
	*g = (struct gauss){ .num = num / d, .den = den / d };
	return 0;
}

/* digits: 1 to 15 of them; NULL when there are none or more. */
static const char *
digits(const char *s, uint64_t *v)
{
	const char *from = s;

	for (*v = 0; *s >= '0' && *s <= '9'; s++) {
		if (s - from == 15)
			return NULL;
		*v = *v * 10 + (uint64_t)(*s - '0');
	}
	return s > from ? s : NULL;
}

int
gauss_parse(struct gauss *g, const char *text, struct err *e)
{
	uint64_t num = 0, den = 1;
	const char *s = digits(text, &num);

	if (s != NULL && *s == '/')
		s = digits(s + 1, &den);
	if (s == NULL || *s != '\0')
		return err_set(e, ERR_VALIDATION, "sigma: a fraction such as 7/2 is expected");
	return gauss_set(g, num, den, e);
}

void
gauss_variance(char out[GAUSS_TEXT], const struct gauss *g)
{
	mpz_t n;
	int len;

	mpz_init_set_ui(n, g->num);
	mpz_mul(n, n, n);
	len = gmp_snprintf(out, GAUSS_TEXT, "%Zd", n);
	if (g->den > 1)
		snprintf(out + len, GAUSS_TEXT - (size_t)len, "/%" PRIu64, g->den * g->den);
	mpz_clear(n);
}

void
gauss_variance_sum(char out[GAUSS_TEXT], const struct gauss *a, const struct gauss *b)
{
	const struct gauss *const g[] = { a, b };
	mpq_t sum, one;

	mpq_init(sum);
	mpq_init(one);
	for (int i = 0; i < 2; i++) {
		if (g[i]->num == 0)
			continue;
		mpq_set_ui(one, g[i]->num, g[i]->den);
		mpq_mul(one, one, one);
		mpq_add(sum, sum, one);
	}
	gmp_snprintf(out, GAUSS_TEXT, "%Qd", sum);	/* 122 and 80 bits: 63 characters at most */
	mpq_clear(one);
	mpq_clear(sum);
}

/* ---- whole numbers by chance -------------------------------------------- */

static void
take(struct pool *p, void *out, size_t n)
{
	if (p->left < n) {
		p->bytes(p->arg, p->data, sizeof(p->data));
		p->left = sizeof(p->data);
	}
	p->left -= n;
	memcpy(out, p->data + p->left, n);
}

/* uniform: 0 .. n - 1, by rejection. */
static uint64_t
uniform(struct pool *p, uint64_t n)
{
	int bits = n > 1 ? 64 - __builtin_clzll(n - 1) : 0;
	uint64_t v = 0;

	do {
		take(p, &v, (size_t)(bits + 7) / 8);
		v &= bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
	} while (v >= n);
	return v;
}

/* uniform_big: the same below w->below, into w->drawn. */
static void
uniform_big(struct work *w)
{
	uint8_t bytes[64];	/* below has 300 bits at most */
	size_t bits = mpz_sizeinbase(w->below, 2), n = (bits + 7) / 8;

	do {
		take(w->pool, bytes, n);
		mpz_import(w->drawn, n, -1, 1, 0, 0, bytes);
		mpz_fdiv_r_2exp(w->drawn, w->drawn, bits);
	} while (mpz_cmp(w->drawn, w->below) >= 0);
	explicit_bzero(bytes, sizeof(bytes));
}

/* ---- algorithm 1: Bernoulli(exp(-gamma)) -------------------------------- */

/* exp_small: gamma = num / den, 0 <= gamma <= 1, den below 2^42. */
static bool
exp_small(struct pool *p, uint64_t num, uint64_t den)
{
	uint64_t k = 1;

	while (uniform(p, den * k) < num)
		k++;
	return k % 2 == 1;
}

/* exp_big: gamma = w->num / w->den, any. */
static bool
exp_big(struct work *w)
{
	unsigned long k = 1;

	while (mpz_cmp(w->num, w->den) >= 0) {
		if (!exp_small(w->pool, 1, 1))
			return false;
		mpz_sub(w->num, w->num, w->den);
	}
	for (mpz_set(w->below, w->den);; mpz_add(w->below, w->below, w->den), k++) {
		uniform_big(w);
		if (mpz_cmp(w->drawn, w->num) >= 0)
			return k % 2 == 1;
	}
}

/* ---- algorithm 2: discrete Laplace of scale t --------------------------- */

static int64_t
laplace(struct pool *p, uint64_t t)
{
	for (;;) {
		uint64_t x = uniform(p, t);

		if (!exp_small(p, x, t))
			continue;
		while (x <= DRAW_MAX && exp_small(p, 1, 1))
			x += t;
		if (x > DRAW_MAX)
			continue;
		if (uniform(p, 2) == 0)
			return (int64_t)x;
		if (x != 0)
			return -(int64_t)x;
	}
}

/* ---- algorithm 3 -------------------------------------------------------- */

/* accepted: Bernoulli(exp(-(|y| - sigma^2/t)^2 / 2 sigma^2)); with sigma = n/d the
 * exponent is (|y| t d^2 - n^2)^2 / 2 n^2 d^2 t^2. */
static bool
accepted(struct work *w, const struct gauss *g, uint64_t t, int64_t y)
{
	mpz_set_ui(w->den, g->num);
	mpz_mul(w->den, w->den, w->den);
	mpz_set_ui(w->num, (uint64_t)(y < 0 ? -y : y));
	mpz_mul_ui(w->num, w->num, t);
	mpz_mul_ui(w->num, w->num, g->den * g->den);
	mpz_sub(w->num, w->num, w->den);
	mpz_mul(w->num, w->num, w->num);
	mpz_mul_ui(w->den, w->den, 2 * g->den * g->den);
	mpz_mul_ui(w->den, w->den, t);
	mpz_mul_ui(w->den, w->den, t);
	return exp_big(w);
}

static void
wipe(mpz_t z)
{
	size_t n = (size_t)z->_mp_alloc;

	explicit_bzero(mpz_limbs_write(z, (mp_size_t)n), n * sizeof(mp_limb_t));
	mpz_limbs_finish(z, 0);
	mpz_clear(z);
}

static void
work_release(struct work *w)
{
	wipe(w->num);
	wipe(w->den);
	wipe(w->below);
	wipe(w->drawn);
	explicit_bzero(w->pool, sizeof(*w->pool));
}

int64_t
gauss_draw_from(const struct gauss *g, gauss_bytes_fn *bytes, void *arg)
{
	struct pool pool = { .bytes = bytes, .arg = arg };
	CLEANUP(work_release) struct work w = { .pool = &pool };
	uint64_t t = g->num / g->den + 1;
	int64_t y;

	/* room for every number, so that none moves and leaves itself behind */
	mpz_init2(w.num, 640);
	mpz_init2(w.den, 640);
	mpz_init2(w.below, 640);
	mpz_init2(w.drawn, 640);
	do
		y = laplace(&pool, t);
	while (!accepted(&w, g, t, y));
	return y;
}

static void
kernel(void *arg, void *p, size_t n)
{
	(void)arg;
	rand_bytes(p, n);
}

int64_t
gauss_draw(const struct gauss *g)
{
	return gauss_draw_from(g, kernel, NULL);
}
