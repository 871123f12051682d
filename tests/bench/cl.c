/*
 * cl: what the arithmetic of CL credentials costs, in this process alone.
 *
 *	cl BITS ROUNDS PRIMES HELPERS
 *
 * Prints a JSON line for each operation: {"op", "n", "p10", "p50", "p90", "p99",
 * "max", "unit"}; CPU milliseconds, but for prime_pair and key_cold, which are on the
 * clock because they have helpers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/bn/prime.h"
#include "../../lib/crypt/cl/ge.h"
#include "../../lib/crypt/cl/squares.h"

#define ATTRS	5

static const char *const names[ATTRS] = { "age", "height", "name", "sex", "zip" };

struct world {
	struct cl_pub pk;
	struct cl_priv sk;
	struct cl_key_proof key_proof;
	struct bn link, v_prime, nonce, m2, c, mask;
	struct cl_map values;
	struct cl_request request;
	struct cl_signature sig;
	struct cl_signature_proof sig_proof;
	struct cl_eq_run eq_run;
	struct cl_eq_proof eq;
	struct cl_ge_run ge_run;
	struct cl_ge_proof ge;
};
static struct world w = { .pk = CL_PUB_INIT, .sk = CL_PRIV_INIT,
	.key_proof = CL_KEY_PROOF_INIT, .link = BN_INIT, .v_prime = BN_INIT,
	.nonce = BN_INIT, .m2 = BN_INIT, .c = BN_INIT, .mask = BN_INIT,
	.request = CL_REQUEST_INIT, .sig = CL_SIGNATURE_INIT,
	.sig_proof = CL_SIGNATURE_PROOF_INIT, .eq_run = CL_EQ_RUN_INIT,
	.eq = CL_EQ_PROOF_INIT };
static struct bn p_half = BN_INIT, q_half = BN_INIT;
static unsigned prime_bits, helpers;
static struct prime_search *search;

static double
ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "cl: %s failed\n", what);
	exit(1);
}

static void
do_pair(void)
{
	struct err e = ERR_INIT;

	must(prime_pair(&p_half, &q_half, prime_bits, helpers, NULL, &e) == 0,
	    "prime_pair");
}

static void
do_prime(void)
{
	struct bn half = BN_INIT;

	while (prime_search_step(search, 1000, &half) == 0)
		continue;
	bn_release(&half);
}

static void
do_key(void)
{
	struct err e = ERR_INIT;

	cl_pub_release(&w.pk);
	cl_priv_release(&w.sk);
	cl_key_proof_release(&w.key_proof);
	w.key_proof = (struct cl_key_proof)CL_KEY_PROOF_INIT;
	must(cl_key_make(&w.pk, &w.sk, &w.key_proof, names, ATTRS, &p_half,
	    &q_half, NULL, &e) == 0, "cl_key_make");
}

static void
do_cold(void)
{
	do_pair();
	do_key();
}

static void
do_key_check(void)
{
	must(cl_key_check(&w.pk, &w.key_proof) == CL_HOLDS, "cl_key_check");
}

static void
do_request(void)
{
	struct err e = ERR_INIT;

	must(cl_request_make(&w.request, &w.v_prime, &w.pk, &w.link, &w.nonce,
	    NULL, &e) == 0, "cl_request_make");
}

static void
do_request_check(void)
{
	must(cl_request_check(&w.request, &w.pk, &w.nonce) == CL_HOLDS,
	    "cl_request_check");
}

static void
do_sign(void)
{
	struct err e = ERR_INIT;

	must(cl_sign(&w.sig, &w.sig_proof, &w.pk, &w.sk, &w.request, &w.values,
	    &w.m2, &w.nonce, NULL, &e) == 0, "cl_sign");
}

static void
do_accept(void)
{
	struct cl_signature copy = CL_SIGNATURE_INIT;

	bn_set(&copy.m2, &w.sig.m2);
	bn_set(&copy.a, &w.sig.a);
	bn_set(&copy.e, &w.sig.e);
	bn_set(&copy.v, &w.sig.v);
	must(cl_signature_accept(&copy, &w.sig_proof, &w.pk, &w.values, &w.link,
	    &w.v_prime, &w.m2, &w.nonce) == CL_HOLDS, "cl_signature_accept");
	cl_signature_release(&copy);
}

static void
do_combs(void)
{
	comb_free(w.pk.s_comb);
	comb_free(w.pk.z_comb);
	w.pk.s_comb = w.pk.z_comb = NULL;
	cl_pub_combs(&w.pk);
}

static void
do_eq_prove(void)
{
	const char *const shown[] = { "name" };
	struct err e = ERR_INIT;

	cl_eq_run_release(&w.eq_run);
	w.eq_run = (struct cl_eq_run)CL_EQ_RUN_INIT;
	cl_eq_proof_release(&w.eq);
	w.eq = (struct cl_eq_proof)CL_EQ_PROOF_INIT;
	must(cl_eq_begin(&w.eq_run, &w.pk, &w.sig, &w.values, &w.link, shown, 1,
	    &w.mask, NULL, &e) == 0 &&
	    cl_eq_end(&w.eq, &w.eq_run, &w.c, &e) == 0, "cl_eq_begin");
}

static void
do_eq_verify(void)
{
	struct bn t = BN_INIT;

	must(cl_eq_check(&w.eq, &w.pk) == CL_HOLDS &&
	    cl_eq_t(&t, &w.eq, &w.pk, &w.c), "cl_eq_t");
	bn_release(&t);
}

static void
do_ge_prove(void)
{
	const struct cl_predicate p = { "age", CL_GE, 18 };
	struct err e = ERR_INIT;

	must(cl_ge_begin(&w.ge_run, &w.pk, &w.eq_run, &p, NULL, &e) == 0,
	    "cl_ge_begin");
	cl_ge_end(&w.ge, &w.ge_run, &w.eq, &w.c);
}

static void
do_ge_verify(void)
{
	struct bn tau[CL_GE_TAU];

	for (int i = 0; i < CL_GE_TAU; i++)
		bn_init(&tau[i]);
	must(cl_ge_check(&w.ge, &w.eq, &w.pk) == CL_HOLDS &&
	    cl_ge_tau(tau, &w.ge, &w.pk, &w.c), "cl_ge_tau");
	for (int i = 0; i < CL_GE_TAU; i++)
		bn_release(&tau[i]);
}

static void
do_squares(void)
{
	uint32_t u[4];

	squares_four(u, 4294967291);
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
measure(const char *op, void (*fn)(void), unsigned n, clockid_t clock)
{
	double *took = calloc(n, sizeof(*took));

	must(took != NULL, "memory");
	for (unsigned i = 0; i < n; i++) {
		double t0 = ms(clock);

		fn();
		took[i] = ms(clock) - t0;
	}
	qsort(took, n, sizeof(*took), ascending);
	printf("{\"op\":\"%s\",\"n\":%u,\"p10\":%.3f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,"
	    "\"max\":%.3f,\"unit\":\"%s\"}\n", op, n, took[n / 10],
	    took[n / 2],
	    took[n * 9 / 10], took[n * 99 / 100], took[n - 1],
	    clock == CLOCK_MONOTONIC ? "ms" : "CPU ms");
	fflush(stdout);
	free(took);
}

static void
values_make(void)
{
	struct bn num = BN_INIT;
	struct err e = ERR_INIT;

	for (int i = 0; i < ATTRS; i++) {
		bn_set_i64(&num, 28);
		if (i > 1)
			bn_random(&num, CL_M);
		cl_map_add(&w.values, names[i], &num, &e);
	}
	bn_release(&num);
	cl_link_secret(&w.link);
	cl_nonce(&w.nonce);
	cl_context(&w.m2, "entropy", 7, 1);
	cl_link_mask(&w.mask);
	bn_random(&w.c, CL_CHALLENGE);
	cl_ge_run_init(&w.ge_run);
	cl_ge_proof_init(&w.ge);
}

int
main(int argc, char **argv)
{
	const struct { const char *op; void (*fn)(void); } ops[] = {
		{ "key_from_primes", do_key }, { "key_check", do_key_check },
		{ "request_make", do_request },
		{ "request_check", do_request_check }, { "sign", do_sign },
		{ "accept", do_accept }, { "combs", do_combs },
		{ "eq_prove", do_eq_prove }, { "ge_prove", do_ge_prove },
		{ "eq_verify", do_eq_verify }, { "ge_verify", do_ge_verify },
		{ "four_squares", do_squares },
	};
	unsigned rounds, primes;
	struct err e = ERR_INIT;

	if (argc != 5) {
		fprintf(stderr, "usage: cl BITS ROUNDS PRIMES HELPERS\n");
		return 100;
	}
	prime_bits = (unsigned)strtoul(argv[1], NULL, 10) / 2;
	rounds = (unsigned)strtoul(argv[2], NULL, 10);
	primes = (unsigned)strtoul(argv[3], NULL, 10);
	helpers = (unsigned)strtoul(argv[4], NULL, 10);
	prime_warm();
	search = prime_search_new(prime_bits, &e);
	must(search != NULL, "prime_search_new");
	values_make();
	do_pair();
	for (size_t i = 0; rounds > 0 && i < sizeof(ops) / sizeof(*ops); i++) {
		ops[i].fn();	/* pages in, tables filled */
		measure(ops[i].op, ops[i].fn, rounds, CLOCK_PROCESS_CPUTIME_ID);
	}
	if (primes == 0)
		return 0;
	measure("safe_prime", do_prime, primes, CLOCK_PROCESS_CPUTIME_ID);
	printf("{\"op\":\"candidates\",\"n\":%u,\"mean\":%.1f,\"unit\":\"a prime\"}\n",
	    primes, (double)prime_search_candidates(search) / primes);
	measure("prime_pair", do_pair, primes / 2 + 1, CLOCK_MONOTONIC);
	measure("key_cold", do_cold, primes / 2 + 1, CLOCK_MONOTONIC);
	return 0;
}
