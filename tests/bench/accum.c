/*
 * accum: what revocation costs, in this process (and helpers of tails) alone.
 *
 *	accum SIZE ROUNDS HELPERS FOLDER	(unnamed files of tails go there)
 *
 * Prints a JSON line for each operation: {"op", "n", "p50", "p90", "p99", "max",
 * "unit"}: CPU milliseconds of all processes; for tails a line for each number of
 * helpers with "points", "wall" (ms) and the largest "rss" (KiB) too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/accum/proof.h"
#include "../../lib/crypt/accum/registry.h"
#include "../../lib/crypt/accum/witness.h"

#define INDEX	77	/* whose credential it is */

static struct {
	struct accum_pub pk;
	struct accum_priv sk;
	struct fr gamma, m2, vr, challenge;
	struct gt z;
	struct g2 acc, w;
	struct g1 ur;
	struct accum_list list;
	struct tails tails;
	struct accum_delta one, many;
	struct accum_cred cred;
	struct accum_run run;
	struct accum_proof proof;
} b;

static double
cpu_ms(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static long
rss_kib(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return u.ru_maxrss;
}

static double
wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "accum: %s failed\n", what);
	exit(1);
}

static void do_z(void) { accum_registry_z(&b.z, &b.pk, b.list.size, &b.gamma); }
static void do_value(void) { accum_registry_value(&b.acc, &b.pk, &b.list, &b.gamma); }

static void
do_revoke(const struct accum_delta *d)
{
	struct g2 acc = b.acc;

	accum_registry_change(&acc, &b.pk, b.list.size, &b.gamma, d);
}
static void do_revoke_one(void) { do_revoke(&b.one); }
static void do_revoke_many(void) { do_revoke(&b.many); }

static void
do_issue(void)
{
	accum_issue(&b.cred, &b.pk, &b.sk, &b.gamma, INDEX, &b.m2, &b.ur, NULL);
}

static void
do_accept(void)
{
	struct accum_cred c = b.cred;

	must(accum_accept(&c, &b.pk, &b.m2, &b.vr) == ACCUM_HOLDS, "accept");
}

static void
do_witness(void)
{
	must(accum_witness_new(&b.w, INDEX, &b.list, &b.tails, NULL) == 0, "witness");
}

static void
do_update(const struct accum_delta *d)
{
	struct g2 w = b.w;

	must(accum_witness_update(&w, INDEX, b.list.size, d, &b.tails, NULL) == 0, "update");
}
static void do_update_one(void) { do_update(&b.one); }
static void do_update_many(void) { do_update(&b.many); }
static void do_holds(void) { must(accum_witness_holds(&b.cred, &b.pk, &b.z, &b.acc, &b.w), "the witness"); }

static void
do_prove(void)
{
	accum_proof_begin(&b.run, &b.pk, &b.acc, &b.cred, &b.w, &b.m2, NULL);
	accum_proof_end(&b.proof, &b.run, &b.challenge);
}

static void
do_verify(void)
{
	struct accum_tau tau;
	struct fr m2;

	fr_mul(&m2, &b.challenge, &b.cred.m2);
	fr_add(&m2, &m2, &b.m2);
	accum_proof_tau(&tau, &b.proof, &b.pk, &b.z, &b.acc, &m2, &b.challenge, ACCUM_FORM_SHARED);
	must(gt_equal(&tau.t4, &b.run.tau.t4) && gt_equal(&tau.t3, &b.run.tau.t3), "the proof");
}

static void do_check(void) { must(tails_check(&b.tails, NULL, NULL) == 0, "tails_check"); }

static int
by_value(const void *a, const void *c)
{
	double x = *(const double *)a, y = *(const double *)c;

	return (x > y) - (x < y);
}

static void
measure(const char *op, void (*fn)(void), size_t rounds)
{
	CLEANUP(cleanup_free) double *ms = calloc(rounds, sizeof(*ms));

	must(ms != NULL, "memory");
	for (size_t i = 0; i < rounds; i++) {
		double t0 = cpu_ms(RUSAGE_SELF);

		fn();
		ms[i] = cpu_ms(RUSAGE_SELF) - t0;
	}
	qsort(ms, rounds, sizeof(*ms), by_value);
	printf("{\"op\": \"%s\", \"n\": %zu, \"p50\": %.3f, \"p90\": %.3f, \"p99\": %.3f, \"max\": %.3f, \"unit\": \"ms\"}\n",
	    op, rounds, ms[rounds / 2], ms[rounds * 9 / 10], ms[rounds * 99 / 100], ms[rounds - 1]);
	fflush(stdout);
}

/* Makes the file; the last one made is the one that the rest works on. */
static void
tails(uint32_t size, unsigned helpers, const char *folder)
{
	CLEANUP(cleanup_close) int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	double self = cpu_ms(RUSAGE_SELF), others = cpu_ms(RUSAGE_CHILDREN), wall = wall_ms();
	uint8_t hash[SHA256_LEN];
	struct err e = ERR_INIT;

	must(fd != -1 && tails_write(fd, &b.pk.g_dash, size, &b.gamma, helpers, NULL, hash, &e) == 0, "tails_write");
	wall = wall_ms() - wall;
	self = cpu_ms(RUSAGE_SELF) - self;
	others = cpu_ms(RUSAGE_CHILDREN) - others;
	printf("{\"op\": \"tails, %u helpers\", \"n\": 1, \"p50\": %.1f, \"points\": %u, \"wall\": %.1f, \"rss\": %ld, \"unit\": \"ms\"}\n",
	    helpers, self + others, tails_points(size), wall, rss_kib(RUSAGE_SELF));
	fflush(stdout);
	tails_release(&b.tails);
	must(tails_map(&b.tails, fd, size, NULL, NULL) == 0, "tails_map");
}

static void
prepare(uint32_t size)
{
	static uint32_t indices[4096];

	accum_key_new(&b.pk, &b.sk);
	fr_random(&b.gamma);
	fr_random(&b.m2);
	fr_random(&b.vr);
	fr_random(&b.challenge);
	accum_request(&b.ur, &b.pk, &b.vr);
	must(accum_list_new(&b.list, size, ACCUM_BY_DEFAULT, NULL) == 0, "list");
	for (uint32_t i = 0; i < 4096; i++)
		indices[i] = INDEX + 1 + i;
	must(accum_delta_of(&b.one, &b.list, indices, 1, true, NULL) == 0 &&
	    accum_delta_of(&b.many, &b.list, indices, 4096, true, NULL) == 0, "size");
}

int
main(int argc, char **argv)
{
	uint32_t size;
	size_t rounds;

	must(argc == 5, "usage");
	size = (uint32_t)strtoul(argv[1], NULL, 10);
	rounds = strtoul(argv[2], NULL, 10);
	prepare(size);
	tails(size, 0, argv[4]);
	for (unsigned helpers = 1; helpers <= strtoul(argv[3], NULL, 10); helpers *= 2)
		tails(size, helpers, argv[4]);
	measure("z", do_z, rounds);
	measure("accumulator of a list", do_value, rounds);
	measure("revoke 1", do_revoke_one, rounds);
	measure("revoke 4,096", do_revoke_many, rounds);
	measure("issue, revocation part", do_issue, rounds);
	measure("accept, revocation part", do_accept, rounds);
	measure("witness from nothing", do_witness, rounds / 10 + 1);
	measure("witness, 1 change", do_update_one, rounds);
	measure("witness, 4,096 changes", do_update_many, rounds);
	measure("witness holds", do_holds, rounds);
	accum_accept(&b.cred, &b.pk, &b.m2, &b.vr);
	measure("prove, revocation part", do_prove, rounds);
	measure("verify, revocation part", do_verify, rounds);
	measure("tails_check", do_check, 1);
	return 0;
}
