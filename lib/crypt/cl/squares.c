#include "squares.h"

#include <string.h>

#include "../../base/rand.h"
#include "../ct.h"

/*
 * A number m = 2 mod 4 less an even and an odd square leaves p = 1 mod 4; where
 * there is h with h^2 = -1 mod p, Euclid's algorithm on p and h meets the two
 * squares of p on its way.  h is guessed as g^((p-1)/4), which is right for
 * half of all g when p is prime, so about one try in 25 succeeds.  A batch of
 * TRIES always runs to its end; that one has no success happens once in 10^7
 * batches, whatever delta is, and then another follows.
 */
#define TRIES	400
#define BITS	34	/* m < 2^34 */
#define EUCLID	52	/* divisions until below the root: Fibonacci's bound */

/* What a successful try has found. */
struct found { uint64_t x, y, p, h, any; };

/* All ones where the condition holds. */
static uint64_t
mask_zero(uint64_t v)
{
	return ((v | -v) >> 63) - 1;
}

static uint64_t
mask_less(uint64_t a, uint64_t b)	/* both below 2^63 */
{
	return -((a - b) >> 63);
}

static uint64_t
pick(uint64_t mask, uint64_t yes, uint64_t no)
{
	return (yes & mask) | (no & ~mask);
}

/* The root of v < 2^(2 * 18), rounded down. */
static uint64_t
root(uint64_t v)
{
	uint64_t r = 0;

	for (int i = BITS / 2; i >= 0; i--) {
		uint64_t more = r | (uint64_t)1 << i;

		r = pick(mask_less(v, more * more), r, more);
	}
	return r;
}

/* a mod b by shifting and subtracting, a < 2^(BITS + 1), b > 0. */
static uint64_t
remainder_of(uint64_t a, uint64_t b)
{
	uint64_t r = 0;

	for (int i = BITS; i >= 0; i--) {
		r = r << 1 | (a >> i & 1);
		r -= b & ~mask_less(r, b);
	}
	return r;
}

/* Montgomery's product modulo p, inv = -1/p mod 2^64. */
static uint64_t
times(uint64_t a, uint64_t b, uint64_t p, uint64_t inv)
{
	unsigned __int128 t = (unsigned __int128)a * b;
	unsigned __int128 q = (unsigned __int128)((uint64_t)t * inv) * p;
	uint64_t r = (uint64_t)((t + q) >> 64);

	return r - (p & ~mask_less(r, p));
}

/* 2^64 mod p, the one of that form. */
static uint64_t
one_of(uint64_t p)
{
	uint64_t r = 1 - (p == 1);

	for (int i = 0; i < 64; i++) {
		r <<= 1;
		r -= p & ~mask_less(r, p);
	}
	return r;
}

/* A number in [0, bound], of 64 random bits. */
static uint64_t
below(uint64_t random, uint64_t bound)
{
	return (uint64_t)((unsigned __int128)random * (bound + 1) >> 64);
}

/* One guess: kept in f where it is the first that succeeds. */
static void
attempt(struct found *f, uint64_t m, const uint64_t random[3])
{
	uint64_t x = 2 * below(random[0], root(m) / 2);
	uint64_t y = 1 + 2 * below(random[1], (root(m - x * x) - 1) / 2);
	uint64_t p = m - x * x - y * y;
	uint64_t inv = p, one = one_of(p), h = one, g, good;

	for (int i = 0; i < 5; i++)
		inv *= 2 - p * inv;
	inv = -inv;
	g = below(random[2], p - 1);
	for (int i = BITS - 1; i >= 2; i--) {
		uint64_t with;

		h = times(h, h, p, inv);
		with = times(h, g, p, inv);
		h = pick(-(((p - 1) >> i) & 1), with, h);
	}
	good = mask_zero(times(h, h, p, inv) ^ (p - one)) | mask_zero(p ^ 1);
	good &= ~f->any;
	f->x = pick(good, x, f->x);
	f->y = pick(good, y, f->y);
	f->p = pick(good, p, f->p);
	f->h = pick(good, times(h, 1, p, inv), f->h);
	f->any |= good;
}

/* p = s^2 + t^2; whether it came out. */
static uint64_t
two_squares(uint64_t *s, uint64_t *t, uint64_t p, uint64_t h)
{
	uint64_t a = p, b = h;

	for (int i = 0; i < EUCLID; i++) {
		uint64_t more = mask_less(p, b * b & (UINT64_MAX >> 1)) |
		    mask_less((uint64_t)1 << (BITS / 2), b);
		uint64_t r = remainder_of(a, b | mask_zero(b));

		a = pick(more, b, a);
		b = pick(more, r, b);
	}
	*s = b;
	*t = root(p - b * b);
	return mask_zero(p ^ (*s * *s + *t * *t));
}

static uint64_t
half_difference(uint64_t a, uint64_t b)
{
	return pick(mask_less(a, b), b - a, a - b) / 2;
}

/* m = 2 mod 4 as squares of v[0] (even), v[1] (odd), v[2] (even), v[3] (odd). */
static void
four(uint64_t v[4], uint64_t m)
{
	uint64_t random[TRIES][3], done = 0;

	while (!ct_decide(done != 0)) {
		struct found f = { .p = 1 };
		uint64_t s, t, odd;

		rand_bytes(random, sizeof(random));
		for (int i = 0; i < TRIES; i++)
			attempt(&f, m, random[i]);
		done = two_squares(&s, &t, f.p, f.h) & f.any;
		odd = -(s & 1);
		v[0] = f.x;
		v[1] = f.y;
		v[2] = pick(odd, t, s);
		v[3] = pick(odd, s, t);
		explicit_bzero(&f, sizeof(f));
	}
	explicit_bzero(random, sizeof(random));
}

void
squares_four(uint32_t u[4], uint64_t delta)
{
	uint64_t nothing = mask_zero(delta), d = delta | (nothing & 2);
	uint64_t scale = 1, v[4], w[4], odd;

	for (int i = 0; i < BITS / 2; i++) {	/* factors of four: later */
		uint64_t can = mask_zero(d & 3);

		d = pick(can, d >> 2, d);
		scale = pick(can, 2 * scale, scale);
	}
	/* twice an odd number: sums and differences halve it again */
	odd = -(d & 1);
	four(v, pick(odd, 2 * d, d));
	w[0] = (v[0] + v[2]) / 2;
	w[1] = half_difference(v[0], v[2]);
	w[2] = (v[1] + v[3]) / 2;
	w[3] = half_difference(v[1], v[3]);
	for (int i = 0; i < 4; i++)
		u[i] = (uint32_t)(pick(odd, w[i], v[i]) * scale & ~nothing);
	explicit_bzero(v, sizeof(v));
	explicit_bzero(w, sizeof(w));
}
