#ifndef VDAF_FIELD128_KERNEL_H
#define VDAF_FIELD128_KERNEL_H
#include <stdint.h>
#include "mask.h"
/*
 * What Field128 is made of, in portable C and for x86-64: neither gcc nor clang keeps
 * a carry in its flag across two limbs, which costs half of the speed.  field128.h
 * says what the functions mean.  F128_PORTABLE chooses C, for the test of it.
 */
#define F128_P_HIGH	UINT64_C(0xffffffffffffffe4)	/* p = F128_P_HIGH * 2^64 + 1 */

typedef unsigned __int128 f128_wide;
#define F128_P		((f128_wide)F128_P_HIGH << 64 | 1)
#define F128_FOLD	(-F128_P)	/* 2^128 mod p */

struct f128 {
	f128_wide v;
};

/*
 * A sum of products that waits for its reduction: of at most 2^19.  Column i counts
 * 2^(64 i), in three words.
 */
struct f128_acc {
	uint64_t word[3][3];
};

/* f128_once(x, carry): carry * 2^128 + x below 2 p, less p where it is not below it. */
static inline struct f128
f128_once(f128_wide x, uint64_t carry)
{
	return (struct f128){ x - (F128_P & mask_wide(carry | (x >= F128_P))) };
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

	return (struct f128){ r + (F128_P & mask_wide((upper < borrow) | (taken < second))) };
}

#if defined(__x86_64__) && !defined(F128_PORTABLE)
static inline f128_wide
f128_join(uint64_t high, uint64_t low)
{
	return (f128_wide)high << 64 | low;
}

static inline struct f128
f128_add(struct f128 a, struct f128 b)
{
	uint64_t s0 = (uint64_t)a.v, s1 = (uint64_t)(a.v >> 64), d0, d1, mask;

	/* s = a + b, d = s - p; one of the two additions carries iff a + b reaches p */
	__asm__("addq %[b0], %[s0]\n\t" "adcq %[b1], %[s1]\n\t" "sbbq %[mask], %[mask]\n\t"
	    "movq %[s0], %[d0]\n\t" "movq %[s1], %[d1]\n\t"
	    "addq $-1, %[d0]\n\t" "adcq $27, %[d1]\n\t" "sbbq $0, %[mask]\n\t"
	    : [s0] "+&r" (s0), [s1] "+&r" (s1), [d0] "=&r" (d0), [d1] "=&r" (d1), [mask] "=&r" (mask)
	    : [b0] "rm" ((uint64_t)b.v), [b1] "rm" ((uint64_t)(b.v >> 64)) : "cc");
	return (struct f128){ f128_join(s1 ^ ((s1 ^ d1) & mask), s0 ^ ((s0 ^ d0) & mask)) };
}

static inline struct f128
f128_sub(struct f128 a, struct f128 b)
{
	uint64_t s0 = (uint64_t)a.v, s1 = (uint64_t)(a.v >> 64), p0, p1;

	__asm__("subq %[b0], %[s0]\n\t" "sbbq %[b1], %[s1]\n\t" "sbbq %[p0], %[p0]\n\t"
	    "movq %[p0], %[p1]\n\t" "andq $1, %[p0]\n\t" "andq $-28, %[p1]\n\t"
	    "addq %[p0], %[s0]\n\t" "adcq %[p1], %[s1]\n\t"
	    : [s0] "+&r" (s0), [s1] "+&r" (s1), [p0] "=&r" (p0), [p1] "=&r" (p1)
	    : [b0] "rm" ((uint64_t)b.v), [b1] "rm" ((uint64_t)(b.v >> 64)) : "cc");
	return (struct f128){ f128_join(s1, s0) };
}

static inline struct f128
f128_mul(struct f128 a, struct f128 b)
{
	const uint64_t a0 = (uint64_t)a.v, a1 = (uint64_t)(a.v >> 64);
	uint64_t t0, t1, t2, t3, k;

	/* t = a * b, then twice less its lowest limb times p; k is the borrow */
	__asm__("movq %[a0], %%rax\n\t" "mulq %[b0]\n\t" "movq %%rax, %[t0]\n\t" "movq %%rdx, %[t1]\n\t"
	    "movq %[a1], %%rax\n\t" "mulq %[b1]\n\t" "movq %%rax, %[t2]\n\t" "movq %%rdx, %[t3]\n\t"
	    "movq %[a0], %%rax\n\t" "mulq %[b1]\n\t"
	    "addq %%rax, %[t1]\n\t" "adcq %%rdx, %[t2]\n\t" "adcq $0, %[t3]\n\t"
	    "movq %[a1], %%rax\n\t" "mulq %[b0]\n\t"
	    "addq %%rax, %[t1]\n\t" "adcq %%rdx, %[t2]\n\t" "adcq $0, %[t3]\n\t"
	    "movq %[high], %%rax\n\t" "mulq %[t0]\n\t"
	    "subq %%rax, %[t1]\n\t" "sbbq %%rdx, %[t2]\n\t" "sbbq $0, %[t3]\n\t" "sbbq %[k], %[k]\n\t"
	    "movq %[high], %%rax\n\t" "mulq %[t1]\n\t"
	    "subq %%rax, %[t2]\n\t" "sbbq %%rdx, %[t3]\n\t" "sbbq $0, %[k]\n\t"
	    "movq %[k], %[t0]\n\t" "andq $1, %[k]\n\t" "andq %[high], %[t0]\n\t"
	    "addq %[k], %[t2]\n\t" "adcq %[t0], %[t3]\n\t"
	    : [t0] "=&r" (t0), [t1] "=&r" (t1), [t2] "=&r" (t2), [t3] "=&r" (t3), [k] "=&r" (k)
	    : [a0] "rm" (a0), [a1] "rm" (a1), [b0] "rm" ((uint64_t)b.v), [b1] "rm" ((uint64_t)(b.v >> 64)),
	    [high] "i" (F128_P_HIGH) : "rax", "rdx", "cc");
	return (struct f128){ f128_join(t3, t2) };
}

static inline void
f128_acc_mul(struct f128_acc *acc, struct f128 a, struct f128 b)
{
	const uint64_t a0 = (uint64_t)a.v, a1 = (uint64_t)(a.v >> 64);

#define F128_COLUMN(a, b, low, high, carry)					\
	"movq %[" a "], %%rax\n\t" "mulq %[" b "]\n\t"			\
	"addq %%rax, %[" low "]\n\t" "adcq %%rdx, %[" high "]\n\t" "adcq $0, %[" carry "]\n\t"
	__asm__(F128_COLUMN("a0", "b0", "c0", "c1", "c2")
	    F128_COLUMN("a0", "b1", "d0", "d1", "d2") F128_COLUMN("a1", "b0", "d0", "d1", "d2")
	    F128_COLUMN("a1", "b1", "e0", "e1", "e2")
	    : [c0] "+&r" (acc->word[0][0]), [c1] "+&r" (acc->word[0][1]), [c2] "+&r" (acc->word[0][2]),
	    [d0] "+&r" (acc->word[1][0]), [d1] "+&r" (acc->word[1][1]), [d2] "+&r" (acc->word[1][2]),
	    [e0] "+&r" (acc->word[2][0]), [e1] "+&r" (acc->word[2][1]), [e2] "+&r" (acc->word[2][2])
	    : [a0] "rm" (a0), [a1] "rm" (a1), [b0] "rm" ((uint64_t)b.v), [b1] "rm" ((uint64_t)(b.v >> 64))
	    : "rax", "rdx", "cc");
#undef F128_COLUMN
}
#else
static inline struct f128
f128_add(struct f128 a, struct f128 b)
{
	const f128_wide s = a.v + b.v;

	return f128_once(s, s < a.v);
}

static inline struct f128
f128_sub(struct f128 a, struct f128 b)
{
	return (struct f128){ a.v - b.v + (F128_P & mask_wide(a.v < b.v)) };
}

static inline struct f128
f128_mul(struct f128 a, struct f128 b)
{
	const uint64_t a0 = (uint64_t)a.v, a1 = (uint64_t)(a.v >> 64), b0 = (uint64_t)b.v, b1 = (uint64_t)(b.v >> 64);
	const f128_wide low = (f128_wide)a0 * b0, cross = (f128_wide)a0 * b1, cross2 = (f128_wide)a1 * b0;
	const f128_wide mid = (low >> 64) + (uint64_t)cross + (uint64_t)cross2;

	return f128_redc((f128_wide)a1 * b1 + (cross >> 64) + (cross2 >> 64) + (mid >> 64), mid << 64 | (uint64_t)low);
}

static inline void
f128_column(uint64_t word[3], f128_wide m)
{
	const f128_wide low = (f128_wide)word[0] + (uint64_t)m;
	const f128_wide high = (f128_wide)word[1] + (uint64_t)(m >> 64) + (uint64_t)(low >> 64);

	word[0] = (uint64_t)low;
	word[1] = (uint64_t)high;
	word[2] += (uint64_t)(high >> 64);
}

static inline void
f128_acc_mul(struct f128_acc *acc, struct f128 a, struct f128 b)
{
	const uint64_t a0 = (uint64_t)a.v, a1 = (uint64_t)(a.v >> 64), b0 = (uint64_t)b.v, b1 = (uint64_t)(b.v >> 64);

	f128_column(acc->word[0], (f128_wide)a0 * b0);
	f128_column(acc->word[1], (f128_wide)a0 * b1);
	f128_column(acc->word[1], (f128_wide)a1 * b0);
	f128_column(acc->word[2], (f128_wide)a1 * b1);
}
#endif
#endif
