/*
 * The comb that makes tails, beside the ladder: scalars at the edges of its digits
 * and of the group's order, full and partial calls, with wide registers and without.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/bn254/g2_comb.h"
#include "../tap.h"

static const char *const edges[] = {
	"1", "2", "3", "7F", "80", "81", "FF", "100", "3FFF", "4000", "4001",
	/* 2^252 - 1, 2^252, 2^252 + 1; the same of 2^253 */
	"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
	"1000000000000000000000000000000000000000000000000000000000000000",
	"1000000000000000000000000000000000000000000000000000000000000001",
	"1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
	"2000000000000000000000000000000000000000000000000000000000000000",
	"2000000000000000000000000000000000000000000000000000000000000001",
	/* (r - 1)/2, (r + 1)/2, r - 2, r - 1 */
	"1291B24120000000DD1A26C000000003FFCFC000000000085080000000000006",
	"1291B24120000000DD1A26C000000003FFCFC000000000085080000000000007",
	"2523648240000001BA344D8000000007FF9F800000000010A10000000000000B",
	"2523648240000001BA344D8000000007FF9F800000000010A10000000000000C",
};
#define EDGES	(sizeof(edges) / sizeof(*edges))

static bool
is_multiple(const struct g2_affine *got, const struct g2 *base, const struct fr *k)
{
	struct g2_affine want;
	struct g2 p;

	g2_mul(&p, base, k);
	g2_to_affine(&want, &p);
	return fp2_equal(&got->x, &want.x) && fp2_equal(&got->y, &want.y);
}

static void
test_edges(const struct g2_comb *t, const struct g2 *base, struct g2_comb_room *room)
{
	struct g2_affine out[EDGES];
	struct fr k[EDGES];

	for (size_t i = 0; i < EDGES; i++) {
		if (fr_from_hex(&k[i], edges[i], strlen(edges[i]), NULL) == -1)
			ok(false, "%s is a scalar", edges[i]);
	}
	g2_comb_mul(t, out, k, EDGES, room);
	for (size_t i = 0; i < EDGES; i++)
		ok(is_multiple(&out[i], base, &k[i]), "%s", edges[i]);
}

static void
test_random(const struct g2_comb *t, const struct g2 *base, struct g2_comb_room *room)
{
	static struct g2_affine out[G2_COMB_MAX], one;
	static struct fr k[G2_COMB_MAX];
	size_t same = 0;

	for (size_t i = 0; i < G2_COMB_MAX; i++)
		fr_random(&k[i]);
	g2_comb_mul(t, out, k, G2_COMB_MAX, room);
	for (size_t i = 0; i < G2_COMB_MAX; i++)
		same += is_multiple(&out[i], base, &k[i]);
	is_int((int64_t)same, G2_COMB_MAX, "a full call of random scalars");
	g2_comb_mul(t, &one, &k[7], 1, room);
	is_mem(&one, &out[7], sizeof(one), "one alone");
}

int
main(void)
{
	CLEANUP(g2_comb_free) struct g2_comb *t = NULL;
	CLEANUP(g2_comb_room_free) struct g2_comb_room *room = g2_comb_room_new();
	struct g2 base;

	g2_random(&base);
	t = g2_comb_new(&base);
	test_edges(t, &base, room);
	test_random(t, &base, room);
	g2_comb_plain(t);
	test_edges(t, &base, room);
	test_random(t, &base, room);
	return done_testing();
}
