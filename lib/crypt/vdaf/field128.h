#ifndef VDAF_FIELD128_H
#define VDAF_FIELD128_H
#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
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
#define F128_P_HIGH	UINT64_C(0xffffffffffffffe4)	/* p = F128_P_HIGH * 2^64 + 1 */
#define F128_BYTES	16
#define F128_LOG_ORDER	66	/* the roots of unity: of order 2^66 and its divisors */

typedef unsigned __int128 f128_wide;
#define F128_P		((f128_wide)F128_P_HIGH << 64 | 1)

struct f128 {
	f128_wide v;
};

/*
 * A sum of products that waits for its reduction: of at most 2^19.  Column i counts
 * 2^(64 i); the carries of its sum of 128 bits are beside it.
 */
struct f128_acc {
	f128_wide column[3];
	uint64_t carry[3];
};

/* f128_once(x, carry): carry * 2^128 + x below 2 p, less p where it is not below it. */
static inline struct f128
f128_once(f128_wide x, uint64_t carry)
{
	return (struct f128){ x - (F128_P & -(f128_wide)(carry | (x >= F128_P))) };
}

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

static inline struct f128
f128_add(struct f128 a, struct f128 b)
{
	const f128_wide s = a.v + b.v;

	return f128_once(s, s < a.v);
}

static inline struct f128
f128_sub(struct f128 a, struct f128 b)
{
	return (struct f128){ a.v - b.v + (F128_P & -(f128_wide)(a.v < b.v)) };
}

/*
 * f128_redc(high, low): (high * 2^128 + low) / 2^128 mod p, for high below p.  Two
 * times the lowest limb l is cleared by taking l * p away, which leaves l * F128_P_HIGH
 * to take from the limbs above; what is left lies between -p and p.
 */
static inline struct f128
f128_redc(f128_wide high, f128_wide low)
{
	const f128_wide first = (f128_wide)(uint64_t)low * F128_P_HIGH;
	const f128_wide rest = (low >> 64) | (high << 64);	/* limbs 1 and 2 */
	const f128_wide left = rest - first;
	const f128_wide second = (f128_wide)(uint64_t)left * F128_P_HIGH;
	/* limb 3 stands above limb 2 of what is left; both borrows go to it */
	const f128_wide upper = (left >> 64) | (high >> 64) << 64;
	const f128_wide borrow = (f128_wide)(rest < first) << 64;
	const f128_wide taken = upper - borrow;
	const f128_wide r = taken - second;

	return (struct f128){ r + (F128_P & -(f128_wide)((upper < borrow) | (taken < second))) };
}

static inline struct f128
f128_mul(struct f128 a, struct f128 b)
{
	const uint64_t a0 = (uint64_t)a.v, a1 = (uint64_t)(a.v >> 64), b0 = (uint64_t)b.v, b1 = (uint64_t)(b.v >> 64);
	const f128_wide low = (f128_wide)a0 * b0, cross = (f128_wide)a0 * b1, cross2 = (f128_wide)a1 * b0;
	const f128_wide mid = (low >> 64) + (uint64_t)cross + (uint64_t)cross2;

	return f128_redc((f128_wide)a1 * b1 + (cross >> 64) + (cross2 >> 64) + (mid >> 64), mid << 64 | (uint64_t)low);
}

/* 2^256 mod p: mul() by it makes a factor of a plain number. */
#define F128_R2		((struct f128){ (f128_wide)0x5587 << 64 | UINT64_C(0xfffffffffffffcf1) })
static inline struct f128 f128_factor(struct f128 plain) { return f128_mul(plain, F128_R2); }
static inline struct f128 f128_plain(struct f128 factor) { return f128_redc(0, factor.v); }
static inline struct f128 f128_mend(struct f128 x) { return f128_mul(x, F128_R2); }
static inline struct f128 f128_of_u64(uint64_t n) { return (struct f128){ n }; }

static inline void
f128_acc_add(struct f128_acc *acc, int column, f128_wide m)
{
	acc->column[column] += m;
	acc->carry[column] += acc->column[column] < m;
}

static inline void
f128_acc_mul(struct f128_acc *acc, struct f128 a, struct f128 b)
{
	const uint64_t a0 = (uint64_t)a.v, a1 = (uint64_t)(a.v >> 64), b0 = (uint64_t)b.v, b1 = (uint64_t)(b.v >> 64);

	f128_acc_add(acc, 0, (f128_wide)a0 * b0);
	f128_acc_add(acc, 1, (f128_wide)a0 * b1);
	f128_acc_add(acc, 1, (f128_wide)a1 * b0);
	f128_acc_add(acc, 2, (f128_wide)a1 * b1);
}

#define F128_FOLD	((f128_wide)27 << 64 | UINT64_C(0xffffffffffffffff))	/* 2^128 mod p */
static inline struct f128
f128_acc_sum(const struct f128_acc *acc)
{
	const f128_wide second = acc->column[1] + (acc->column[0] >> 64);
	const f128_wide third = acc->column[2] + (second >> 64);
	const f128_wide over = (f128_wide)(acc->carry[1] + (second < acc->column[1])) << 64 | acc->carry[0];
	const f128_wide high = third + over;
	/* what stands at 2^256 is below 2^20: folded in, it passes 2^128 once at most */
	const uint64_t top = acc->carry[2] + (third < acc->column[2]) + (high < over);
	const f128_wide folded = high + top * F128_FOLD;
	const f128_wide again = folded + (F128_FOLD & -(f128_wide)(folded < high));

	return f128_redc(f128_once(again, 0).v, second << 64 | (uint64_t)acc->column[0]);
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
