#include "g2_table.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX	128	/* windows of 2 bits */
#define SCALAR_BITS	255	/* with the sign's carry */

struct g2_table {
	size_t	windows, half;	/* windows; points of each, 1..half times its base */
	unsigned bits;
	struct g2_affine *point;
};

static void *
room_for(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		abort();
	return p;
}

/* point[0..half) = 1..half times base, in steps that add what is there already
 * to the largest so far. */
static void
fill(struct g2_affine *point, size_t half, const struct g2 *base, struct g2_batch_room *room)
{
	const struct g2_affine *top[G2_BATCH_MAX];

	g2_to_affine(&point[0], base);
	for (size_t have = 1; have < half;) {
		size_t n = have < half - have ? have : half - have;

		if (n > G2_BATCH_MAX)
			n = G2_BATCH_MAX;
		for (size_t i = 0; i < n; i++) {
			point[have + i] = point[i];
			top[i] = &point[have - 1];
		}
		g2_batch_add(point + have, top, n, room);
		have += n;
	}
}

struct g2_table *
g2_table_new(const struct g2 *base, unsigned bits)
{
	struct g2_table *t = room_for(1, sizeof(*t));
	struct g2_batch_room *room = room_for(1, sizeof(*room));
	struct g2 at = *base;

	t->bits = bits;
	t->windows = (SCALAR_BITS + bits - 1) / bits;
	t->half = 1UL << (bits - 1);
	t->point = room_for(t->windows * t->half, sizeof(*t->point));
	for (size_t i = 0; i < t->windows; i++) {
		fill(t->point + i * t->half, t->half, &at, room);
		for (unsigned j = 0; j < bits; j++)
			g2_dbl(&at, &at);
	}
	free(room);
	return t;
}

void
g2_table_free(struct g2_table **t)
{
	if (*t != NULL)
		free((*t)->point);
	free(*t);
	*t = NULL;
}

/* What digit d of window w adds: a point of the table, or its opposite, made in *minus. */
static const struct g2_affine *
entry(const struct g2_table *t, size_t w, int d, struct g2_affine *minus)
{
	const struct g2_affine *p;

	if (d == 0) {
		*minus = (struct g2_affine){ .x = fp2_zero };
		return minus;
	}
	p = &t->point[w * t->half + (size_t)abs(d) - 1];
	if (d > 0)
		return p;
	minus->x = p->x;
	fp2_neg(&minus->y, &p->y);
	return minus;
}

void
g2_table_mul(const struct g2_table *t, struct g2_affine *out, const struct fr *k, size_t n, struct g2_batch_room *room)
{
	int16_t (*digit)[DIGITS_MAX] = room_for(n, sizeof(*digit));
	struct g2_affine *minus = room_for(n, sizeof(*minus));
	const struct g2_affine **add = room_for(n, sizeof(const struct g2_affine *));

	memset(out, 0, n * sizeof(*out));
	for (size_t i = 0; i < n; i++)
		fr_digits(digit[i], t->windows, &k[i], t->bits);
	for (size_t w = 0; w < t->windows; w++) {
		for (size_t i = 0; i < n; i++)
			add[i] = entry(t, w, digit[i][w], &minus[i]);
		g2_batch_add(out, add, n, room);
	}
	explicit_bzero(digit, n * sizeof(*digit));
	free(digit);
	free(minus);
	free(add);
}
