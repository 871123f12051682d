#ifndef VDAF_FIELD128_H
#define VDAF_FIELD128_H
#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "field128_kernel.h"
/*
 * Field128: integers modulo p = 2^128 - 28 * 2^64 + 1, always below p.  Functions
 * as in field64.h.  A factor a is held as a * 2^128 mod p (Montgomery, 1985);
 * because p = 1 mod 2^64 the multiple of p that clears a limb is the limb itself,
 * and costs one multiplication, by the upper half of p.
 *
 * Time depends on no value but exponents, which are public.
 *
 * Source: specification 3.7.
 */
#define F128_BYTES	16
#define F128_LOG_ORDER	66	/* the roots of unity: of order 2^66 and its divisors */

static inline struct f128
f128_load(const uint8_t *bytes)
{
	uint64_t w[2];

	memcpy(w, bytes, sizeof(w));
	return (struct f128){ (f128_wide)le64toh(w[1]) << 64 | le64toh(w[0]) };
}

static inline void
f128_store(uint8_t *bytes, struct f128 a)
{
	const uint64_t w[2] = { htole64((uint64_t)a.v), htole64((uint64_t)(a.v >> 64)) };

	memcpy(bytes, w, sizeof(w));
}

static inline uint64_t
f128_beyond(const uint8_t *bytes)
{
	return f128_load(bytes).v >= F128_P;
}

/* 2^256 mod p: mul() by it makes a factor of a plain number. */
#define F128_R2		((struct f128){ (f128_wide)0x5587 << 64 | UINT64_C(0xfffffffffffffcf1) })
static inline struct f128 f128_factor(struct f128 plain) { return f128_mul(plain, F128_R2); }
static inline struct f128 f128_plain(struct f128 factor) { return f128_redc(0, factor.v); }
static inline struct f128 f128_mend(struct f128 x) { return f128_mul(x, F128_R2); }
static inline struct f128 f128_of_u64(uint64_t n) { return (struct f128){ n }; }

static inline struct f128
f128_acc_sum(const struct f128_acc *acc)
{
	const uint64_t (*w)[3] = acc->word;
	const f128_wide w1 = (f128_wide)w[0][1] + w[1][0];
	const f128_wide w2 = (f128_wide)w[0][2] + w[1][1] + w[2][0] + (uint64_t)(w1 >> 64);
	const f128_wide w3 = (f128_wide)w[1][2] + w[2][1] + (uint64_t)(w2 >> 64);
	const f128_wide high = w3 << 64 | (uint64_t)w2, low = w1 << 64 | w[0][0];
	/* what stands at 2^256 is below 2^20: folded in, it passes 2^128 once at most */
	const f128_wide folded = high + (w[2][2] + (uint64_t)(w3 >> 64)) * F128_FOLD;
	const f128_wide again = folded + (F128_FOLD & mask_wide(folded < high));

	return f128_redc(f128_once(again, 0).v, low);
}

static inline uint64_t
f128_is_zero(struct f128 a)
{
	return a.v == 0;
}

struct f128 f128_pow(struct f128 factor, uint64_t n);
struct f128 f128_inv(struct f128 factor);
struct f128 f128_root(unsigned log_n);
#endif
