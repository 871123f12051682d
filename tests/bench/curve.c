/*
 * curve: what the arithmetic of the revocation curve costs, in C and with mulx.
 *
 *	curve ROUNDS
 *
 * Prints a JSON line for each operation and kernel: {"op", "kernel", "n", "p50",
 * "low", "high"} in CPU microseconds, n turns of a few milliseconds; turns of
 * both kernels alternate, so that whatever else the machine does meets both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../lib/crypt/bn254/fp_kernel.h"
#include "../../lib/crypt/bn254/g2_batch.h"
#include "../../lib/crypt/bn254/pairing.h"

#define ROUNDS_MAX	1000
#define TERMS		4

static struct world {
	struct fp a, b;
	struct fp2 x, y;
	struct fp12 f, g, cyclotomic;
	struct fr k;
	struct g1 p, p2;
	struct g2 q, q2;
	struct gt z, z2;
	struct pairing_term term[TERMS];
	struct g2_affine acc[G2_BATCH_MAX], add[G2_BATCH_MAX];
	const struct g2_affine *ptr[G2_BATCH_MAX];
	struct g2_batch_room room;
	struct g1 points1[16];
	struct fr scalars[16];
} w;

static void mul_fp(void) { fp_mul(&w.a, &w.a, &w.b); }
static void inv_fp(void) { fp_inv(&w.a, &w.a); }
static void mul_fp2(void) { fp2_mul(&w.x, &w.x, &w.y); }
static void sqr_fp2(void) { fp2_sqr(&w.x, &w.x); }
static void mul_fp12(void) { fp12_mul(&w.f, &w.f, &w.g); }
static void sqr_fp12(void) { fp12_sqr(&w.f, &w.f); }
static void sqr_cyclotomic(void) { fp12_sqr_cyclotomic(&w.cyclotomic, &w.cyclotomic); }
static void inv_fr(void) { fr_inv(&w.k, &w.k); }
static void add_g1(void) { g1_add(&w.p2, &w.p2, &w.p); }
static void add_g2(void) { g2_add(&w.q2, &w.q2, &w.q); }
static void mul_g1(void) { g1_mul(&w.p2, &w.p, &w.k); }
static void mul_g2(void) { g2_mul(&w.q2, &w.q, &w.k); }
static void msm_g1(void) { g1_msm(&w.p2, w.points1, w.scalars, 16); }
static void order_g2(void) { (void)g2_in_group(&w.q); }
static void pow_gt(void) { gt_pow(&w.z2, &w.z, &w.k); }
static void pairing_one(void) { pairing(&w.z2, &w.p, &w.q); }
static void pairing_four(void) { pairing_product(&w.z2, w.term, TERMS); }
static void batch_add(void) { g2_batch_add(w.acc, w.ptr, G2_BATCH_MAX, &w.room); }

static const struct op {
	const char *name;
	void	(*run)(void);
	unsigned turn;		/* calls a turn */
	unsigned parts;		/* what a call does so many of */
} ops[] = {
	{ "multiplication in Fp", mul_fp, 50000, 1 },
	{ "inversion in Fp", inv_fp, 200, 1 },
	{ "multiplication in Fp2", mul_fp2, 20000, 1 },
	{ "square in Fp2", sqr_fp2, 20000, 1 },
	{ "multiplication in Fp12", mul_fp12, 1000, 1 },
	{ "square in Fp12", sqr_fp12, 1000, 1 },
	{ "cyclotomic square", sqr_cyclotomic, 2000, 1 },
	{ "inverse of a scalar", inv_fr, 200, 1 },
	{ "addition in G1", add_g1, 5000, 1 },
	{ "addition in G2", add_g2, 2000, 1 },
	{ "affine addition in G2, of 2048 at once", batch_add, 2, G2_BATCH_MAX },
	{ "multiple in G1", mul_g1, 20, 1 },
	{ "multiple in G2", mul_g2, 10, 1 },
	{ "sum of 16 multiples in G1, public", msm_g1, 3, 1 },
	{ "order of a point of G2", order_g2, 30, 1 },
	{ "power in GT", pow_gt, 10, 1 },
	{ "pairing", pairing_one, 5, 1 },
	{ "product of 4 pairings", pairing_four, 3, 1 },
};

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
make_world(void)
{
	fp_random(&w.a);
	fp_random(&w.b);
	fp_random(&w.x.a);
	fp_random(&w.x.b);
	w.y = w.x;
	fr_random(&w.k);
	g1_random(&w.p);
	g2_random(&w.q);
	w.p2 = w.p;
	w.q2 = w.q;
	pairing(&w.z, &w.p, &w.q);
	w.z2 = w.z;
	w.f = w.g = w.cyclotomic = w.z.f;
	for (size_t i = 0; i < TERMS; i++)
		w.term[i] = (struct pairing_term){ &w.p, &w.q };
	for (size_t i = 0; i < 16; i++) {
		g1_random(&w.points1[i]);
		fr_random(&w.scalars[i]);
	}
	for (size_t i = 0; i < G2_BATCH_MAX; i++) {
		g2_to_affine(&w.add[i], &w.q);
		g2_dbl(&w.q2, &w.q2);
		g2_to_affine(&w.acc[i], &w.q2);
		w.ptr[i] = &w.add[i];
	}
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
turn(const struct op *op)
{
	double start = cpu_us();

	for (unsigned i = 0; i < op->turn; i++)
		op->run();
	return (cpu_us() - start) / op->turn / op->parts;
}

static void
print(const struct op *op, const char *kernel, double *us, unsigned n)
{
	qsort(us, n, sizeof(*us), by_size);
	printf("{\"op\": \"%s\", \"kernel\": \"%s\", \"n\": %u, \"p50\": %.4f, \"low\": %.4f, \"high\": %.4f}\n",
	    op->name, kernel, n, us[n / 2], us[0], us[n - 1]);
}

int
main(int argc, char **argv)
{
	static double in_c[ROUNDS_MAX], in_mulx[ROUNDS_MAX];
	unsigned rounds = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	bool mulx = fp_kernel_has_mulx();

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: curve ROUNDS, 1 to %d\n", ROUNDS_MAX);
		return 100;
	}
	make_world();
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		for (unsigned r = 0; r < rounds; r++) {
			fp_kernel = &fp_kernel_c;
			in_c[r] = turn(&ops[i]);
			fp_kernel = mulx ? &fp_kernel_mulx : &fp_kernel_c;
			in_mulx[r] = mulx ? turn(&ops[i]) : 0;
		}
		print(&ops[i], "c", in_c, rounds);
		if (mulx)
			print(&ops[i], "mulx", in_mulx, rounds);
	}
	return 0;
}
