/*
 * The field of prio1 against libgcrypt's integers, its transforms against the plain
 * sum, and evaluation against the polynomial itself.
 */
#include <gcrypt.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/rand.h"
#include "../../lib/crypt/libgcrypt.h"
#include "../../lib/crypt/prio1/eval.h"
#include "../../lib/crypt/prio1/ntt.h"
#include "../tap.h"

#define TRIPLES	100000

static struct f87
any(size_t i)
{
	static const struct f87 edge[] = {
		{ 0, 0 }, { 1, 0 }, { 2, 0 }, { UINT64_MAX, 0 }, { 0, 1 }, { UINT64_C(1) << 32, 0 }, { 0, F87_P_HI },
		{ F87_P_LO - 1, F87_P_HI }, { F87_P_LO - 2, F87_P_HI }, { UINT64_MAX, F87_P_HI - 1 },
	};
	struct f87 v;

	if (i % 8 < 2)
		return edge[i / 8 % (sizeof(edge) / sizeof(*edge))];
	rand_bytes(&v, sizeof(v));
	v.hi &= F87_P_HI - 1;
	return v;
}

static void
to_mpi(gcry_mpi_t m, struct f87 a)
{
	gcry_mpi_set_ui(m, (unsigned long)a.hi);
	gcry_mpi_lshift(m, m, 64);
	gcry_mpi_add_ui(m, m, (unsigned long)a.lo);
}

static bool
is_mpi(struct f87 a, gcry_mpi_t m)
{
	gcry_mpi_t v = gcry_mpi_new(128);
	bool same;

	to_mpi(v, a);
	same = gcry_mpi_cmp(v, m) == 0;
	gcry_mpi_release(v);
	return same;
}

static void
test_laws(void)
{
	gcry_mpi_t p = gcry_mpi_new(128), x = gcry_mpi_new(128), y = gcry_mpi_new(128), z = gcry_mpi_new(192);
	bool add = true, sub = true, mul = true, half = true, neg = true, sum = true, loose = true;

	to_mpi(p, (struct f87){ F87_P_LO, F87_P_HI });
	for (size_t i = 0; i < TRIPLES; i++) {
		struct f87 a = any(i), b = any(i / 80), c = any(i + 2);
		struct f87_sum s = F87_SUM_ZERO;

		to_mpi(x, a);
		to_mpi(y, b);
		gcry_mpi_addm(z, x, y, p);
		add = add && is_mpi(f87_add(a, b), z);
		gcry_mpi_subm(z, x, y, p);
		sub = sub && is_mpi(f87_sub(a, b), z);
		neg = neg && f87_equal(f87_add(a, f87_neg(a)), F87_ZERO);
		gcry_mpi_mulm(z, x, y, p);
		mul = mul && is_mpi(f87_mul(a, b), z);
		half = half && f87_equal(f87_add(f87_half(a), f87_half(a)), a);
		f87_mac(&s, a, b);
		f87_mac(&s, a, c);
		sum = sum && f87_equal(f87_sum_get(&s), f87_mul(a, f87_add(b, c)));
		loose = loose && f87_equal(f87_tidy(f87_mul_loose(f87_put(f87_get(a) + f87_get(b) + 64 * F87_P), c)),
		    f87_mul(f87_add(a, b), c)) && f87_get(f87_mul_loose(a, b)) >> 89 == 0;
	}
	ok(add, "sums of %d pairs", TRIPLES);
	ok(sub && neg, "differences");
	ok(mul, "products");
	ok(half, "halves");
	ok(sum, "a (b + c) = a b + a c, in one sum of products");
	ok(loose, "factors that are not reduced");
	gcry_mpi_release(p);
	gcry_mpi_release(x);
	gcry_mpi_release(y);
	gcry_mpi_release(z);
}

static void
test_sums(void)
{
	struct f87 top = { F87_P_LO - 1, F87_P_HI };	/* -1 */
	struct f87_sum s = F87_SUM_ZERO;

	for (size_t i = 0; i < F87_SUM_MAX; i++)
		f87_mac(&s, top, top);
	ok(f87_equal(f87_sum_get(&s), f87_u64(F87_SUM_MAX)), "as many of the largest products as a sum holds");
}

static void
test_inverse_and_roots(void)
{
	bool good = true;

	for (size_t i = 0; i < 200; i++) {
		struct f87 a = any(i);

		good = good && f87_equal(f87_mul(a, f87_inv(a)), a.lo == 0 && a.hi == 0 ? F87_ZERO : F87_ONE);
	}
	ok(good, "inverses, and 0 of 0");
	for (unsigned i = 1; i <= F87_ROOTS; i++) {
		struct f87 w = f87_root((size_t)1 << i);

		good = good && f87_equal(f87_pow(w, (f87_wide)1 << (i - 1)), f87_neg(F87_ONE));
	}
	ok(good, "roots are principal");
}

static void
test_bytes(void)
{
	static const uint8_t p_be[] = { 0x80, 0, 0, 0, 0, 0, 0, 0, 8, 0, 1 };
	uint8_t below[13] = { 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0 }, fixed[F87_FIXED];
	struct f87 v = F87_ONE;

	is_int(f87_read(&v, p_be, sizeof(p_be)), -1, "p is refused");
	ok(v.lo == 1 && v.hi == 0, "and nothing written");
	is_int(f87_read(&v, below, sizeof(below)), 0, "p - 1 is read, behind zeros");
	ok(f87_equal(v, f87_neg(F87_ONE)), "as -1");
	below[0] = 1;
	is_int(f87_read(&v, below, sizeof(below)), -1, "12 bytes are not");
	f87_fixed_put(fixed, v);
	is_int(f87_fixed_get(&v, fixed), 0, "fixed width, there and back");
	ok(f87_equal(v, f87_neg(F87_ONE)), "the same");
	fixed[0]++;
	is_int(f87_fixed_get(&v, fixed), -1, "p in fixed width is refused");
}

/* ---- transforms -------------------------------------------------------------- */
static struct f87
horner(const struct f87 *c, size_t n, struct f87 x)
{
	struct f87 v = F87_ZERO;

	while (n-- > 0)
		v = f87_add(f87_mul(v, x), c[n]);
	return v;
}

static size_t
reversed(size_t k, size_t n)
{
	size_t r = 0;

	for (; n > 1; n /= 2, k /= 2)
		r = r * 2 + k % 2;
	return r;
}

static void
random_elements(struct f87 *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a[i] = any(i * 8 + 5);
}

static void
test_transforms(void)
{
	bool identity = true, naive = true, shifted = true;

	for (size_t n = 2; n <= 1 << 18; n *= 2) {
		CLEANUP(prio1_params_release) struct prio1_params par = PRIO1_PARAMS_INIT;
		CLEANUP(cleanup_free) struct f87 *a = calloc(n, sizeof(*a)), *b = calloc(n, sizeof(*b)), *c = calloc(n, sizeof(*c));

		prio1_params_make(&par, (int64_t)n - 1, NULL);
		random_elements(a, n);
		memcpy(b, a, n * sizeof(*a));
		prio1_ntt_inverse(b, &par);
		for (size_t i = 0; i < n; i++)
			c[i] = f87_mul(b[i], par.inv_points);
		prio1_ntt_forward(c, &par);
		identity = identity && memcmp(a, c, n * sizeof(*a)) == 0;
		if (n > 64)
			continue;
		for (size_t i = 0; i < n; i++)
			c[i] = f87_mul(b[reversed(i, n)], par.inv_points);
		for (size_t k = 0; k < n; k++)
			naive = naive && f87_equal(horner(c, n, f87_pow(f87_root(n), k)), a[k]);
		prio1_ntt_shift(b, &par);
		prio1_ntt_forward(b, &par);
		for (size_t k = 0; k < n; k++)
			shifted = shifted && f87_equal(horner(c, n, f87_pow(f87_root(2 * n), 2 * k + 1)), b[k]);
	}
	ok(identity, "there and back, 2 to 2^18");
	ok(naive, "coefficients by the plain sum, to 64");
	ok(shifted, "values at the odd roots by the plain sum, to 64");
}

/* ---- evaluation ----------------------------------------------------------------- */
/* f, g, h of a packet at r by coefficients: interpolated with 2 N points. */
static struct f87
by_coefficients(const struct f87 *values, size_t points, struct f87 r)
{
	CLEANUP(prio1_params_release) struct prio1_params par = PRIO1_PARAMS_INIT;
	CLEANUP(cleanup_free) struct f87 *a = calloc(points, sizeof(*a)), *c = calloc(points, sizeof(*c));

	prio1_params_make(&par, (int64_t)points - 1, NULL);
	memcpy(a, values, points * sizeof(*a));
	prio1_ntt_inverse(a, &par);
	for (size_t i = 0; i < points; i++)
		c[i] = f87_mul(a[reversed(i, points)], par.inv_points);
	return horner(c, points, r);
}

static bool
evaluates(const struct prio1_params *par, const struct prio1_packet *pk, struct prio1_weights *w, struct f87 r)
{
	size_t points = par->points;
	CLEANUP(cleanup_free) struct f87 *v = calloc(2 * points, sizeof(*v));
	struct prio1_values once, weighed, want;

	v[0] = pk->f0;
	memcpy(v + 1, pk->data, par->n_data * sizeof(*v));
	want.f = by_coefficients(v, points, r);
	v[0] = pk->g0;
	for (size_t i = 1; i < par->n && pk->side == PRIO1_A; i++)
		v[i] = f87_sub(v[i], F87_ONE);
	want.g = by_coefficients(v, points, r);
	memset(v, 0, 2 * points * sizeof(*v));
	v[0] = pk->h0;
	for (size_t j = 0; j < points; j++)
		v[2 * j + 1] = pk->h[j];
	want.h = by_coefficients(v, 2 * points, r);
	prio1_eval_once(&once, w, par, r, pk);
	prio1_weights_set(w, par, r);
	prio1_weights_apply(&weighed, w, pk);
	return memcmp(&once, &want, sizeof(want)) == 0 && memcmp(&weighed, &want, sizeof(want)) == 0;
}

static void
test_evaluation(void)
{
	static const int64_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 100, 127, 128, 2000, 2046, 2047, 2048, 70000 };
	bool points = true, roots = true;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		CLEANUP(prio1_params_release) struct prio1_params par = PRIO1_PARAMS_INIT;
		CLEANUP(prio1_weights_release) struct prio1_weights w = PRIO1_WEIGHTS_INIT;
		struct prio1_packet pk = { .side = i % 2 == 0 ? PRIO1_A : PRIO1_B, .f0 = any(3), .g0 = any(4), .h0 = any(5) };

		prio1_params_make(&par, sizes[i], NULL);
		prio1_weights_make(&w, &par);
		pk.data = calloc(par.n_data, sizeof(*pk.data));
		pk.h = calloc(par.points, sizeof(*pk.h));
		random_elements(pk.data, par.n_data);
		random_elements(pk.h, par.points);
		for (int side = PRIO1_A; side <= PRIO1_B; side++) {
			pk.side = (enum prio1_side)side;
			points = points && evaluates(&par, &pk, &w, any(6));
		}
		for (size_t k = 0; k < 2 * par.points && par.points <= 8; k++)
			roots = roots && evaluates(&par, &pk, &w, f87_pow(f87_root(2 * par.points), k));
		free(pk.data);
		free(pk.h);
	}
	ok(points, "f, g and h at a point, by weights and at once, as their coefficients give them");
	ok(roots, "at every root");
}

int
main(void)
{
	libgcrypt_ready();
	test_laws();
	test_sums();
	test_inverse_and_roots();
	test_bytes();
	test_transforms();
	test_evaluation();
	return done_testing();
}
