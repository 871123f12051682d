#ifndef CRYPT_SIEVE_H
#define CRYPT_SIEVE_H
#include <stddef.h>
#include <stdint.h>
#include "bn.h"
/* The odd primes from 5 to SIEVE_LIMIT, made once for the process, and rests
 * of big numbers by them.  For lib/crypt/bn only. */
#define SIEVE_LIMIT	4000000
const uint32_t *sieve_primes(size_t *n);
/* sieve_rests(out, a, n): a mod the first n primes, a > 0. */
void sieve_rests(uint32_t *out, const struct bn *a, size_t n);
#endif
