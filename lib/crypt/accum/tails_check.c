#include "tails.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/rand.h"
#include "../bn254/g2_batch.h"
#include "../bn254/wire.h"

/*
 * The order of a point is a multiplication of 64 bits, too much for each of
 * 200,001.  Sums are checked instead: in each pass every chunk of BUCKETS points
 * is shuffled, given random signs and added to as many buckets, one a bucket; at
 * the end all buckets must be in the group.
 *
 * With one point or more of a chunk outside, its places and signs have at least
 * 2 * BUCKETS outcomes that are equally likely and all different (the cofactor is
 * odd, so no point outside is its own opposite modulo the group), of which one at
 * most cancels what the other chunks left: a pass is fooled with a probability
 * of 2^-11 at most, all of them of 2^-66.  The cofactor has the factor 13, which
 * is why random factors instead of places would say much less.
 */
#define BUCKETS	1024
#define PASSES	6

struct check {
	struct g2_affine point[2 * BUCKETS];	/* a chunk, then its opposites */
	struct g2_affine bucket[PASSES][BUCKETS];
	struct g2_batch_room room;
};

static void
check_free(struct check **c)
{
	free(*c);
}

static int
read_point(struct g2_affine *out, const struct tails *t, uint32_t slot, struct err *e)
{
	if (wire_g2_affine_read(out, tails_at(t, slot)) == -1)
		return err_set(e, ERR_TAILS_MISMATCH, "slot %u has a coordinate past the field", slot);
	if (!g2_affine_on_curve(out))
		return err_set(e, ERR_TAILS_MISMATCH, "slot %u is not on the curve", slot);
	return 0;
}

static bool
in_group(const struct g2_affine *a)
{
	struct g2 p;

	if (fp2_is_zero(&a->x) && fp2_is_zero(&a->y))
		return true;		/* infinity */
	g2_from_affine(&p, a);
	return g2_in_group(&p);
}

/* Fisher-Yates; the bias of a 32-bit number is below 2^-21 a step. */
static void
shuffle(uint16_t order[BUCKETS])
{
	uint32_t random[BUCKETS];

	rand_bytes(random, sizeof(random));
	for (uint16_t i = 0; i < BUCKETS; i++)
		order[i] = i;
	for (uint32_t i = BUCKETS - 1; i > 0; i--) {
		uint32_t j = (uint32_t)((uint64_t)random[i] * (i + 1) >> 32);
		uint16_t t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
}

static void
add_chunk(struct check *c, size_t n)
{
	static const struct g2_affine infinity;
	const struct g2_affine *add[BUCKETS];
	uint16_t order[BUCKETS];
	uint8_t sign[BUCKETS];

	for (size_t i = 0; i < n; i++) {
		c->point[BUCKETS + i].x = c->point[i].x;
		fp2_neg(&c->point[BUCKETS + i].y, &c->point[i].y);
	}
	for (size_t pass = 0; pass < PASSES; pass++) {
		shuffle(order);
		rand_bytes(sign, sizeof(sign));
		for (size_t i = 0; i < BUCKETS; i++) {
			size_t which = i + (sign[i] & 1) * BUCKETS;

			add[order[i]] = i < n ? &c->point[which] : &infinity;
		}
		g2_batch_add(c->bucket[pass], add, BUCKETS, &c->room);
	}
}

static int
buckets_check(const struct check *c, struct err *e)
{
	for (size_t pass = 0; pass < PASSES; pass++) {
		for (size_t i = 0; i < BUCKETS; i++) {
			if (!in_group(&c->bucket[pass][i]))
				return err_set(e, ERR_TAILS_MISMATCH, "a point is outside the group");
		}
	}
	return 0;
}

static int
check_sums(const struct tails *t, const struct tails_progress *progress, struct err *e)
{
	CLEANUP(check_free) struct check *c = calloc(1, sizeof(*c));
	uint32_t points = tails_points(t->size);

	if (c == NULL)
		abort();
	for (uint32_t slot = 0, n; slot < points; slot += n) {
		n = points - slot < BUCKETS ? points - slot : BUCKETS;
		for (uint32_t i = 0; i < n; i++) {
			if (read_point(&c->point[i], t, slot + i, e) == -1)
				return -1;
		}
		add_chunk(c, n);
		if (progress->fn != NULL)
			progress->fn(progress->arg, slot + n, points);
	}
	return buckets_check(c, e);
}

/* As few points as the buckets of check_sums: each for itself. */
static int
check_each(const struct tails *t, const struct tails_progress *progress, struct err *e)
{
	uint32_t points = tails_points(t->size);
	struct g2_affine point;

	for (uint32_t slot = 0; slot < points; slot++) {
		if (read_point(&point, t, slot, e) == -1)
			return -1;
		if (!in_group(&point))
			return err_set(e, ERR_TAILS_MISMATCH, "slot %u is outside the group", slot);
		if (progress->fn != NULL)
			progress->fn(progress->arg, slot + 1, points);
	}
	return 0;
}

int
tails_check(const struct tails *t, const struct tails_progress *progress, struct err *e)
{
	static const struct tails_progress nobody;

	if (memcmp(tails_at(t, 0), tails_at(t, t->size + 1), TAILS_POINT) != 0)
		return err_set(e, ERR_TAILS_MISMATCH, "slot %u is not the generator", t->size + 1);
	if (progress == NULL)
		progress = &nobody;
	if (tails_points(t->size) <= PASSES * BUCKETS)
		return check_each(t, progress, e);
	return check_sums(t, progress, e);
}
