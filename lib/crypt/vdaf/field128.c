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

struct f128
f128_inv(struct f128 a)
{
	return power(a, (uint64_t)((F128_P - 2) >> 64), (uint64_t)(F128_P - 2));
}

struct f128
f128_root(unsigned log_n)
{
	const unsigned log = F128_LOG_ORDER - log_n;

	return power(f128_factor(generator), log < 64 ? 0 : UINT64_C(1) << (log - 64), log < 64 ? UINT64_C(1) << log : 0);
}
