#ifndef VDAF_FIELD64_H
#define VDAF_FIELD64_H
#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "mask.h"
/*
 * Field64: integers modulo p = 2^64 - 2^32 + 1, always below p.
 *
 * Field64 and Field128 have functions of the same names and meanings, so that what
 * lies above is written once (*.inc).  Elements come in two forms: plain, as on the
 * wire, and factors.  mul(factor, plain) is plain, mul(factor, factor) is a factor;
 * sums keep the form.  In Field128 a factor is a Montgomery residue; here both are
 * the same number.
 *
 * Time depends on no value but exponents, which are public.
 *
 * Source: specification 3.7.  Reduction: 2^64 = 2^32 - 1 and 2^96 = -1 modulo p.
 */
#define F64_P		UINT64_C(0xffffffff00000001)
#define F64_BYTES	8
#define F64_LOG_ORDER	32	/* the roots of unity: of order 2^32 and its divisors */

struct f64 {
	uint64_t v;
};

/* A sum of products that waits for its reduction: of at most 2^31. */
struct f64_acc {
	unsigned __int128 low;
	uint64_t high;
};

/* f64_once(x): x below 2 p, less p where it is not below it. */
static inline struct f64
f64_once(uint64_t x)
{
	return (struct f64){ x - (F64_P & mask_of(x >= F64_P)) };
}

/* f64_load(bytes): 8 bytes that spell a number below p, plain; f64_store the other way. */
static inline struct f64
f64_load(const uint8_t *bytes)
{
	struct f64 a;

	memcpy(&a.v, bytes, sizeof(a.v));
	a.v = le64toh(a.v);
	return a;
}

static inline void
f64_store(uint8_t *bytes, struct f64 a)
{
	a.v = htole64(a.v);
	memcpy(bytes, &a.v, sizeof(a.v));
}

/* f64_beyond(bytes): 1 if the 8 bytes spell p or more, else 0. */
static inline uint64_t
f64_beyond(const uint8_t *bytes)
{
	return f64_load(bytes).v >= F64_P;
}

static inline struct f64
f64_add(struct f64 a, struct f64 b)
{
	const uint64_t s = a.v + b.v;

	/* 2^64 - p, once if the sum passed 2^64 or p: it cannot pass both */
	return (struct f64){ s - (F64_P & mask_of((s < a.v) | (s >= F64_P))) };
}

static inline struct f64
f64_sub(struct f64 a, struct f64 b)
{
	return (struct f64){ a.v - b.v + (F64_P & mask_of(a.v < b.v)) };
}

static inline struct f64
f64_reduce(unsigned __int128 x)
{
	const uint64_t low = (uint64_t)x, high = (uint64_t)(x >> 64);
	const uint64_t mid = (high & 0xffffffff) * 0xffffffff, top = high >> 32;
	uint64_t t = low - top, s;

	t -= 0xffffffff & mask_of(low < top);
	s = t + mid;
	s += 0xffffffff & mask_of(s < t);
	return f64_once(s);
}

static inline struct f64
f64_mul(struct f64 a, struct f64 b)
{
	return f64_reduce((unsigned __int128)a.v * b.v);
}

static inline struct f64 f64_factor(struct f64 plain) { return plain; }
static inline struct f64 f64_plain(struct f64 factor) { return factor; }
/* f64_mend(x): what mul() or an accumulator made of two plain numbers, as plain. */
static inline struct f64 f64_mend(struct f64 x) { return x; }
static inline struct f64 f64_of_u64(uint64_t n) { return f64_once(n); }

static inline void
f64_acc_mul(struct f64_acc *acc, struct f64 a, struct f64 b)
{
	const unsigned __int128 m = (unsigned __int128)a.v * b.v;

	acc->low += m;
	acc->high += acc->low < m;
}

/* f64_acc_sum(acc): the sum of mul(a, b) over what was accumulated. */
static inline struct f64
f64_acc_sum(const struct f64_acc *acc)
{
	return f64_sub(f64_reduce(acc->low), (struct f64){ acc->high << 32 });
}

static inline uint64_t
f64_is_zero(struct f64 a)
{
	return a.v == 0;
}

struct f64 f64_pow(struct f64 factor, uint64_t n);
struct f64 f64_inv(struct f64 factor);		/* 0 of 0 */
/* f64_root(log_n): the principal root of unity of order 2^log_n, a factor. */
struct f64 f64_root(unsigned log_n);
#endif
