#include "prime.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "fermat.h"
#include "sieve.h"

/*
 * Numbers of one window: p' = start + 6k for 0 <= k < WINDOW.  A safe prime of
 * 1024 bits is expected in 64,000 of them, so one window is mostly enough, and
 * as bytes they stay in the second cache.
 */
#define WINDOW		131072
#define STEP		6
#define SMALL		2048	/* primes that prime_next sieves with */

struct prime_search {
	unsigned bits;			/* of p */
	struct bn start;		/* p' for k = 0 of this window */
	struct bn candidate, p;
	struct fermat *fermat;
	bool	begun;
	size_t	next;			/* k to look at */
	uint64_t candidates;
	uint32_t *first;		/* by prime: the first k with r | p' */
	uint8_t	out[WINDOW];		/* 1: p' or 2p' + 1 has a small factor */
};

void
prime_warm(void)
{
	size_t n;

	sieve_primes(&n);
}

struct prime_search *
prime_search_new(unsigned bits, struct err *e)
{
	struct prime_search *s;
	size_t n;

	if (bits < PRIME_BITS_MIN || bits > PRIME_BITS_MAX) {
		err_set(e, ERR_LIMIT, "a prime of %u bits, %d to %d", bits,
		    PRIME_BITS_MIN, PRIME_BITS_MAX);
		return NULL;
	}
	sieve_primes(&n);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		abort();
	s->first = reallocarray(NULL, n, sizeof(*s->first));
	if (s->first == NULL)
		abort();
	s->bits = bits;
	bn_init(&s->start);
	bn_init(&s->candidate);
	bn_init(&s->p);
	s->fermat = fermat_new();
	return s;
}

void
prime_search_free(struct prime_search *s)
{
	size_t n;

	if (s == NULL)
		return;
	bn_release(&s->start);
	bn_release(&s->candidate);
	bn_release(&s->p);
	fermat_free(s->fermat);
	sieve_primes(&n);
	explicit_bzero(s->first, n * sizeof(*s->first));
	free(s->first);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

uint64_t
prime_search_candidates(const struct prime_search *s)
{
	return s->candidates;
}

/* 1/6 mod r: (r + 1) / 6 or (5r + 1) / 6, whichever is whole. */
static uint32_t
sixth(uint32_t r)
{
	return r % STEP == 5 ? (r + 1) / STEP :
	    (uint32_t)((5 * (uint64_t)r + 1) / STEP);
}

/*
 * Strikes out k with r | start + 6k and with r | 2(start + 6k) + 1.  The second
 * follow the first at a fixed distance: from p' = 0 to p' = (r - 1)/2 mod r.
 */
static void
strike(struct prime_search *s, const uint32_t *primes, size_t n)
{
	memset(s->out, 0, sizeof(s->out));
	for (size_t i = 0; i < n; i++) {
		uint32_t r = primes[i], k = s->first[i];
		uint32_t apart = (uint32_t)((uint64_t)((r - 1) / 2) *
		    sixth(r) % r);
		uint32_t other = k + apart >= r ? k + apart - r : k + apart;

		for (uint32_t j = k; j < WINDOW; j += r)
			s->out[j] = 1;
		for (uint32_t j = other; j < WINDOW; j += r)
			s->out[j] = 1;
	}
}

/* A random start, 5 mod 6, of which p has its two highest bits set. */
static void
draw_start(struct prime_search *s)
{
	unsigned bits = s->bits - 1;

	bn_random(&s->start, bits - 2);
	mpz_setbit(s->start.z, bits - 1);
	mpz_setbit(s->start.z, bits - 2);
	mpz_sub_ui(s->start.z, s->start.z, mpz_fdiv_ui(s->start.z, STEP));
	mpz_add_ui(s->start.z, s->start.z, STEP - 1);
}

static void
begin(struct prime_search *s)
{
	size_t n;
	const uint32_t *primes = sieve_primes(&n);

	draw_start(s);
	sieve_rests(s->first, &s->start, n);
	for (size_t i = 0; i < n; i++) {
		uint32_t r = primes[i], rest = s->first[i];

		/* start + 6k = 0: k = -start/6 */
		s->first[i] = (uint32_t)((uint64_t)(r - rest) * sixth(r) % r);
	}
	s->next = 0;
	s->begun = true;
	strike(s, primes, n);
}

static void
next_window(struct prime_search *s)
{
	size_t n;
	const uint32_t *primes = sieve_primes(&n);

	mpz_add_ui(s->start.z, s->start.z, (unsigned long)STEP * WINDOW);
	for (size_t i = 0; i < n; i++) {
		uint32_t r = primes[i], back = WINDOW % r, k = s->first[i];

		s->first[i] = k >= back ? k - back : k + r - back;
	}
	s->next = 0;
	strike(s, primes, n);
}

/* Moves to the next number that the sieve left. */
static void
advance(struct prime_search *s)
{
	const uint8_t *left;

	if (!s->begun)
		begin(s);
	while ((left = memchr(s->out + s->next, 0, WINDOW - s->next)) == NULL)
		next_window(s);
	s->next = (size_t)(left - s->out);
	mpz_add_ui(s->candidate.z, s->start.z, (unsigned long)STEP * s->next);
	s->next++;
}

/*
 * With p' prime, 2^(p-1) = 1 mod p proves p = 2p' + 1 prime (Pocklington: p'
 * is above the root of p, and 2^2 - 1 = 3 has no factor in common with p).
 */
static bool
holds(struct prime_search *s)
{
	mpz_mul_2exp(s->p.z, s->candidate.z, 1);
	mpz_add_ui(s->p.z, s->p.z, 1);
	return fermat_holds(s->fermat, &s->candidate) &&
	    fermat_holds(s->fermat, &s->p) &&
	    bn_bits(&s->p) == s->bits && bn_is_prime(&s->candidate, PRIME_ROUNDS);
}

int
prime_search_step(struct prime_search *s, unsigned budget, struct bn *half)
{
	for (unsigned i = 0; i < budget; i++) {
		advance(s);
		s->candidates++;
		if (!holds(s))
			continue;
		bn_swap(half, &s->candidate);
		s->begun = false;	/* the next prime starts elsewhere */
		return 1;
	}
	return 0;
}

/* Odd multiples of the small primes among start + 2k are struck out. */
static void
strike_odd(uint8_t *out, unsigned n, const struct bn *start)
{
	uint32_t rests[SMALL];
	size_t have;
	const uint32_t *primes = sieve_primes(&have);

	memset(out, 0, n);
	sieve_rests(rests, start, SMALL);
	for (unsigned k = (unsigned)(3 - mpz_fdiv_ui(start->z, 3)) * 2 % 3; k < n; k += 3)
		out[k] = 1;
	for (size_t i = 0; i < SMALL; i++) {
		uint32_t r = primes[i];
		/* start + 2k = 0: k = -start/2 */
		uint32_t k = (uint32_t)((uint64_t)(r - rests[i]) * ((r + 1) / 2) % r);

		for (; k < n; k += r)
			out[k] = 1;
	}
}

static void
fermat_drop(struct fermat **f)
{
	fermat_free(*f);
}

bool
prime_next(struct bn *out, const struct bn *start, unsigned span,
    unsigned rounds)
{
	CLEANUP(bn_release) struct bn at = BN_INIT;
	CLEANUP(fermat_drop) struct fermat *fermat = fermat_new();
	CLEANUP(cleanup_free) uint8_t *struck = NULL;
	unsigned n = span / 2;

	struck = malloc(n > 0 ? n : 1);
	if (struck == NULL)
		abort();
	bn_set(&at, start);
	mpz_setbit(at.z, 0);
	strike_odd(struck, n, &at);
	for (unsigned k = 0; k < n; k++) {
		if (!struck[k] && fermat_holds(fermat, &at) && bn_is_prime(&at, rounds)) {
			bn_swap(out, &at);
			return true;
		}
		mpz_add_ui(at.z, at.z, 2);
	}
	return false;
}
