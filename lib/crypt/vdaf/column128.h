#ifndef VDAF_COLUMN128_H
#define VDAF_COLUMN128_H
#include <stdbool.h>
#include "field128.h"
/*
 * Sums of columns over Field128, four columns side by side: AVX2 multiplies four
 * pairs of 32 bits at a time, so numbers are cut in five limbs of 26 bits, whose 25
 * products add up in nine words without a carry for 512 rows.
 *
 * Time depends on the number of rows only.
 */
#define F128_STRIP	4

/* A factor in limbs of 26 bits, least first. */
struct f128_limbs {
	uint64_t limb[5];
};

/*
 * f128_limbs(out, w, n): n factors in limbs.
 * f128_columns(sum, w, n, in, apart): sum[k] = the sum of mul(w[i], x) over i below n,
 * where x is the plain element at in + i * apart + k * F128_BYTES, for k below
 * F128_STRIP.  Returns false, and does nothing, where the processor has no AVX2 or the
 * environment forbids it (base/cpu.h).
 */
void f128_limbs(struct f128_limbs *out, const struct f128 *w, size_t n);
bool f128_columns(struct f128 sum[F128_STRIP], const struct f128_limbs *w, size_t n, const uint8_t *in, size_t apart);
#endif
