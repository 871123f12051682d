#include "f87.h"

#include <endian.h>
#include <string.h>

#include "../ct.h"

/* Of order 2^F87_ROOTS.  Source: aggregate service, 2.1. */
#define GENERATOR	((struct f87){ 0x4f48d5b65ed8dcca, 0x2597c1 })

struct f87
f87_pow(struct f87 a, f87_wide e)
{
	struct f87 v = F87_ONE;

	for (int bit = 127; bit >= 0; bit--) {
		v = f87_sqr(v);
		if (e >> bit & 1)
			v = f87_mul(v, a);
	}
	return v;
}

struct f87
f87_inv(struct f87 a)
{
	return f87_pow(a, F87_P - 2);
}

struct f87
f87_root(size_t n)
{
	return f87_pow(GENERATOR, ((f87_wide)1 << F87_ROOTS) / n);
}

bool
f87_equal(struct f87 a, struct f87 b)
{
	return ct_equal(&a, &b, sizeof(a));
}

int
f87_read(struct f87 *out, const uint8_t *p, size_t n)
{
	f87_wide v = 0;

	while (n > F87_BYTES && *p == 0)
		p++, n--;
	if (n > F87_BYTES)
		return -1;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	if (v >= F87_P)
		return -1;
	*out = f87_put(v);
	return 0;
}

void
f87_fixed_put(uint8_t out[F87_FIXED], struct f87 a)
{
	const uint64_t lo = htole64(a.lo);
	const uint32_t hi = htole32((uint32_t)a.hi);

	memcpy(out, &lo, sizeof(lo));
	memcpy(out + sizeof(lo), &hi, sizeof(hi));
}

int
f87_fixed_get(struct f87 *out, const uint8_t p[F87_FIXED])
{
	uint64_t lo;
	uint32_t hi;
	struct f87 v;

	memcpy(&lo, p, sizeof(lo));
	memcpy(&hi, p + sizeof(lo), sizeof(hi));
	v = (struct f87){ le64toh(lo), le32toh(hi) };
	if (ct_decide(f87_get(v) >= F87_P))
		return -1;
	*out = v;
	return 0;
}
