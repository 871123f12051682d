#ifndef PRIO1_F87_H
#define PRIO1_F87_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/*
 * The field of prio1: integers modulo p = 2^87 + 2^19 + 1.  Elements are always
 * reduced.  No operation branches on a value or looks one up.
 * Source: aggregate service, 2.1; Corrigan-Gibbs and Boneh, NSDI 2017.
 *
 * 2^87 = -(2^19 + 1), so that what stands above bit 87 is multiplied by shifts.
 */
typedef unsigned __int128 f87_wide;
struct f87 {
	uint64_t lo, hi;	/* lo + hi 2^64 < p */
};
#define F87_BYTES	11	/* of an element, big-endian at its minimal length */
#define F87_FIXED	12	/* bytes of an element in our own files: little-endian */
#define F87_ROOTS	19	/* there are roots of order 2^19 */
#define F87_P_HI	((uint64_t)1 << 23)
#define F87_P_LO	((uint64_t)((1 << 19) + 1))
#define F87_ZERO	((struct f87){ 0, 0 })
#define F87_ONE		((struct f87){ 1, 0 })

static inline f87_wide f87_get(struct f87 a) { return (f87_wide)a.hi << 64 | a.lo; }
static inline struct f87 f87_put(f87_wide v) { return (struct f87){ (uint64_t)v, (uint64_t)(v >> 64) }; }
#define F87_P		((f87_wide)F87_P_HI << 64 | F87_P_LO)

/* v < 2 p, reduced. */
static inline struct f87
f87_once(f87_wide v)
{
	f87_wide less = v - F87_P, below = 0 - (less >> 127);	/* all ones where v < p */

	return f87_put(less + (F87_P & below));
}
static inline struct f87 f87_add(struct f87 a, struct f87 b) { return f87_once(f87_get(a) + f87_get(b)); }
static inline struct f87 f87_sub(struct f87 a, struct f87 b) { return f87_once(f87_get(a) + F87_P - f87_get(b)); }
static inline struct f87 f87_neg(struct f87 a) { return f87_once(F87_P - f87_get(a)); }
static inline struct f87 f87_u64(uint64_t v) { return (struct f87){ v, 0 }; }
/* f87_half(a): a / 2. */
static inline struct f87
f87_half(struct f87 a)
{
	f87_wide odd = 0 - (f87_wide)(a.lo & 1);

	return f87_put((f87_get(a) + (F87_P & odd)) >> 1);
}

/* 192 bits: sums of products that are reduced once, at the end. */
struct f87_sum {
	f87_wide lo;		/* below bit 128 */
	uint64_t hi;
};
#define F87_SUM_ZERO	((struct f87_sum){ 0, 0 })
#define F87_SUM_MAX	65536	/* products that a sum holds */

/* f87_mac(s, a, b): add a b to a sum of fewer than F87_SUM_MAX products. */
static inline void
f87_mac(struct f87_sum *s, struct f87 a, struct f87 b)
{
	f87_wide low = (f87_wide)a.lo * b.lo;
	f87_wide mid = (f87_wide)a.lo * b.hi + (f87_wide)a.hi * b.lo;	/* < 2^89 */
	f87_wide v = low + (mid << 64);

	s->hi += a.hi * b.hi + (uint64_t)(mid >> 64) + (v < low);
	s->lo += v;
	s->hi += s->lo < v;
}

/*
 * A loose element is a representative that is not reduced: below 2^94, and right
 * after a product below 2^89.  Products and sums of products take loose elements, as
 * long as a sum stays below 2^192; everything else takes reduced ones.
 */
#define F87_MASK	(((f87_wide)1 << 87) - 1)
#define F87_MINUS	((uint64_t)((1 << 19) + 1))	/* 2^87 = -F87_MINUS */

/* f87_fold(v): v < 2^94, made less than 2^88 + 2^19. */
static inline struct f87
f87_fold(f87_wide v)
{
	return f87_put((v & F87_MASK) + F87_P - (uint64_t)(v >> 87) * F87_MINUS);
}
static inline struct f87 f87_tidy(struct f87 a) { return f87_once(f87_get(f87_fold(f87_get(a)))); }

/* f87_sum_loose(s): what stands above bit 87 is taken off twice; below 2^89. */
static inline struct f87
f87_sum_loose(const struct f87_sum *s)
{
	uint64_t t1 = (uint64_t)(s->lo >> 64), above = t1 >> 23 | s->hi << 41, top = s->hi >> 23;
	f87_wide minus = (f87_wide)above * F87_MINUS + ((f87_wide)(top * F87_MINUS) << 64);	/* < 2^125 */
	uint64_t plus = (uint64_t)(minus >> 87);	/* < 2^38 */

	return f87_put((s->lo & F87_MASK) + F87_P - (minus & F87_MASK) + (f87_wide)plus * F87_MINUS);
}
static inline struct f87 f87_sum_get(const struct f87_sum *s) { return f87_tidy(f87_sum_loose(s)); }

/* f87_mul_loose(a, b): of loose elements, below 2^89. */
static inline struct f87
f87_mul_loose(struct f87 a, struct f87 b)
{
	struct f87_sum s = F87_SUM_ZERO;

	f87_mac(&s, a, b);
	return f87_sum_loose(&s);
}
static inline struct f87 f87_mul(struct f87 a, struct f87 b) { return f87_tidy(f87_mul_loose(a, b)); }
static inline struct f87 f87_sqr(struct f87 a) { return f87_mul(a, a); }

/* f87_pow(a, e): the exponent is public. */
struct f87 f87_pow(struct f87 a, f87_wide e);
/* f87_inv(a): a^(p-2): 1 / a, and 0 of 0, in constant time. */
struct f87 f87_inv(struct f87 a);
/* f87_root(n): the principal n-th root of unity; n a power of two up to 2^F87_ROOTS. */
struct f87 f87_root(size_t n);
bool f87_equal(struct f87 a, struct f87 b);	/* in constant time */

/* Bytes.  f87_read(out, p, n): n bytes, big-endian, any zeros in front; 0, or -1
 * when it is longer than F87_BYTES after them or not below p. */
int f87_read(struct f87 *out, const uint8_t *p, size_t n);
/* f87_fixed_put, f87_fixed_get: F87_FIXED bytes little-endian; get: -1 when not below p. */
void f87_fixed_put(uint8_t out[F87_FIXED], struct f87 a);
int f87_fixed_get(struct f87 *out, const uint8_t p[F87_FIXED]);
#endif
