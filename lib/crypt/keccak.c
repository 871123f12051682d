#include "keccak.h"

#include <endian.h>
#include <string.h>

#include "turboshake/keccakp.h"

#define ROUNDS	24
#define RATE	136	/* bytes: 200 less twice the digest */

static void
absorb(uint64_t a[KECCAKP_LANES], const uint8_t block[RATE])
{
	for (int i = 0; i < RATE / 8; i++) {
		uint64_t lane;

		memcpy(&lane, block + 8 * i, sizeof(lane));
		a[i] ^= le64toh(lane);
	}
	keccakp(a, ROUNDS);
}

void
keccak256(uint8_t out[KECCAK256_LEN], const void *p, size_t n)
{
	uint64_t a[KECCAKP_LANES] = { 0 };
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
