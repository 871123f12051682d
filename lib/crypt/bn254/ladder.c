#include "ladder.h"

#include <string.h>

#define RUN	16	/* terms that share a chain of doublings */

struct multiples {	/* 0, a, 2a, ... 16a, one after the other */
	uint64_t word[(FR_SPLIT_HALF + 1) * LADDER_WORDS];
};
struct term {		/* a and lambda*a, and the digits of their factors */
	struct multiples m[2];
	int8_t	digit[2][FR_SPLIT_DIGITS];
};

static void
copy(const struct ladder_group *g, void *r, const void *a)
{
	memcpy(r, a, g->words * 8);
}

static void
fill(const struct ladder_group *g, struct term *t, const void *a, const struct fr *k)
{
	fr_split(t->digit, k, g->lattice);
	copy(g, t->m[0].word, g->neutral);
	copy(g, t->m[1].word, g->neutral);
	for (size_t i = g->words; i <= FR_SPLIT_HALF * g->words; i += g->words) {
		g->add(t->m[0].word + i, t->m[0].word + i - g->words, a);
		g->endo(t->m[1].word + i, t->m[0].word + i);
	}
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
scan(const struct ladder_group *g, void *r, const struct multiples *m, int8_t digit)
{
	uint64_t minus[LADDER_WORDS], sign = (uint64_t)((int64_t)digit >> 63);
	uint64_t size = ((uint64_t)(int64_t)digit ^ sign) - sign;

	copy(g, r, m->word);
	for (size_t i = 1; i <= FR_SPLIT_HALF; i++)
		select_words(r, m->word + i * g->words, g->words, same(size, i));
	g->neg(minus, r);
	select_words(r, minus, g->words, sign);
}

static void
double_by_window(const struct ladder_group *g, void *r)
{
	for (int i = 0; i < FR_SPLIT_BITS; i++)
		g->dbl(r, r);
}

void
ladder_mul(const struct ladder_group *g, void *r, const void *a, const struct fr *k)
{
	struct term t;
	uint64_t sum[LADDER_WORDS], part[LADDER_WORDS];

	fill(g, &t, a, k);
	copy(g, sum, g->neutral);
	for (int i = FR_SPLIT_DIGITS - 1; i >= 0; i--) {
		if (i < FR_SPLIT_DIGITS - 1)
			double_by_window(g, sum);
		for (int half = 0; half < 2; half++) {
			scan(g, part, &t.m[half], t.digit[half][i]);
			g->add(sum, sum, part);
		}
	}
	copy(g, r, sum);
	explicit_bzero(&t, sizeof(t));
	explicit_bzero(sum, sizeof(sum));
	explicit_bzero(part, sizeof(part));
}

static void
add_digit(const struct ladder_group *g, void *sum, const struct multiples *m, int8_t digit)
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
	struct term t[RUN];
	uint64_t sum[LADDER_WORDS];

	for (size_t j = 0; j < n; j++)
		fill(g, &t[j], a + j * g->words, &k[j]);
	copy(g, sum, g->neutral);
	for (int i = FR_SPLIT_DIGITS - 1; i >= 0; i--) {
		if (i < FR_SPLIT_DIGITS - 1)
			double_by_window(g, sum);
		for (size_t j = 0; j < n; j++) {
			add_digit(g, sum, &t[j].m[0], t[j].digit[0][i]);
			add_digit(g, sum, &t[j].m[1], t[j].digit[1][i]);
		}
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
