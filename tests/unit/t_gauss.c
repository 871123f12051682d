/* The discrete Gaussian: against its own formula, with bytes that repeat. */
#include "../../lib/crypt/gauss.h"

#include "../tap.h"

#define WIDE	4000	/* beyond it no weight counts, for the sigmas below */

/* xorshift64*: a test that fails must fail again. */
static void
repeatable(void *arg, void *p, size_t n)
{
	uint64_t *s = arg;
	uint8_t *out = p;

	for (size_t i = 0; i < n; i++) {
		*s ^= *s >> 12;
		*s ^= *s << 25;
		*s ^= *s >> 27;
		out[i] = (uint8_t)((*s * UINT64_C(2685821657736338717)) >> 56);
	}
}

static void
test_parse(void)
{
	static const char *const bad[] = { "", "/", "0", "1/0", "0/1", "-1", "1/", "/2", "1.5", "1/2/3", " 1", "1 ",
	    "1e3", "9999999999999", "1/9999999", "1111111111111111111111" };
	struct gauss g = { 7, 7 };
	struct err e = ERR_INIT;
	char text[GAUSS_TEXT];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e = (struct err)ERR_INIT;
		ok(gauss_parse(&g, bad[i], &e) == -1 && e.code == ERR_VALIDATION && g.num == 7, "\"%s\" is refused", bad[i]);
	}
	ok(gauss_parse(&g, "14/4", &e) == 0 && g.num == 7 && g.den == 2, "14/4 is 7/2");
	gauss_variance(text, &g);
	is_str(text, "49/4", "its variance");
	ok(gauss_parse(&g, "12", &e) == 0 && g.num == 12 && g.den == 1, "12 is 12/1");
	gauss_variance(text, &g);
	is_str(text, "144", "its variance");
	ok(gauss_parse(&g, "1099511627776/1048575", &e) == 0, "the largest");
	gauss_variance(text, &g);
	is_str(text, "1208925819614629174706176/1099509530625", "its variance");
	{
		struct gauss a = { 7, 2 }, b = { 5, 3 }, none = { 0, 0 }, large = { (UINT64_C(1) << 40) - 1, 1048573 },
		    larger = { (UINT64_C(1) << 40) - 1, 1 << 20 };

		gauss_variance_sum(text, &a, &b);
		is_str(text, "541/36", "the variance of a sum");
		gauss_variance_sum(text, &none, &a);
		is_str(text, "49/4", "of one draw alone");
		gauss_variance_sum(text, &none, &none);
		is_str(text, "0", "of none");
		gauss_variance_sum(text, &large, &larger);
		is_str(text, "2658448385672275019364318749304815625/1208918902095497138274304", "the largest has room");
	}
}

/* weights(out, n, sigma): exp(-x^2 / 2 sigma^2) for x = 0 .. n - 1, by exp's series and
 * the quotient of neighbours: libm is not linked. */
static void
weights(double *out, int n, double sigma)
{
	double z = 1 / (2 * sigma * sigma), q = 1, term = 1, step;

	for (int i = 1; i < 60; i++) {
		term *= -z / i;
		q += term;
	}
	step = q;
	out[0] = 1;
	for (int x = 1; x < n; x++) {
		out[x] = out[x - 1] * step;
		step *= q * q;
	}
}

static double
distance(double a, double b)
{
	return a > b ? a - b : b - a;
}

/* fits: chi-square of the draws against the formula, in cells from -k to k and the rest. */
static void
fits(uint64_t num, uint64_t den, int k, int draws)
{
	struct gauss g;
	struct err e = ERR_INIT;
	double total = -1, w[WIDE], chi = 0, rest = draws;
	uint64_t seed = 88172645463325252 + num * 31 + den;
	int *seen = calloc((size_t)(2 * k + 1), sizeof(*seen)), out = 0, cells = 0;

	gauss_set(&g, num, den, &e);
	for (int i = 0; i < draws; i++) {
		int64_t x = gauss_draw_from(&g, repeatable, &seed);

		if (x >= -k && x <= k)
			seen[x + k]++;
		else
			out++;
	}
	weights(w, WIDE, (double)num / (double)den);
	for (int x = 0; x < WIDE; x++)
		total += 2 * w[x];
	for (int x = -k; x <= k; x++) {
		double want = draws * w[x < 0 ? -x : x] / total;

		if (want < 5)
			continue;
		chi += (seen[x + k] - want) * (seen[x + k] - want) / want;
		rest -= want;
		cells++;
	}
	/* mean cells - 1, deviation sqrt(2 cells): five of those are passed once in millions */
	ok(chi < cells || (chi - cells) * (chi - cells) < 25 * 2.0 * cells, "sigma %" PRIu64 "/%" PRIu64 ": chi-square %.1f over %d cells", num, den, chi,
	    cells);
	ok(distance(out, rest) <= rest + 5, "and %d beyond", out);
	free(seen);
}

static void
test_wide(void)
{
	struct gauss g;
	struct err e = ERR_INIT;
	uint64_t seed = 42;
	double mean = 0, square = 0, sigma = 1099511627776.0 / 3;
	const int draws = 4000;

	gauss_set(&g, UINT64_C(1) << 40, 3, &e);
	for (int i = 0; i < draws; i++) {
		double x = (double)gauss_draw_from(&g, repeatable, &seed) / sigma;

		mean += x / draws;
		square += x * x / draws;
	}
	ok(mean * mean < 25.0 / draws, "sigma 2^40/3: mean %.4f sigma", mean);
	ok((square - 1) * (square - 1) < 25 * 2.0 / draws, "and variance %.4f sigma^2", square);
}

static void
test_kernel(void)
{
	struct gauss g = { 100, 1 };
	int64_t seen[64];
	int equal = 0;

	for (size_t i = 0; i < 64; i++)
		seen[i] = gauss_draw(&g);
	for (size_t i = 1; i < 64; i++)
		equal += seen[i] == seen[0];
	ok(equal < 20, "draws of the kernel's bytes differ");
}

int
main(void)
{
	test_parse();
	fits(1, 4, 8, 20000);
	fits(1, 1, 8, 40000);
	fits(7, 2, 20, 40000);
	fits(45, 1, 160, 60000);
	test_wide();
	test_kernel();
	return done_testing();
}
