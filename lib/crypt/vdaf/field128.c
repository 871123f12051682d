#include "field128.h"

/* 7^((p - 1) / 2^66) */
static const struct f128 generator = { (f128_wide)UINT64_C(0x6d278fbf4f60228b) << 64 | UINT64_C(0x1f9b2759c5109f06) };

/* power: a^(high * 2^64 + low) */
static struct f128
power(struct f128 a, uint64_t high, uint64_t low)
{
	struct f128 r = f128_factor((struct f128){ 1 });

	for (; (high | low) != 0; low = low >> 1 | high << 63, high >>= 1, a = f128_mul(a, a))
		if ((low & 1) != 0)
			r = f128_mul(r, a);
	return r;
}

struct f128
f128_pow(struct f128 a, uint64_t n)
{
	return power(a, 0, n);
}

/* more: a^(2^n) * b */
static struct f128
more(struct f128 a, unsigned n, struct f128 b)
{
	while (n-- > 0)
		a = f128_mul(a, a);
	return f128_mul(a, b);
}

/* a^(p - 2): its upper half is 59 ones and 00011, the lower half 64 ones; ones(i + j) =
 * ones(i)^(2^j) * ones(j). */
struct f128
f128_inv(struct f128 a)
{
	const struct f128 two = more(a, 1, a), three = more(two, 1, a), six = more(three, 3, three);
	const struct f128 seven = more(six, 1, a), fourteen = more(seven, 7, seven), twenty8 = more(fourteen, 14, fourteen);
	const struct f128 fifty6 = more(twenty8, 28, twenty8), fifty9 = more(fifty6, 3, three);
	const struct f128 sixty4 = more(more(fifty9, 3, three), 2, two);

	return more(more(fifty9, 5, two), 64, sixty4);
}

struct f128
f128_root(unsigned log_n)
{
	const unsigned log = F128_LOG_ORDER - log_n;

	return power(f128_factor(generator), log < 64 ? 0 : UINT64_C(1) << (log - 64), log < 64 ? UINT64_C(1) << log : 0);
}
