/*
 * Streams of elements: four or eight in step equal as many alone, also where elements are refused
 * and the lanes get out of step; which elements a field refuses.
 */
#include "../../lib/base/rand.h"
#include "../../lib/crypt/vdaf/xof.h"
#include "../tap.h"

#define SEED	16
#define MOST	200	/* elements */

/* Of a field that refuses a quarter of what Field64 takes. */
static size_t
picky_accept(uint8_t *out, size_t room, const uint8_t *in, size_t n)
{
	size_t taken = 0;

	for (size_t i = 0; i < n && taken < room; i++)
		if (in[8 * i] >= 64)
			memcpy(out + 8 * taken++, in + 8 * i, 8);
	return taken;
}

static const uint8_t tag[] = "tag", binder[] = "binder";

/* by_hand: the stream itself, eight bytes at a time. */
static void
by_hand(uint8_t *out, const uint8_t seed[SEED], size_t n, bool picky)
{
	const uint8_t head = sizeof(tag);
	struct turboshake t;

	turboshake_init(&t);
	turboshake_absorb(&t, &head, 1);
	turboshake_absorb(&t, tag, sizeof(tag));
	turboshake_absorb(&t, seed, SEED);
	turboshake_absorb(&t, binder, sizeof(binder));
	turboshake_finish(&t, 1);
	for (size_t i = 0; i < n; ) {
		turboshake_squeeze(&t, out + 8 * i, 8);
		i += !picky || out[8 * i] >= 64;
	}
}

static void
in_step(uint8_t out[XOF_LANES][8 * MOST], uint8_t seed[XOF_LANES][SEED], size_t lanes, size_t n, const struct flp_field *field)
{
	const uint8_t *seeds[XOF_LANES];
	uint8_t *to[XOF_LANES];
	struct xof x;

	for (size_t i = 0; i < XOF_LANES; i++) {
		seeds[i] = seed[i];
		to[i] = out[i];
	}
	xof_begin(&x, PRIO3_08, tag, sizeof(tag), seeds, SEED, lanes);
	xof_bind_all(&x, binder, sizeof(binder));
	xof_elements(&x, field, to, n);
}

static void
test_lanes(const struct flp_field *field, bool picky)
{
	static uint8_t got[XOF_LANES][8 * MOST], want[8 * MOST];
	uint8_t seed[XOF_LANES][SEED];
	size_t bad = 0;

	rand_bytes(seed, sizeof(seed));
	for (size_t lanes = 1; lanes <= XOF_LANES; lanes++)
		for (size_t n = 0; n <= MOST; n++) {
			memset(got, 0, sizeof(got));
			in_step(got, seed, lanes, n, field);
			for (size_t i = 0; i < lanes; i++) {
				memset(want, 0, sizeof(want));
				by_hand(want, seed[i], n, picky);
				bad += memcmp(got[i], want, sizeof(want)) != 0;
			}
		}
	is_int((int64_t)bad, 0, "1 to %d lanes of 0 to %d elements%s", XOF_LANES, MOST, picky ? ", a quarter refused" : "");
}

/* accept: of p - 1, p, 1, all ones, 2 the first, third and fifth. */
static void
test_accept(const struct flp_field *field, const char *below, const char *modulus)
{
	const size_t n = field->bytes;
	uint8_t in[5 * 16] = { 0 }, out[5 * 16] = { 0 }, want[5 * 16] = { 0 };

	unhex(in, below);
	unhex(in + n, modulus);
	in[2 * n] = 1;
	memset(in + 3 * n, 0xff, n);
	in[4 * n] = 2;
	memcpy(want, in, n);
	want[n] = 1;
	want[2 * n] = 2;
	is_int((int64_t)field->accept(out, 5, in, 5), 3, "three of five are below the modulus of %zu bytes", n);
	is_mem(out, want, 3 * n, "and those are taken");
	memset(out, 0, sizeof(out));
	memset(want + 2 * n, 0, n);
	is_int((int64_t)field->accept(out, 2, in, 5), 2, "not more than there is room for");
	is_mem(out, want, 3 * n, "and nothing behind it is written");
	ok(!field->valid(in, 5) && field->valid(in, 1) && field->valid(in + 2 * n, 1) && !field->valid(in + 2 * n, 2),
	    "a vector with one of them is not valid");
}

int
main(void)
{
	struct flp_field picky = flp_field64;

	picky.accept = picky_accept;
	test_lanes(&flp_field64, false);
	test_lanes(&picky, true);
	test_accept(&flp_field64, "00000000ffffffff", "01000000ffffffff");
	test_accept(&flp_field128, "0000000000000000e4ffffffffffffff", "0100000000000000e4ffffffffffffff");
	return done_testing();
}
