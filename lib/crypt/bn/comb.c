#include "mont_own.h"

#include <stdlib.h>
#include <string.h>

/*
 * Lim and Lee's comb, Crypto '94: an exponent is cut into TEETH rows of
 * ROWS * span bits, each row into ROWS pieces.  One column has a bit of every
 * row; table[j] has base^(sum of the row weights in the column) for piece j.
 * TEETH = 5 is where reading the whole table costs as much as it saves.
 */
#define TEETH	5
#define ENTRIES	(1u << TEETH)
#define ROWS	8

struct comb {
	const struct mont *m;
	size_t	span;		/* columns of a piece */
	mp_limb_t *table;	/* [ROWS][ENTRIES][m->n] */
};

static mp_limb_t *
entry(const struct comb *c, size_t row, size_t i)
{
	return c->table + (row * ENTRIES + i) * c->m->n;
}

/* Entries with one bit: base^(2^(tooth * ROWS * span + row * span)). */
static void
fill_single(struct comb *c, const struct bn *base)
{
	mp_limb_t power[LIMB_MAX];

	mont_in(c->m, power, base);
	for (size_t tooth = 0; tooth < TEETH; tooth++)
		for (size_t row = 0; row < ROWS; row++) {
			memcpy(entry(c, row, (size_t)1 << tooth), power,
			    c->m->n * sizeof(*power));
			for (size_t i = 0; i < c->span; i++)
				mont_sqr(c->m, power, power);
		}
}

static void
fill_sums(struct comb *c)
{
	for (size_t row = 0; row < ROWS; row++) {
		memcpy(entry(c, row, 0), c->m->one, c->m->n * sizeof(mp_limb_t));
		for (size_t i = 3; i < ENTRIES; i++)
			if ((i & (i - 1)) != 0)
				mont_mul(c->m, entry(c, row, i),
				    entry(c, row, i & (i - 1)),
				    entry(c, row, i & -i));
	}
}

struct comb *
comb_new(const struct mont *m, const struct bn *base, unsigned bits)
{
	struct comb *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->m = m;
	c->span = (bits + TEETH * ROWS - 1) / (TEETH * ROWS);
	c->table = reallocarray(NULL, ROWS * ENTRIES * m->n, sizeof(mp_limb_t));
	if (c->table == NULL)
		abort();
	fill_single(c, base);
	fill_sums(c);
	return c;
}

void
comb_free(struct comb *c)
{
	if (c == NULL)
		return;
	free(c->table);
	free(c);
}

bool
comb_fits(const struct comb *c, const struct bn *exp)
{
	return bn_bits(exp) <= TEETH * ROWS * c->span;
}

static size_t
column(const struct comb *c, const mp_limb_t *exp, size_t row, size_t i)
{
	size_t found = 0;

	for (size_t tooth = 0; tooth < TEETH; tooth++) {
		size_t at = (tooth * ROWS + row) * c->span + i;

		found |= (exp[at / 64] >> (at % 64) & 1) << tooth;
	}
	return found;
}

void
comb_mul(const struct comb *c, mp_limb_t *r, const struct bn *exp, bool ct)
{
	mp_limb_t bits[MONT_EXP_LIMBS], picked[LIMB_MAX];
	size_t n = c->m->n;

	mont_exponent(bits, MONT_EXP_LIMBS, exp);
	memcpy(r, c->m->one, n * sizeof(*r));
	for (size_t i = c->span; i-- > 0;) {
		mont_sqr(c->m, r, r);
		for (size_t row = 0; row < ROWS; row++) {
			size_t at = column(c, bits, row, i);

			if (ct)
				limb_pick(picked, entry(c, row, 0), n, ENTRIES, at);
			if (ct || at != 0)
				mont_mul(c->m, r, r, ct ? picked :
				    entry(c, row, at));
		}
	}
	explicit_bzero(bits, sizeof(bits));
	explicit_bzero(picked, sizeof(picked));
}
