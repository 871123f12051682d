#include "turboshake.h"

#include <endian.h>
#include <string.h>

#define ROUNDS	12

/* lane_xor, lane_get: up to 8 bytes of a lane, from byte `at` of it. */
static void
lane_xor(uint64_t *lane, size_t at, const uint8_t *p, size_t n)
{
	uint64_t in = 0;

	memcpy((uint8_t *)&in + at, p, n);
	*lane ^= le64toh(in);
}

static void
lane_get(uint64_t lane, size_t at, uint8_t *p, size_t n)
{
	const uint64_t out = htole64(lane);

	memcpy(p, (const uint8_t *)&out + at, n);
}

/* reach: how much of n bytes is in the lane at pos. */
static size_t
reach(size_t pos, size_t n)
{
	const size_t left = 8 - pos % 8;

	return n < left ? n : left;
}

/* whole: how many whole lanes from pos on n bytes fill, up to the end of the block. */
static size_t
whole(size_t pos, size_t n)
{
	const size_t left = TURBOSHAKE_RATE - pos;

	return pos % 8 != 0 ? 0 : (n < left ? n : left) / 8;
}

/* lanes_xor, lanes_get: whole lanes of one state. */
static void
lanes_xor(uint64_t *lane, const uint8_t *p, size_t lanes)
{
	for (size_t i = 0; i < lanes; i++) {
		uint64_t in;

		memcpy(&in, p + 8 * i, sizeof(in));
		lane[i] ^= le64toh(in);
	}
}

static void
lanes_get(const uint64_t *lane, uint8_t *p, size_t lanes)
{
	for (size_t i = 0; i < lanes; i++) {
		const uint64_t out = htole64(lane[i]);

		memcpy(p + 8 * i, &out, sizeof(out));
	}
}

void
turboshake_init(struct turboshake *t)
{
	memset(t, 0, sizeof(*t));
}

void
turboshake_absorb(struct turboshake *t, const void *p, size_t n)
{
	const uint8_t *in = p;

	for (size_t k; n > 0; in += k, n -= k) {
		if (t->pos == TURBOSHAKE_RATE) {
			keccakp(t->a, ROUNDS);
			t->pos = 0;
		}
		k = 8 * whole(t->pos, n);
		if (k > 0)
			lanes_xor(&t->a[t->pos / 8], in, k / 8);
		else
			lane_xor(&t->a[t->pos / 8], t->pos % 8, in, k = reach(t->pos, n));
		t->pos += k;
	}
}

void
turboshake_finish(struct turboshake *t, uint8_t domain)
{
	turboshake_absorb(t, &domain, 1);
	t->a[TURBOSHAKE_RATE / 8 - 1] ^= UINT64_C(0x80) << 56;
	t->pos = TURBOSHAKE_RATE;
}

void
turboshake_squeeze(struct turboshake *t, void *p, size_t n)
{
	uint8_t *out = p;

	for (size_t k; n > 0; out += k, n -= k) {
		if (t->pos == TURBOSHAKE_RATE) {
			keccakp(t->a, ROUNDS);
			t->pos = 0;
		}
		k = 8 * whole(t->pos, n);
		if (k > 0)
			lanes_get(&t->a[t->pos / 8], out, k / 8);
		else
			lane_get(t->a[t->pos / 8], t->pos % 8, out, k = reach(t->pos, n));
		t->pos += k;
	}
}

#define S(name)		turboshake_x4_##name
#define STEP		struct turboshake_x4
#define STATES		KECCAKP_STATES
#define PERMUTE		keccakp_x4
#include "in_step.inc"
#undef S
#undef STEP
#undef STATES
#undef PERMUTE

#define S(name)		turboshake_x8_##name
#define STEP		struct turboshake_x8
#define STATES		KECCAKP_EIGHT
#define PERMUTE		keccakp_x8
#include "in_step.inc"
