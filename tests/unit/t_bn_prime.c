/*
 * Prime search: what it finds is a safe prime of the size asked for, by GMP's own
 * tests; it stops when told, and leaves no helper.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/bn/prime.h"
#include "../../lib/crypt/bn/sieve.h"
#include "../tap.h"

static bool
is_safe(const struct bn *half, unsigned bits)
{
	CLEANUP(bn_release) struct bn p = BN_INIT;

	bn_shl(&p, half, 1);
	mpz_setbit(p.z, 0);
	return bn_bits(&p) == bits && mpz_tstbit(p.z, bits - 2) &&
	    mpz_fdiv_ui(half->z, 6) == 5 &&
	    mpz_probab_prime_p(half->z, 30) && mpz_probab_prime_p(p.z, 30);
}

static void
test_search(void)
{
	CLEANUP(bn_release) struct bn half = BN_INIT;
	CLEANUP(bn_release) struct bn before = BN_INIT;
	struct err e = ERR_INIT;

	for (unsigned bits = 256; bits <= 320; bits += 32) {
		struct prime_search *s = prime_search_new(bits, &e);
		uint64_t last = 0;
		bool good = true, grows = true;

		for (int found = 0; found < 4;) {
			if (prime_search_step(s, 20, &half) == 1) {
				good &= is_safe(&half, bits) &&
				    !bn_eq(&half, &before);
				bn_set(&before, &half);
				found++;
			}
			grows &= prime_search_candidates(s) > last;
			last = prime_search_candidates(s);
		}
		ok(good, "four safe primes of %u bits", bits);
		ok(grows, "the count of candidates only grows");
		prime_search_free(s);
	}
	ok(prime_search_new(255, &e) == NULL && e.code == ERR_LIMIT,
	    "255 bits are too few");
	ok(prime_search_new(1537, &e) == NULL, "1537 too many");
}

static void
test_pair(void)
{
	CLEANUP(bn_release) struct bn p = BN_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;
	struct err e = ERR_INIT;

	for (unsigned helpers = 0; helpers < 4; helpers++) {
		is_int(prime_pair(&p, &q, 256, helpers, NULL, &e), 0,
		    "two primes with %u helpers %s", helpers, e.msg);
		ok(is_safe(&p, 256) && is_safe(&q, 256) && !bn_eq(&p, &q),
		    "are two safe primes");
		ok(waitpid(-1, NULL, 0) == -1 && errno == ECHILD,
		    "and no helper is left");
	}
	is_int(prime_pair(&p, &q, 100, 1, NULL, &e), -1, "a size out of range");
}

static bool
not_long(void *arg, uint64_t candidates)
{
	uint64_t *last = arg;
	bool good = candidates >= *last;

	*last = candidates;
	return good && candidates == 0;
}

static void
test_cancel(void)
{
	CLEANUP(bn_release) struct bn p = BN_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;
	uint64_t seen = 0;
	const struct prime_watch watch = { not_long, &seen };
	struct err e = ERR_INIT;

	is_int(prime_pair(&p, &q, 1536, 1, &watch, &e), -1, "a search is ended");
	is_int(e.code, ERR_CANCELLED, "by who watches it");
	ok(seen > 0, "after %" PRIu64 " candidates", seen);
	ok(bn_sign(&p) == 0 && bn_sign(&q) == 0, "nothing has come out");
	ok(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "no helper is left");
}

/* Kills every child of this process. */
static bool
kill_helpers(void *arg, uint64_t candidates UNUSED)
{
	char path[64];
	unsigned *killed = arg;
	FILE *f;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	while (f != NULL && fscanf(f, "%d", &pid) == 1)
		*killed += kill(pid, SIGKILL) == 0;
	if (f != NULL)
		fclose(f);
	return true;
}

static void
test_helper_killed(void)
{
	CLEANUP(bn_release) struct bn p = BN_INIT;
	CLEANUP(bn_release) struct bn q = BN_INIT;
	unsigned killed = 0;
	const struct prime_watch watch = { kill_helpers, &killed };
	struct err e = ERR_INIT;
	bool good = true;

	/* until a search took the 100 ms after which it is looked at */
	for (int i = 0; i < 50 && killed == 0; i++)
		good &= prime_pair(&p, &q, 768, 2, &watch, &e) == 0 &&
		    is_safe(&p, 768) && is_safe(&q, 768);
	ok(good, "two primes, though helpers are killed %s", e.msg);
	ok(killed > 0, "%u of them were", killed);
	ok(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "no helper is left");
}

static void
test_next(void)
{
	CLEANUP(bn_release) struct bn start = BN_INIT;
	CLEANUP(bn_release) struct bn got = BN_INIT;
	CLEANUP(bn_release) struct bn want = BN_INIT;
	bool same = true;

	for (int i = 0; i < 20; i++) {
		bn_random(&start, 300);
		mpz_clrbit(start.z, 0);		/* one in 200 is a prime, which is ours but not GMP's next */
		mpz_nextprime(want.z, start.z);
		same &= prime_next(&got, &start, 20000, 10) && bn_eq(&got, &want);
	}
	ok(same, "the next prime is GMP's");
	same = prime_next(&got, &want, 20000, 10) && bn_eq(&got, &want);
	ok(same, "a prime is its own next");
	bn_bit(&start, 300);
	ok(!prime_next(&got, &start, 2, 10) || is_int(0, 1, "2^300 + 1 is no prime"),
	    "none in a span of 2");
}

static void
test_sieve(void)
{
	CLEANUP(bn_release) struct bn a = BN_INIT;
	static uint32_t rests[SIEVE_LIMIT / 8];
	size_t n, wrong = 0;
	const uint32_t *p = sieve_primes(&n);

	is_int((int64_t)n, 283146 - 2, "all primes from 5 to 4,000,000");
	is_int(p[0], 5, "from 5");
	is_int(p[n - 1], 3999971, "to 3,999,971");
	bn_random(&a, 1023);
	sieve_rests(rests, &a, n);
	for (size_t i = 0; i < n; i++)
		wrong += rests[i] != mpz_fdiv_ui(a.z, p[i]);
	is_int((int64_t)wrong, 0, "rests by all of them");
	sieve_rests(rests, &a, 7);
	is_int(rests[6], (int64_t)mpz_fdiv_ui(a.z, p[6]), "and by an odd number of them");
}

int
main(void)
{
	test_sieve();
	test_next();
	test_search();
	test_pair();
	test_cancel();
	test_helper_killed();
	return done_testing();
}
