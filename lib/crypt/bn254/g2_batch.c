#include "g2_batch.h"

#include <string.h>

/* Infinity, as no point of the twist has x = 0 and y = 0. */
static bool
is_infinity(const struct g2_affine *a)
{
	return fp2_is_zero(&a->x) & fp2_is_zero(&a->y);
}

/* What a pair's slope is divided by: the difference of the x, for two equal
 * points twice the y, for all pairs that need no slope 0. */
static void
denominator(struct fp2 *d, const struct g2_affine *a, const struct g2_affine *b)
{
	if (is_infinity(a) || is_infinity(b)) {
		*d = fp2_zero;
		return;
	}
	fp2_sub(d, &b->x, &a->x);
	if (fp2_is_zero(d) && fp2_equal(&a->y, &b->y))
		fp2_add(d, &a->y, &a->y);
}

/* a += b, with the inverse of their denominator */
static void
add_one(struct g2_affine *a, const struct g2_affine *b, const struct fp2 *inverse)
{
	struct fp2 slope, x, t;

	if (is_infinity(b))
		return;
	if (is_infinity(a)) {
		*a = *b;
		return;
	}
	if (fp2_is_zero(inverse)) {
		memset(a, 0, sizeof(*a));
		return;
	}
	if (fp2_equal(&a->x, &b->x)) {
		fp2_sqr(&t, &a->x);
		fp2_add(&slope, &t, &t);
		fp2_add(&slope, &slope, &t);
	} else {
		fp2_sub(&slope, &b->y, &a->y);
	}
	fp2_mul(&slope, &slope, inverse);
	fp2_sqr(&x, &slope);
	fp2_sub(&x, &x, &a->x);
	fp2_sub(&x, &x, &b->x);
	fp2_sub(&t, &a->x, &x);
	fp2_mul(&t, &t, &slope);
	fp2_sub(&a->y, &t, &a->y);
	a->x = x;
}

void
g2_batch_add(struct g2_affine *acc, const struct g2_affine *const *add, size_t n, struct g2_batch_room *room)
{
	for (size_t i = 0; i < n; i++)
		denominator(&room->d[i], &acc[i], add[i]);
	fp2_inv_many(room->d, n, room->t);
	for (size_t i = 0; i < n; i++)
		add_one(&acc[i], add[i], &room->d[i]);
}
