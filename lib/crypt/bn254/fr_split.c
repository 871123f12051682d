#include "fr_split.h"

#include <string.h>

#include "limbs.h"

/*
 * (k, 0) less the whole multiples of two short vectors (a, b), for which a +
 * b*lambda = 0 mod r, that come next below it.  share[i] is how many times vector
 * i goes into (1, 0), as a fraction of 2^256.  What is left is one vector of
 * each at most, and `start`, also such a vector or 0, makes it positive.
 * Everything is modulo 2^256: negative numbers wrap.
 */
struct fr_lattice {
	uint64_t share[2][4];
	uint64_t vector[2][2][4];
	uint64_t start[2][4];
};

#define MINUS_1	UINT64_MAX

/* (6u^2, -1) */
const struct fr_lattice fr_lattice_frobenius = {
	.share = { { 0x47b36796ac53ea59, 0xa01fab7e04a017b6, 0x2, 0 } },
	.vector = { { { 0x0600000000000006, 0x6181800000000003, 0, 0 }, { MINUS_1, MINUS_1, MINUS_1, MINUS_1 } } },
};

/* (6u^2 + 4u + 1, 2u + 1), (-2u - 1, 6u^2 + 2u), which is also the start */
const struct fr_lattice fr_lattice_beta = {
	.share = { { 0x3a22fc67c12a7c5c, 0xa01fab7e04a017bd, 0x2, 0 }, { 0x7937ca688a6b4904, 0x3, 0, 0 } },
	.vector = {
		{ { 0x0400000000000003, 0x6181800000000002, 0, 0 }, { 0x7effffffffffffff, MINUS_1, MINUS_1, MINUS_1 } },
		{ { 0x8100000000000001, 0, 0, 0 }, { 0x8500000000000004, 0x6181800000000002, 0, 0 } },
	},
	.start = { { 0x8100000000000001, 0, 0, 0 }, { 0x8500000000000004, 0x6181800000000002, 0, 0 } },
};

static void
digits(int8_t d[FR_SPLIT_DIGITS], const uint64_t part[4])
{
	uint64_t low = part[0], high = part[1], carry = 0;

	for (int i = 0; i < FR_SPLIT_DIGITS; i++) {
		uint64_t w = (low & ((1 << FR_SPLIT_BITS) - 1)) + carry;

		carry = (w + FR_SPLIT_HALF - 1) >> FR_SPLIT_BITS;
		d[i] = (int8_t)((int64_t)w - (int64_t)(carry << FR_SPLIT_BITS));
		low = low >> FR_SPLIT_BITS | high << (64 - FR_SPLIT_BITS);
		high >>= FR_SPLIT_BITS;
	}
}

void
fr_split(int8_t digit[2][FR_SPLIT_DIGITS], const struct fr *k, const struct fr_lattice *lattice)
{
	uint8_t bytes[FR_BYTES];
	uint64_t plain[4], part[2][4], times[8], away[8];

	fr_to_bytes(bytes, k);
	limbs_from_be(plain, bytes);
	limbs_add(part[0], plain, lattice->start[0]);
	memcpy(part[1], lattice->start[1], sizeof(part[1]));
	for (int i = 0; i < 2; i++) {
		limbs_mul_wide(times, plain, lattice->share[i]);
		for (int j = 0; j < 2; j++) {
			limbs_mul_wide(away, times + 4, lattice->vector[i][j]);
			limbs_sub(part[j], part[j], away);
		}
	}
	digits(digit[0], part[0]);
	digits(digit[1], part[1]);
	explicit_bzero(bytes, sizeof(bytes));
	explicit_bzero(plain, sizeof(plain));
	explicit_bzero(part, sizeof(part));
	explicit_bzero(times, sizeof(times));
	explicit_bzero(away, sizeof(away));
}
