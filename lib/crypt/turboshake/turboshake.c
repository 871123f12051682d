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
		k = reach(t->pos, n);
		lane_xor(&t->a[t->pos / 8], t->pos % 8, in, k);
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
		k = reach(t->pos, n);
		lane_get(t->a[t->pos / 8], t->pos % 8, out, k);
		t->pos += k;
	}
}

void
turboshake_x4_init(struct turboshake_x4 *t)
{
	memset(t, 0, sizeof(*t));
}

void
turboshake_x4_absorb(struct turboshake_x4 *t, const void *const p[KECCAKP_STATES], size_t n)
{
	for (size_t done = 0, k; done < n; done += k) {
		if (t->pos == TURBOSHAKE_RATE) {
			keccakp_x4(t->a, ROUNDS);
			t->pos = 0;
		}
		k = reach(t->pos, n - done);
		for (int s = 0; s < KECCAKP_STATES; s++)
			lane_xor(&t->a[t->pos / 8][s], t->pos % 8, (const uint8_t *)p[s] + done, k);
		t->pos += k;
	}
}

void
turboshake_x4_finish(struct turboshake_x4 *t, uint8_t domain)
{
	const void *const p[KECCAKP_STATES] = { &domain, &domain, &domain, &domain };

	turboshake_x4_absorb(t, p, 1);
	for (int s = 0; s < KECCAKP_STATES; s++)
		t->a[TURBOSHAKE_RATE / 8 - 1][s] ^= UINT64_C(0x80) << 56;
	t->pos = TURBOSHAKE_RATE;
}

void
turboshake_x4_squeeze(struct turboshake_x4 *t, void *const out[KECCAKP_STATES], size_t n)
{
	for (size_t done = 0, k; done < n; done += k) {
		if (t->pos == TURBOSHAKE_RATE) {
			keccakp_x4(t->a, ROUNDS);
			t->pos = 0;
		}
		k = reach(t->pos, n - done);
		for (int s = 0; s < KECCAKP_STATES; s++)
			lane_get(t->a[t->pos / 8][s], t->pos % 8, (uint8_t *)out[s] + done, k);
		t->pos += k;
	}
}
