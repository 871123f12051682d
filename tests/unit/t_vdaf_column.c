/*
 * Columns of Field128 side by side against the sum of their products one by one: edges
 * and random numbers, every number of rows around what one sum of limbs can hold.
 */
#include "../../lib/base/cpu.h"
#include "../../lib/base/rand.h"
#include "../../lib/crypt/vdaf/column128.h"
#include "../tap.h"

#define ROWS	1030	/* two sums of limbs and a part */
#define WIDE	7	/* columns that the rows have */
#define APART	(WIDE * F128_BYTES)

static const f128_wide edges[] = {
	0, 1, F128_P - 1, F128_P - 2, (f128_wide)1 << 127, UINT64_MAX, (f128_wide)1 << 64, ((f128_wide)1 << 26) - 1,
	(f128_wide)1 << 52, ((f128_wide)1 << 104) - 1, (f128_wide)F128_P_HIGH << 64,
};
#define EDGES	(sizeof(edges) / sizeof(*edges))

static struct f128 weight[ROWS];
static struct f128_limbs limbs[ROWS];
static uint8_t element[ROWS * APART];

static struct f128
number(void)
{
	uint8_t bytes[F128_BYTES];

	do
		rand_bytes(bytes, sizeof(bytes));
	while (f128_beyond(bytes) != 0);
	return f128_load(bytes);
}

/* differ: columns of n rows, from the c-th on, that are not what their products add up to. */
static size_t
differ(size_t n, size_t c)
{
	struct f128 got[F128_STRIP] = { 0 };
	size_t bad = 0;

	f128_limbs(limbs, weight, n);
	if (!f128_columns(got, limbs, n, element + c * F128_BYTES, APART))
		return 0;
	for (size_t k = 0; k < F128_STRIP; k++) {
		struct f128 want = { 0 };

		for (size_t i = 0; i < n; i++)
			want = f128_add(want, f128_mul(weight[i], f128_load(element + i * APART + (c + k) * F128_BYTES)));
		bad += want.v != got[k].v;
	}
	return bad;
}

/* fill: every element and weight by pick, of its number. */
static void
fill(struct f128 (*pick)(size_t i))
{
	for (size_t i = 0; i < ROWS; i++)
		weight[i] = pick(i);
	for (size_t i = 0; i < ROWS * WIDE; i++)
		f128_store(element + i * F128_BYTES, pick(i / WIDE / EDGES + i % WIDE));
}

static struct f128 largest(size_t i) { (void)i; return (struct f128){ F128_P - 1 }; }
static struct f128 edge(size_t i) { return (struct f128){ edges[i % EDGES] }; }
static struct f128 any(size_t i) { (void)i; return number(); }

int
main(void)
{
	static const struct { const char *what; struct f128 (*pick)(size_t i); } rows[] = {
		{ "the largest numbers", largest }, { "edges with edges", edge }, { "random numbers", any },
	};
	struct f128 untouched[F128_STRIP] = { { 5 } };

	for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		size_t bad = 0;

		fill(rows[r].pick);
		for (size_t n = 0; n <= ROWS; n += n < 20 || (n >= 505 && n < 520) || n >= 1020 ? 1 : 5)
			for (size_t c = 0; c + F128_STRIP <= WIDE; c++)
				bad += differ(n, c);
		is_int((int64_t)bad, 0, "%s, 0 to %d rows%s", rows[r].what, ROWS, cpu_avx2() ? "" : ": no AVX2, nothing to compare");
	}
	if (!cpu_avx2())
		ok(!f128_columns(untouched, limbs, 1, element, APART) && untouched[0].v == 5, "without AVX2 nothing is done");
	return done_testing();
}
