#include "halves.h"

#include <string.h>

#include "../../../lib/base/json.h"
#include "../../../lib/crypt/bn/prime.h"

#define STEP	50	/* candidates between two words of progress */

void
halves_release(struct halves *h)
{
	bn_release(&h->p);
	bn_release(&h->q);
}

static bool
seen(void *arg, uint64_t candidates)
{
	fork_progress(arg, "primes", candidates, 0, "candidates");
	return true;
}

/* from_pool: the i-th prime that came with the job. */
static int
from_pool(struct json_object *primes, size_t i, unsigned bits, struct bn *half, struct err *e)
{
	const char *text;

	if (json_get_str(json_object_array_get_idx(primes, i), "p", 1, BN_DEC_MAX, &text, e) == -1 ||
	    bn_from_dec(half, text, strlen(text), BN_BITS_MAX, e) == -1)
		return err_set(e, ERR_PROTO, "a prime of the pool: %s", e->msg);
	if (bn_bits(half) != bits - 1)
		return err_set(e, ERR_PROTO, "a prime of the pool has %u bits", bn_bits(half) + 1);
	return 0;
}

/* search_one: the other prime, when the pool had but one. */
static int
search_one(struct fork_job *j, unsigned bits, struct halves *h, struct err *e)
{
	struct prime_search *s = prime_search_new(bits, e);

	if (s == NULL)
		return -1;
	do
		fork_progress(j, "primes", prime_search_candidates(s), 0, "candidates");
	while (prime_search_step(s, STEP, &h->q) == 0 || bn_eq(&h->p, &h->q));
	prime_search_free(s);
	return 0;
}

int
halves_get(struct fork_job *j, unsigned bits, struct halves *h, struct err *e)
{
	const struct prime_watch watch = { .seen = seen, .arg = j };
	struct json_object *pool = cred_primes(j);
	size_t n = pool != NULL ? json_object_array_length(pool) : 0;

	fork_progress(j, "primes", 0, 0, "candidates");
	if (n == 0)
		return prime_pair(&h->p, &h->q, bits / 2, (unsigned)fork_helpers(j), &watch, e);
	if (from_pool(pool, 0, bits / 2, &h->p, e) == -1)
		return -1;
	return n == 1 ? search_one(j, bits / 2, h, e) : from_pool(pool, 1, bits / 2, &h->q, e);
}
