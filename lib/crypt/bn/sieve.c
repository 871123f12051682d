#include "sieve.h"

#include <stdlib.h>

#define PRIMES_MAX	283200	/* there are 283,146 below the limit */
#define HALF		(SIEVE_LIMIT / 2)

static uint32_t *primes;
static size_t n_primes;

/* Eratosthenes over odd numbers: bit i stands for 2i + 1. */
static void
make(void)
{
	uint8_t *out = calloc(HALF, 1);

	primes = reallocarray(NULL, PRIMES_MAX, sizeof(*primes));
	if (out == NULL || primes == NULL)
		abort();
	for (uint32_t i = 1; 4 * i * (i + 1) < SIEVE_LIMIT; i++)
		if (!out[i])
			for (uint32_t j = 2 * i * (i + 1); j < HALF; j += 2 * i + 1)
				out[j] = 1;
	for (uint32_t i = 2; i < HALF; i++)
		if (!out[i])
			primes[n_primes++] = 2 * i + 1;
	free(out);
}

const uint32_t *
sieve_primes(size_t *n)
{
	if (primes == NULL)
		make();
	*n = n_primes;
	return primes;
}

/* Two primes below 2^22 share one division of the long number. */
void
sieve_rests(uint32_t *out, const struct bn *a, size_t n)
{
	const mp_limb_t *limbs = mpz_limbs_read(a->z);
	mp_size_t size = (mp_size_t)mpz_size(a->z);
	size_t have;
	const uint32_t *p = sieve_primes(&have);

	for (size_t i = 0; i + 1 < n; i += 2) {
		mp_limb_t both = mpn_mod_1(limbs, size,
		    (mp_limb_t)p[i] * p[i + 1]);

		out[i] = (uint32_t)(both % p[i]);
		out[i + 1] = (uint32_t)(both % p[i + 1]);
	}
	if (n % 2 == 1)
		out[n - 1] = (uint32_t)mpn_mod_1(limbs, size, p[n - 1]);
}
