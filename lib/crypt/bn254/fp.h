#ifndef BN254_FP_H
#define BN254_FP_H
#include <stdbool.h>
#include <stdint.h>
#include "limbs.h"
/*
 * The base field of Nogami's curve BN254: integers modulo
 * p = 36u^4 + 36u^3 + 24u^2 + 6u + 1 with u = -(2^62 + 2^55 + 1), 254 bits.
 *
 * An element is its Montgomery residue x * 2^256 mod p, least limb first, and
 * always below p: equal elements are equal bytes.  Results may be the operands.
 * Every function takes time that does not depend on the values, but those that
 * say so.
 */
#define FP_LIMBS	4
#define FP_U_HIGH	62	/* the parameter: -u = 2^62 + 2^55 + 1 */
#define FP_U_LOW	55
#define FP_BYTES	32

struct fp {
	uint64_t v[FP_LIMBS];
};

extern const struct fp fp_one;
extern const struct fp fp_zero;
extern const struct limbs_mod fp_mod;	/* p */

static inline void
fp_add(struct fp *r, const struct fp *a, const struct fp *b)
{
	limbs_add_mod(r->v, a->v, b->v, fp_mod.m);
}

static inline void
fp_sub(struct fp *r, const struct fp *a, const struct fp *b)
{
	limbs_sub_mod(r->v, a->v, b->v, fp_mod.m);
}

static inline void
fp_neg(struct fp *r, const struct fp *a)
{
	limbs_sub_mod(r->v, fp_zero.v, a->v, fp_mod.m);
}

void fp_half(struct fp *r, const struct fp *a);		/* a / 2 */
void fp_mul(struct fp *r, const struct fp *a, const struct fp *b);
void fp_sqr(struct fp *r, const struct fp *a);
void fp_inv(struct fp *r, const struct fp *a);		/* 1 / a, and 0 for 0 */
/* 1 or 0, words to combine and to select by without a branch. */
uint64_t fp_equal(const struct fp *a, const struct fp *b);
uint64_t fp_is_zero(const struct fp *a);
/* fp_select(r, a, take): r = a if take is 1, r as it is if 0. */
void fp_select(struct fp *r, const struct fp *a, uint64_t take);
/* fp_sqrt(r, a): a root of a, whose sign is not defined; -1 when a is no square.
 * Which of both is seen in time. */
int fp_sqrt(struct fp *r, const struct fp *a);
/* fp_from_bytes(r, p): from 32 big-endian bytes of a plain number below p;
 * -1 when it is not.  fp_to_bytes(p, a): the inverse. */
int fp_from_bytes(struct fp *r, const uint8_t p[FP_BYTES]);
void fp_to_bytes(uint8_t p[FP_BYTES], const struct fp *a);
/* fp_random(r): uniform, from rand_bytes. */
void fp_random(struct fp *r);
#endif
