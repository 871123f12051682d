#ifndef CRYPT_PRIME_H
#define CRYPT_PRIME_H
#include <stdbool.h>
#include <stdint.h>
#include "bn.h"
/*
 * Safe primes p = 2p' + 1 of a given size, by a search in steps, so that the
 * caller can tell of its progress, stop, and be killed at any moment.  The
 * time varies with luck and with candidates that are thrown away; the result
 * is a secret.  Source: specification 5.4.
 */
#define PRIME_BITS_MIN	256
#define PRIME_BITS_MAX	1536
#define PRIME_ROUNDS	20	/* of Miller-Rabin on p'; p follows from it */

/* prime_warm(): makes the table of small primes (some 10 ms), so that forks
 * of this process share it.  Public. */
void prime_warm(void);
/*
 * prime_next(out, start, span, rounds): the first number in [start, start +
 * span] that is a prime by that many rounds of Miller-Rabin; start above 2^64.
 * False if there is none.
 */
bool prime_next(struct bn *out, const struct bn *start, unsigned span,
    unsigned rounds);

struct prime_search;
/*
 * prime_search_new(bits, e): a search for p of exactly bits bits, the two
 * highest set, so that a product of two has exactly twice as many.
 * ERR_LIMIT outside PRIME_BITS_MIN..PRIME_BITS_MAX.
 */
struct prime_search *prime_search_new(unsigned bits, struct err *e);
void prime_search_free(struct prime_search *s);
/*
 * prime_search_step(s, budget, half): tests at most budget candidates that the
 * sieve left (about 0.5 ms each for 1024 bits).  1: found, p' in *half; 0: not
 * yet.  After 1 the next step begins another search.
 */
int prime_search_step(struct prime_search *s, unsigned budget, struct bn *half);
/* Candidates tested since prime_search_new; never goes back. */
uint64_t prime_search_candidates(const struct prime_search *s);

/*
 * What a long search tells and asks.  seen() is called about every 100 ms with
 * the number of candidates of all searches; false ends them: ERR_CANCELLED.
 */
struct prime_watch {
	bool	(*seen)(void *arg, uint64_t candidates);
	void	*arg;
};
/*
 * prime_pair(p_half, q_half, bits, helpers, watch, e):
 * Two different safe primes of bits bits each.  With helpers >= 1 the searches
 * run beside each other: this process and that many forked helpers, which stay in
 * its process group, die with it (PR_SET_PDEATHSIG) and hand their primes over
 * a pipe.  Whoever is first with one goes on with the next: no core waits.  A
 * helper that is killed costs its share only.
 * watch may be NULL.  Both outputs are secrets.
 *
 * Returns 0, or -1 with ERR_LIMIT (bits), ERR_SYS (fork, pipe), ERR_CANCELLED;
 * no helper is left in either case.
 */
int prime_pair(struct bn *p_half, struct bn *q_half, unsigned bits,
    unsigned helpers, const struct prime_watch *watch, struct err *e);
#endif
