#include "keccak.h"

#include <endian.h>
#include <string.h>

#define LANES	25
#define ROUNDS	24
#define RATE	136	/* bytes: 200 less twice the digest */

static const uint64_t round_constants[ROUNDS] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a,
	0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
	0x8000000080008081, 0x8000000000008009, 0x000000000000008a,
	0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
	0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
	0x000000000000800a, 0x800000008000000a, 0x8000000080008081,
	0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/*
 * The walk of rho and pi over the 24 lanes but the first: where the lane in
 * hand goes, and by how many bits it is turned on the way.
 */
static const struct { uint8_t to, by; } walk[LANES - 1] = {
	{ 10, 1 }, { 7, 3 }, { 11, 6 }, { 17, 10 }, { 18, 15 }, { 3, 21 },
	{ 5, 28 }, { 16, 36 }, { 8, 45 }, { 21, 55 }, { 24, 2 }, { 4, 14 },
	{ 15, 27 }, { 23, 41 }, { 19, 56 }, { 13, 8 }, { 12, 25 }, { 2, 43 },
	{ 20, 62 }, { 14, 18 }, { 22, 39 }, { 9, 61 }, { 6, 20 }, { 1, 44 },
};

static uint64_t
turn(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static void
theta(uint64_t a[LANES])
{
	uint64_t column[5];

	for (int x = 0; x < 5; x++)
		column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
	for (int i = 0; i < LANES; i++)
		a[i] ^= column[(i + 4) % 5] ^ turn(column[(i + 1) % 5], 1);
}

static void
rho_pi(uint64_t a[LANES])
{
	uint64_t hand = a[1];

	for (int i = 0; i < LANES - 1; i++) {
		uint64_t there = a[walk[i].to];

		a[walk[i].to] = turn(hand, walk[i].by);
		hand = there;
	}
}

static void
chi(uint64_t a[LANES])
{
	for (int y = 0; y < LANES; y += 5) {
		uint64_t row[5];

		memcpy(row, a + y, sizeof(row));
		for (int x = 0; x < 5; x++)
			a[y + x] ^= ~row[(x + 1) % 5] & row[(x + 2) % 5];
	}
}

static void
permute(uint64_t a[LANES])
{
	for (int i = 0; i < ROUNDS; i++) {
		theta(a);
		rho_pi(a);
		chi(a);
		a[0] ^= round_constants[i];
	}
}

static void
absorb(uint64_t a[LANES], const uint8_t block[RATE])
{
	for (int i = 0; i < RATE / 8; i++) {
		uint64_t lane;

		memcpy(&lane, block + 8 * i, sizeof(lane));
		a[i] ^= le64toh(lane);
	}
	permute(a);
}

void
keccak256(uint8_t out[KECCAK256_LEN], const void *p, size_t n)
{
	uint64_t a[LANES] = { 0 };
	uint8_t last[RATE] = { 0 };
	const uint8_t *in = p;

	for (; n >= RATE; n -= RATE, in += RATE)
		absorb(a, in);
	if (n > 0)
		memcpy(last, in, n);
	last[n] = 0x01;
	last[RATE - 1] |= 0x80;
	absorb(a, last);
	for (int i = 0; i < KECCAK256_LEN / 8; i++) {
		uint64_t lane = htole64(a[i]);

		memcpy(out + 8 * i, &lane, sizeof(lane));
	}
}
