#include "g2_sum.h"

#include <stdlib.h>

#include "g2_batch.h"

/*
 * Points are gathered until there is one for each lane, then added to the lanes
 * in one step.  In the end the lanes are added to each other.
 */
#define LANES	G2_BATCH_MAX

struct g2_sum {
	struct g2_affine lane[LANES], waiting[LANES];
	const struct g2_affine *next[LANES];
	size_t	n;		/* waiting */
	size_t	used;		/* lanes that may be other than infinity: a power of two */
	struct g2_batch_room room;
};

struct g2_sum *
g2_sum_new(void)
{
	struct g2_sum *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->used = 1;
	for (size_t i = 0; i < LANES; i++)
		s->next[i] = &s->waiting[i];
	return s;
}

void
g2_sum_free(struct g2_sum **s)
{
	free(*s);
	*s = NULL;
}

static void
flush(struct g2_sum *s)
{
	g2_batch_add(s->lane, s->next, s->n, &s->room);
	while (s->used < s->n)
		s->used *= 2;
	s->n = 0;
}

void
g2_sum_add(struct g2_sum *s, const struct g2_affine *a, bool minus)
{
	struct g2_affine *to = &s->waiting[s->n++];

	*to = *a;
	if (minus)
		fp2_neg(&to->y, &to->y);
	if (s->n == LANES)
		flush(s);
}

/* The upper half of the lanes is added to the lower, until one is left. */
void
g2_sum_total(struct g2_sum *s, struct g2 *total)
{
	flush(s);
	for (size_t half = s->used / 2; half > 0; half /= 2) {
		for (size_t i = 0; i < half; i++)
			s->waiting[i] = s->lane[half + i];
		g2_batch_add(s->lane, s->next, half, &s->room);
		for (size_t i = 0; i < half; i++)
			s->lane[half + i] = (struct g2_affine){ .x = fp2_zero };
	}
	g2_from_affine(total, &s->lane[0]);
}
