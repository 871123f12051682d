#include "ladder.h"

#include <string.h>

#define RUN	32	/* terms that share a chain of doublings */

struct multiples {	/* 0, a, 2a, ... 16a, one after the other */
	uint64_t word[(LADDER_HALF + 1) * LADDER_WORDS];
};

static void
copy(const struct ladder_group *g, void *r, const void *a)
{
	memcpy(r, a, g->words * 8);
}

static void
fill(const struct ladder_group *g, struct multiples *m, const void *a)
{
	copy(g, m->word, g->neutral);
	for (size_t i = 1; i <= LADDER_HALF; i++)
		g->add(m->word + i * g->words, m->word + (i - 1) * g->words, a);
}

static void
select_words(uint64_t *r, const uint64_t *a, size_t n, uint64_t mask)
{
	for (size_t i = 0; i < n; i++)
		r[i] ^= (r[i] ^ a[i]) & mask;
}

/* All ones when a equals b, else 0. */
static uint64_t
same(uint64_t a, uint64_t b)
{
	uint64_t d = a ^ b;

	return ((d | -d) >> 63) - 1;
}

/* r = digit * a; every multiple is read, and both signs are computed. */
static void
scan(const struct ladder_group *g, void *r, const struct multiples *m, int16_t digit)
{
	uint64_t minus[LADDER_WORDS], sign = (uint64_t)((int64_t)digit >> 63);
	uint64_t size = ((uint64_t)(int64_t)digit ^ sign) - sign;

	copy(g, r, m->word);
	for (size_t i = 1; i <= LADDER_HALF; i++)
		select_words(r, m->word + i * g->words, g->words, same(size, i));
	g->neg(minus, r);
	select_words(r, minus, g->words, sign);
}

static void
double_by_window(const struct ladder_group *g, void *r)
{
	for (int i = 0; i < LADDER_BITS; i++)
		g->dbl(r, r);
}

void
ladder_mul(const struct ladder_group *g, void *r, const void *a, const struct fr *k)
{
	struct multiples m;
	uint64_t sum[LADDER_WORDS], term[LADDER_WORDS];
	int16_t digit[LADDER_DIGITS];

	fr_digits(digit, LADDER_DIGITS, k, LADDER_BITS);
	fill(g, &m, a);
	scan(g, sum, &m, digit[LADDER_DIGITS - 1]);
	for (int i = LADDER_DIGITS - 2; i >= 0; i--) {
		double_by_window(g, sum);
		scan(g, term, &m, digit[i]);
		g->add(sum, sum, term);
	}
	copy(g, r, sum);
	explicit_bzero(&m, sizeof(m));
	explicit_bzero(sum, sizeof(sum));
	explicit_bzero(term, sizeof(term));
	explicit_bzero(digit, sizeof(digit));
}

static void
add_digit(const struct ladder_group *g, void *sum, const struct multiples *m, int16_t digit)
{
	uint64_t minus[LADDER_WORDS];

	if (digit > 0) {
		g->add(sum, sum, m->word + (size_t)digit * g->words);
	} else if (digit < 0) {
		g->neg(minus, m->word + (size_t)-digit * g->words);
		g->add(sum, sum, minus);
	}
}

/* n up to RUN */
static void
add_run(const struct ladder_group *g, void *total, const uint64_t *a, const struct fr *k, size_t n)
{
	struct multiples m[RUN];
	int16_t digit[RUN][LADDER_DIGITS];
	uint64_t sum[LADDER_WORDS];

	for (size_t t = 0; t < n; t++) {
		fill(g, &m[t], a + t * g->words);
		fr_digits(digit[t], LADDER_DIGITS, &k[t], LADDER_BITS);
	}
	copy(g, sum, g->neutral);
	for (int i = LADDER_DIGITS - 1; i >= 0; i--) {
		if (i < LADDER_DIGITS - 1)
			double_by_window(g, sum);
		for (size_t t = 0; t < n; t++)
			add_digit(g, sum, &m[t], digit[t][i]);
	}
	g->add(total, total, sum);
}

void
ladder_msm(const struct ladder_group *g, void *r, const void *a, const struct fr *k, size_t n)
{
	const uint64_t *at = a;
	uint64_t total[LADDER_WORDS];

	copy(g, total, g->neutral);
	while (n > 0) {
		size_t run = n < RUN ? n : RUN;

		add_run(g, total, at, k, run);
		at += run * g->words;
		k += run;
		n -= run;
	}
	copy(g, r, total);
}
