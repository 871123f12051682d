#include "g2_comb.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/*
 * Rows of 64 points of 128 bytes, 8 kB, stay in the first cache while a window
 * is added to all points.  A window more costs an addition; a bit more doubles
 * what is read.  Measured: docs/design/accum.md.
 */
#define BITS	7
#define ROW	(1u << (BITS - 1))		/* 1, 3, 5, ... 2^BITS - 1 times 2^(BITS * window) */
#define WINDOWS	((254 + BITS - 1) / BITS)
#define POSITIVE 0x80				/* of a digit; below it (|digit| - 1) / 2 */

struct g2_comb {
	void	(*read_row)(struct g2_affine *out, const struct g2_affine row[ROW], uint8_t digit);
	struct g2_affine row[WINDOWS][ROW];
};

struct g2_comb_room {
	uint8_t	digit[WINDOWS][G2_COMB_MAX];
	uint8_t	even[G2_COMB_MAX];		/* 1: the opposite was computed */
	struct g2_affine add[G2_COMB_MAX];
	struct fp2 d[G2_COMB_MAX], t[G2_COMB_MAX];
};

/*
 * The point of a digit: all of the row is read, and one kept.  In registers of
 * 32 bytes where the processor has them: 90 ns; without 1,000.
 */
typedef uint64_t lane __attribute__((vector_size(32), aligned(8), may_alias));

_Static_assert(sizeof(struct g2_affine) == 4 * sizeof(lane), "a point is four lanes");

static inline __attribute__((always_inline)) void
read_row_by_lanes(struct g2_affine *out, const struct g2_affine row[ROW], uint8_t digit)
{
	lane a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 }, i = { 0 };
	lane want = i + (uint64_t)(digit & (POSITIVE - 1));	/* in all four */

	for (size_t j = 0; j < ROW; j++) {
		const lane *from = (const lane *)&row[j];
		lane here = (lane)(i == want);

		a |= from[0] & here;
		b |= from[1] & here;
		c |= from[2] & here;
		d |= from[3] & here;
		i += 1;
	}
	((lane *)out)[0] = a;
	((lane *)out)[1] = b;
	((lane *)out)[2] = c;
	((lane *)out)[3] = d;
}

static void
read_row_plain(struct g2_affine *out, const struct g2_affine row[ROW], uint8_t digit)
{
	read_row_by_lanes(out, row, digit);
}

__attribute__((target("avx2"))) static void
read_row_avx2(struct g2_affine *out, const struct g2_affine row[ROW], uint8_t digit)
{
	read_row_by_lanes(out, row, digit);
}

static void *
new(size_t n)
{
	void *p = calloc(1, n);

	if (p == NULL)
		abort();
	return p;
}

static void
fill_row(struct g2 row[ROW], const struct g2 *base)
{
	struct g2 twice;

	g2_dbl(&twice, base);
	row[0] = *base;
	for (size_t i = 1; i < ROW; i++)
		g2_add(&row[i], &row[i - 1], &twice);
}

/* Homogeneous to affine, one inversion a row. */
static void
row_affine(struct g2_affine out[ROW], const struct g2 in[ROW])
{
	struct fp2 z[ROW], room[ROW];

	for (size_t i = 0; i < ROW; i++)
		z[i] = in[i].z;
	fp2_inv_many(z, ROW, room);
	for (size_t i = 0; i < ROW; i++) {
		fp2_mul(&out[i].x, &in[i].x, &z[i]);
		fp2_mul(&out[i].y, &in[i].y, &z[i]);
	}
}

struct g2_comb *
g2_comb_new(const struct g2 *base)
{
	struct g2_comb *t = new(sizeof(*t));
	struct g2 step = *base, row[ROW];

	t->read_row = __builtin_cpu_supports("avx2") ? read_row_avx2 : read_row_plain;
	for (size_t w = 0; w < WINDOWS; w++) {
		fill_row(row, &step);
		row_affine(t->row[w], row);
		for (size_t i = 0; i < BITS; i++)
			g2_dbl(&step, &step);
	}
	return t;
}

void
g2_comb_plain(struct g2_comb *t)
{
	t->read_row = read_row_plain;
}

void
g2_comb_free(struct g2_comb **t)
{
	free(*t);
	*t = NULL;
}

struct g2_comb_room *
g2_comb_room_new(void)
{
	return new(sizeof(struct g2_comb_room));
}

void
g2_comb_room_free(struct g2_comb_room **room)
{
	if (*room != NULL)
		sodium_memzero(*room, sizeof(**room));
	free(*room);
	*room = NULL;
}

/* BITS + 1 bits of a little-endian number from bit `at` on. */
static unsigned
bits_at(const uint8_t k[FR_BYTES + 2], size_t at)
{
	unsigned word = k[at / 8] | (unsigned)k[at / 8 + 1] << 8;

	return word >> (at % 8) & ((2u << BITS) - 1);
}

/*
 * k as the sum of odd digits d[w] * 2^(BITS * w), |d| < 2^BITS: of an odd number
 * the digit is (its low BITS + 1 bits) - 2^BITS, and the rest is again odd.  An
 * even k is replaced by the odd r - k.
 */
static void
recode(struct g2_comb_room *room, size_t i, const struct fr *k)
{
	uint8_t plain[FR_BYTES], other[FR_BYTES], low[FR_BYTES + 2] = { 0 };
	struct fr minus;
	uint8_t even;

	fr_neg(&minus, k);
	fr_to_bytes(plain, k);
	fr_to_bytes(other, &minus);
	even = (uint8_t)(1 - (plain[FR_BYTES - 1] & 1));
	for (size_t j = 0; j < FR_BYTES; j++)
		low[j] = (uint8_t)(plain[FR_BYTES - 1 - j] ^
		    ((plain[FR_BYTES - 1 - j] ^ other[FR_BYTES - 1 - j]) & (uint8_t)-even));
	room->even[i] = even;
	for (size_t w = 0; w < WINDOWS; w++) {
		unsigned d = bits_at(low, BITS * w) | 1;
		unsigned positive = w == WINDOWS - 1 ? 1 : d >> BITS;
		unsigned size = (d ^ (positive - 1)) & ((1u << BITS) - 1);

		room->digit[w][i] = (uint8_t)(positive * POSITIVE | size >> 1);
	}
	sodium_memzero(plain, sizeof(plain));
	sodium_memzero(other, sizeof(other));
	sodium_memzero(low, sizeof(low));
	sodium_memzero(&minus, sizeof(minus));
}

/* y, or -y where minus is 1. */
static void
negate_if(struct fp2 *y, uint64_t minus)
{
	struct fp2 t;

	fp2_neg(&t, y);
	fp2_select(y, &t, minus);
}

/* The points of n digits in one window. */
static void
pick(const struct g2_comb *t, size_t window, struct g2_affine *out, const uint8_t *digit, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		t->read_row(&out[i], t->row[window], digit[i]);
		negate_if(&out[i].y, 1 - digit[i] / POSITIVE);
	}
}

/*
 * acc[i] += add[i], which are never equal or opposite: below the last window
 * |sum| < |digit|.  There sum = k - D with D = 2^252 or 3 * 2^252; equal they would
 * be for k = 2D + m * r, with m odd as k is, and no such k is between 0 and r;
 * opposite for k = 0.
 */
static void
add_all(struct g2_affine *acc, struct g2_comb_room *room, size_t n)
{
	struct fp2 slope, x;

	for (size_t i = 0; i < n; i++)
		fp2_sub(&room->d[i], &room->add[i].x, &acc[i].x);
	fp2_inv_many(room->d, n, room->t);
	for (size_t i = 0; i < n; i++) {
		fp2_sub(&slope, &room->add[i].y, &acc[i].y);
		fp2_mul(&slope, &slope, &room->d[i]);
		fp2_sqr(&x, &slope);
		fp2_sub(&x, &x, &acc[i].x);
		fp2_sub(&x, &x, &room->add[i].x);
		fp2_sub(&acc[i].x, &acc[i].x, &x);
		fp2_mul(&slope, &slope, &acc[i].x);
		fp2_sub(&acc[i].y, &slope, &acc[i].y);
		acc[i].x = x;
	}
}

void
g2_comb_mul(const struct g2_comb *t, struct g2_affine *out, const struct fr *k, size_t n,
    struct g2_comb_room *room)
{
	for (size_t i = 0; i < n; i++)
		recode(room, i, &k[i]);
	pick(t, 0, out, room->digit[0], n);
	for (size_t w = 1; w < WINDOWS; w++) {
		pick(t, w, room->add, room->digit[w], n);
		add_all(out, room, n);
	}
	for (size_t i = 0; i < n; i++)
		negate_if(&out[i].y, room->even[i]);
}
