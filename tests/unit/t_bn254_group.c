/*
 * G1 and G2: the addition's every case, orders, multiples against repeated
 * addition, batches against single steps.
 */
#include "../../lib/crypt/bn254/g1.h"
#include "../../lib/crypt/bn254/g2_sum.h"
#include "../../lib/crypt/bn254/g2_batch.h"
#include "../tap.h"

#define N	70	/* more than two runs of a sum of multiples */

static void
test_g1_cases(void)
{
	struct g1 p, q, s, t;

	g1_random(&p);
	g1_random(&q);
	ok(g1_on_curve(&p) && g1_on_curve(&g1_infinity), "points are on the curve");
	g1_add(&s, &p, &q);
	g1_add(&t, &q, &p);
	ok(g1_on_curve(&s) && g1_equal(&s, &t) && !g1_equal(&s, &p), "p + q = q + p");
	g1_sub(&t, &s, &q);
	ok(g1_equal(&t, &p), "p + q - q = p");
	g1_dbl(&s, &p);
	g1_add(&t, &p, &p);
	ok(g1_equal(&s, &t), "p + p is the double");
	g1_sub(&t, &p, &p);
	ok(g1_is_infinity(&t) && g1_on_curve(&t), "p - p is infinity");
	g1_add(&s, &t, &p);
	ok(g1_equal(&s, &p), "infinity + p = p");
	g1_add(&s, &t, &g1_infinity);
	ok(g1_equal(&s, &g1_infinity) && !g1_equal(&s, &p), "infinity + infinity is infinity");
	g1_dbl(&s, &t);
	ok(g1_is_infinity(&s), "its double as well");
	p.x = fp_one;
	ok(!g1_on_curve(&p), "another x is off the curve");
	memset(&p, 0, sizeof(p));
	ok(!g1_on_curve(&p), "(0, 0, 0) is no point");
}

static void
test_g2_cases(void)
{
	struct g2 p, q, s, t;

	g2_random(&p);
	g2_random(&q);
	ok(g2_on_curve(&p) && g2_on_curve(&g2_infinity), "points are on the twist");
	g2_add(&s, &p, &q);
	g2_add(&t, &q, &p);
	ok(g2_on_curve(&s) && g2_equal(&s, &t) && !g2_equal(&s, &p), "p + q = q + p");
	g2_sub(&t, &s, &q);
	ok(g2_equal(&t, &p), "p + q - q = p");
	g2_dbl(&s, &p);
	g2_add(&t, &p, &p);
	ok(g2_equal(&s, &t), "p + p is the double");
	g2_sub(&t, &p, &p);
	ok(g2_is_infinity(&t) && g2_on_curve(&t), "p - p is infinity");
	g2_add(&s, &t, &p);
	ok(g2_equal(&s, &p), "infinity + p = p");
	p.y.a = fp_one;
	ok(!g2_on_curve(&p), "another y is off the twist");
}

/* r - 1 and 1: the ends of the scalars */
static void
test_multiples(void)
{
	struct g1 p, s, t;
	struct g2 q, u, v;
	struct fr k;
	bool good = true;

	g1_random(&p);
	g2_random(&q);
	g1_mul(&s, &p, &fr_zero);
	g2_mul(&u, &q, &fr_zero);
	ok(g1_is_infinity(&s) && g2_is_infinity(&u), "0 times a point is infinity");
	s = g1_infinity;
	u = g2_infinity;
	for (uint64_t i = 1; i < 40; i++) {
		g1_add(&s, &s, &p);
		g2_add(&u, &u, &q);
		fr_from_u64(&k, i);
		g1_mul(&t, &p, &k);
		g2_mul(&v, &q, &k);
		good &= g1_equal(&s, &t) && g2_equal(&u, &v);
	}
	ok(good, "multiples are repeated sums");
	fr_neg(&k, &fr_one);
	g1_mul(&s, &p, &k);
	g1_add(&s, &s, &p);
	g2_mul(&u, &q, &k);
	g2_add(&u, &u, &q);
	ok(g1_is_infinity(&s) && g2_is_infinity(&u), "(r - 1)p + p is infinity");
	fr_random(&k);
	g1_mul(&s, &g1_infinity, &k);
	g2_mul(&u, &g2_infinity, &k);
	ok(g1_is_infinity(&s) && g2_is_infinity(&u), "a multiple of infinity is infinity");
}

static void
test_distributive(void)
{
	struct g1 p, s, t;
	struct g2 q, u, v;
	struct fr a, b, ab;
	bool good = true;

	for (int i = 0; i < 10; i++) {
		g1_random(&p);
		g2_random(&q);
		fr_random(&a);
		fr_random(&b);
		fr_mul(&ab, &a, &b);
		g1_mul(&s, &p, &a);
		g1_mul(&s, &s, &b);
		g1_mul(&t, &p, &ab);
		g2_mul(&u, &q, &a);
		g2_mul(&u, &u, &b);
		g2_mul(&v, &q, &ab);
		good &= g1_equal(&s, &t) && g2_equal(&u, &v);
	}
	ok(good, "b(ap) = (ab)p");
}

static void
test_sums_of_multiples(void)
{
	static struct g1 p[N];
	static struct g2 q[N];
	static struct fr k[N];
	struct g1 s = g1_infinity, t;
	struct g2 u = g2_infinity, v;

	for (size_t i = 0; i < N; i++) {
		g1_random(&p[i]);
		g2_random(&q[i]);
		fr_random(&k[i]);
		if (i % 9 == 4)
			k[i] = fr_zero;
		g1_mul(&t, &p[i], &k[i]);
		g1_add(&s, &s, &t);
		g2_mul(&v, &q[i], &k[i]);
		g2_add(&u, &u, &v);
	}
	g1_msm(&t, p, k, N);
	g2_msm(&v, q, k, N);
	ok(g1_equal(&s, &t) && g2_equal(&u, &v), "sums of %d multiples", N);
	g1_msm(&t, p, k, 0);
	g2_msm(&v, q, k, 0);
	ok(g1_is_infinity(&t) && g2_is_infinity(&v), "and of none");
}

/* A point of the twist by chance is not of order r: the cofactor is as large. */
static void
test_order(void)
{
	struct g2 p = { .z = fp2_one }, q;
	struct fp2 t;
	int found = 0, strangers = 0;

	for (uint64_t i = 0; found < 20; i++) {
		fp_add(&p.x.a, &p.x.a, &fp_one);
		fp2_sqr(&t, &p.x);
		fp2_mul(&t, &t, &p.x);
		fp_add(&t.a, &t.a, &fp_one);
		fp_sub(&t.b, &t.b, &fp_one);
		if (fp2_sqrt(&p.y, &t) == -1)
			continue;
		found++;
		strangers += g2_on_curve(&p) && !g2_in_group(&p);
	}
	is_int(strangers, 20, "points of the twist outside the group are told");
	g2_random(&q);
	ok(g2_in_group(&q) && g2_in_group(&g2_infinity), "and those inside are not");
	g2_add(&q, &q, &p);
	ok(!g2_in_group(&q), "their sum is outside");
}

static bool
same_point(const struct g2_affine *a, const struct g2 *want)
{
	struct g2 p;

	g2_from_affine(&p, a);
	return g2_equal(&p, want);
}

static void
test_batch_cases(void)
{
	static struct g2_batch_room room;
	struct g2_affine acc[5], add[5];
	const struct g2_affine *ptr[5];
	struct g2 p, q, want;

	g2_random(&p);
	g2_random(&q);
	for (int i = 0; i < 5; i++) {
		g2_to_affine(&acc[i], &p);
		g2_to_affine(&add[i], &q);
		ptr[i] = &add[i];
	}
	add[1] = acc[1];
	g2_to_affine(&add[2], &p);
	fp2_neg(&add[2].y, &add[2].y);
	g2_to_affine(&add[3], &g2_infinity);
	g2_to_affine(&acc[4], &g2_infinity);
	g2_batch_add(acc, ptr, 5, &room);
	g2_add(&want, &p, &q);
	ok(same_point(&acc[0], &want), "two points");
	g2_dbl(&want, &p);
	ok(same_point(&acc[1], &want), "twice the same");
	ok(same_point(&acc[2], &g2_infinity), "opposite points");
	ok(same_point(&acc[3], &p), "a point and infinity");
	ok(same_point(&acc[4], &q), "infinity and a point");
}

static void
test_long_sum(void)
{
	struct g2_sum *s = g2_sum_new();
	struct g2 p, q, want, got;
	struct g2_affine a, b;
	struct fr k;

	g2_random(&p);
	g2_random(&q);
	g2_to_affine(&a, &p);
	g2_to_affine(&b, &q);
	g2_sum_total(s, &got);
	ok(g2_is_infinity(&got), "an empty sum");
	for (int i = 0; i < 3000; i++) {
		g2_sum_add(s, &a, false);
		if (i % 3 == 0)
			g2_sum_add(s, &b, true);
	}
	g2_sum_total(s, &got);
	fr_from_u64(&k, 3000);
	g2_mul(&p, &p, &k);
	fr_from_u64(&k, 1000);
	g2_mul(&q, &q, &k);
	g2_sub(&want, &p, &q);
	ok(g2_equal(&got, &want), "4,000 points with coincidences");
	g2_sum_add(s, &b, false);
	g2_sum_total(s, &got);
	g2_from_affine(&p, &b);
	g2_add(&want, &want, &p);
	ok(g2_equal(&got, &want), "and one more");
	g2_sum_free(&s);
}

int
main(void)
{
	test_g1_cases();
	test_g2_cases();
	test_multiples();
	test_distributive();
	test_sums_of_multiples();
	test_order();
	test_batch_cases();
	test_long_sum();
	return done_testing();
}
