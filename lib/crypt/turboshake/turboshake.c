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

void
turboshake_x4_init(struct turboshake_x4 *t)
{
	memset(t, 0, sizeof(*t));
}

/* lanes_xor4, lanes_get4: whole lanes of four states, from byte `done` of each string. */
static void
lanes_xor4(uint64_t (*lane)[KECCAKP_STATES], const void *const p[KECCAKP_STATES], size_t done, size_t lanes)
{
	const uint8_t *p0 = (const uint8_t *)p[0] + done, *p1 = (const uint8_t *)p[1] + done;
	const uint8_t *p2 = (const uint8_t *)p[2] + done, *p3 = (const uint8_t *)p[3] + done;

	for (size_t i = 0; i < lanes; i++, p0 += 8, p1 += 8, p2 += 8, p3 += 8) {
		uint64_t in[KECCAKP_STATES];

		memcpy(&in[0], p0, 8);
		memcpy(&in[1], p1, 8);
		memcpy(&in[2], p2, 8);
		memcpy(&in[3], p3, 8);
		for (int s = 0; s < KECCAKP_STATES; s++)
			lane[i][s] ^= le64toh(in[s]);
	}
}

static void
lanes_get4(uint64_t (*lane)[KECCAKP_STATES], void *const p[KECCAKP_STATES], size_t done, size_t lanes)
{
	uint8_t *p0 = (uint8_t *)p[0] + done, *p1 = (uint8_t *)p[1] + done;
	uint8_t *p2 = (uint8_t *)p[2] + done, *p3 = (uint8_t *)p[3] + done;

	for (size_t i = 0; i < lanes; i++, p0 += 8, p1 += 8, p2 += 8, p3 += 8) {
		uint64_t out[KECCAKP_STATES];

		for (int s = 0; s < KECCAKP_STATES; s++)
			out[s] = htole64(lane[i][s]);
		memcpy(p0, &out[0], 8);
		memcpy(p1, &out[1], 8);
		memcpy(p2, &out[2], 8);
		memcpy(p3, &out[3], 8);
	}
}

void
turboshake_x4_absorb(struct turboshake_x4 *t, const void *const p[KECCAKP_STATES], size_t n)
{
	for (size_t done = 0, k; done < n; done += k) {
		if (t->pos == TURBOSHAKE_RATE) {
			keccakp_x4(t->a, ROUNDS);
			t->pos = 0;
		}
		if ((k = 8 * whole(t->pos, n - done)) > 0) {
			lanes_xor4(&t->a[t->pos / 8], p, done, k / 8);
			t->pos += k;
			continue;
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
		if ((k = 8 * whole(t->pos, n - done)) > 0) {
			lanes_get4(&t->a[t->pos / 8], out, done, k / 8);
			t->pos += k;
			continue;
		}
		k = reach(t->pos, n - done);
		for (int s = 0; s < KECCAKP_STATES; s++)
			lane_get(t->a[t->pos / 8][s], t->pos % 8, (uint8_t *)out[s] + done, k);
		t->pos += k;
	}
}
