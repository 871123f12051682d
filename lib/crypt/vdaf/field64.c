#include "field64.h"

/* 7^((p - 1) / 2^32) */
static const struct f64 generator = { UINT64_C(0x185629dcda58878c) };

struct f64
f64_pow(struct f64 a, uint64_t n)
{
	struct f64 r = { 1 };

	for (; n > 0; n >>= 1, a = f64_mul(a, a))
		if ((n & 1) != 0)
			r = f64_mul(r, a);
	return r;
}

struct f64
f64_inv(struct f64 a)
{
	return f64_pow(a, F64_P - 2);
}

struct f64
f64_root(unsigned log_n)
{
	return f64_pow(generator, UINT64_C(1) << (F64_LOG_ORDER - log_n));
}
