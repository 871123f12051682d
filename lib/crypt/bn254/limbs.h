#ifndef BN254_LIMBS_H
#define BN254_LIMBS_H
#include <stdint.h>
#include <string.h>
/*
 * Four 64-bit limbs, least first: carry chains and Montgomery's multiplication
 * in portable C, for any odd modulus below 2^254.  No branch depends on a value.
 *
 * Source: Montgomery, Modular multiplication without trial division, 1985; Koç,
 * Acar, Kaliski, Analyzing and comparing Montgomery multiplication algorithms,
 * 1996, "CIOS".
 */
struct limbs_mod {
	uint64_t m[4];
	uint64_t neg_inv;	/* -1/m mod 2^64 */
	uint64_t r2[4];		/* 2^512 mod m: into residues */
};

typedef unsigned __int128 limbs_wide;

static inline uint64_t
limbs_addc(uint64_t a, uint64_t b, uint64_t *carry)
{
	limbs_wide t = (limbs_wide)a + b + *carry;

	*carry = (uint64_t)(t >> 64);
	return (uint64_t)t;
}

/* *borrow is 0 or 1 */
static inline uint64_t
limbs_subb(uint64_t a, uint64_t b, uint64_t *borrow)
{
	limbs_wide t = (limbs_wide)a - b - *borrow;

	*borrow = (uint64_t)(t >> 64) & 1;
	return (uint64_t)t;
}

/* limbs_mac(a, b, c, carry): low half of a + b*c + *carry, which cannot overflow. */
static inline uint64_t
limbs_mac(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
	limbs_wide t = (limbs_wide)b * c + a + *carry;

	*carry = (uint64_t)(t >> 64);
	return (uint64_t)t;
}

static inline uint64_t
limbs_add_c(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
	uint64_t carry = 0;

	r[0] = limbs_addc(a[0], b[0], &carry);
	r[1] = limbs_addc(a[1], b[1], &carry);
	r[2] = limbs_addc(a[2], b[2], &carry);
	r[3] = limbs_addc(a[3], b[3], &carry);
	return -carry;
}

static inline uint64_t
limbs_sub_c(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
	uint64_t borrow = 0;

	r[0] = limbs_subb(a[0], b[0], &borrow);
	r[1] = limbs_subb(a[1], b[1], &borrow);
	r[2] = limbs_subb(a[2], b[2], &borrow);
	r[3] = limbs_subb(a[3], b[3], &borrow);
	return -borrow;
}

static inline uint64_t
limbs8_add_c(uint64_t r[8], const uint64_t a[8], const uint64_t b[8])
{
	uint64_t carry = 0;

	for (int i = 0; i < 8; i++)
		r[i] = limbs_addc(a[i], b[i], &carry);
	return -carry;
}

static inline uint64_t
limbs8_sub_c(uint64_t r[8], const uint64_t a[8], const uint64_t b[8])
{
	uint64_t borrow = 0;

	for (int i = 0; i < 8; i++)
		r[i] = limbs_subb(a[i], b[i], &borrow);
	return -borrow;
}

/*
 * limbs_add, limbs_sub, limbs8_add, limbs8_sub(r, a, b): modulo 2^256 or 2^512;
 * all ones when there was a carry or borrow, else 0.  In assembler, as compilers
 * of today do not keep a carry in its flag over the limbs of such a loop.
 */
#ifdef __x86_64__
#define LIMBS_CHAIN(first, next)					\
	uint64_t r0 = a[0], r1 = a[1], r2 = a[2], r3 = a[3], mask;	\
									\
	__asm__(first "q %5, %0\n\t" next "q %6, %1\n\t"		\
	    next "q %7, %2\n\t" next "q %8, %3\n\t" "sbbq %4, %4"	\
	    : "+&r"(r0), "+&r"(r1), "+&r"(r2), "+&r"(r3), "=&r"(mask)	\
	    : "rm"(b[0]), "rm"(b[1]), "rm"(b[2]), "rm"(b[3]) : "cc");	\
	r[0] = r0;							\
	r[1] = r1;							\
	r[2] = r2;							\
	r[3] = r3;							\
	return mask

/* The same over eight limbs, through one register. */
#define LIMBS_STEP(op, i)						\
	"movq 8*" #i "(%[a]), %[t]\n\t" op "q 8*" #i "(%[b]), %[t]\n\t"	\
	"movq %[t], 8*" #i "(%[r])\n\t"
#define LIMBS8_CHAIN(first, next)					\
	uint64_t t;							\
									\
	__asm__(LIMBS_STEP(first, 0) LIMBS_STEP(next, 1)		\
	    LIMBS_STEP(next, 2) LIMBS_STEP(next, 3)			\
	    LIMBS_STEP(next, 4) LIMBS_STEP(next, 5)			\
	    LIMBS_STEP(next, 6) LIMBS_STEP(next, 7) "sbbq %[t], %[t]"	\
	    : [t] "=&r"(t), "=m"(*(uint64_t (*)[8])r)			\
	    : [r] "r"(r), [a] "r"(a), [b] "r"(b),			\
	      "m"(*(const uint64_t (*)[8])a),				\
	      "m"(*(const uint64_t (*)[8])b) : "cc");			\
	return t

static inline uint64_t
limbs_add(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
	LIMBS_CHAIN("add", "adc");
}

static inline uint64_t
limbs_sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
	LIMBS_CHAIN("sub", "sbb");
}

static inline uint64_t
limbs8_add(uint64_t r[8], const uint64_t a[8], const uint64_t b[8])
{
	LIMBS8_CHAIN("add", "adc");
}

static inline uint64_t
limbs8_sub(uint64_t r[8], const uint64_t a[8], const uint64_t b[8])
{
	LIMBS8_CHAIN("sub", "sbb");
}
#undef LIMBS_CHAIN
#undef LIMBS8_CHAIN
#undef LIMBS_STEP
#else
#define limbs_add limbs_add_c
#define limbs_sub limbs_sub_c
#define limbs8_add limbs8_add_c
#define limbs8_sub limbs8_sub_c
#endif

/* limbs_and(r, a, mask): a or 0. */
static inline void
limbs_and(uint64_t r[4], const uint64_t a[4], uint64_t mask)
{
	r[0] = a[0] & mask;
	r[1] = a[1] & mask;
	r[2] = a[2] & mask;
	r[3] = a[3] & mask;
}

/* limbs_add_mod, limbs_sub_mod: operands below m; the first takes a sum of less
 * than 2^256 for granted, as m is below 2^254. */
static inline void
limbs_sub_mod(uint64_t r[4], const uint64_t a[4], const uint64_t b[4], const uint64_t m[4])
{
	uint64_t back[4];

	limbs_and(back, m, limbs_sub(r, a, b));
	limbs_add(r, r, back);
}

static inline void
limbs_add_mod(uint64_t r[4], const uint64_t a[4], const uint64_t b[4], const uint64_t m[4])
{
	uint64_t sum[4];

	limbs_add(sum, a, b);
	limbs_sub_mod(r, sum, m, m);
}

static inline void
limbs_half_mod(uint64_t r[4], const uint64_t a[4], const uint64_t m[4])
{
	uint64_t t[4];

	limbs_and(t, m, -(a[0] & 1));
	limbs_add(t, a, t);
	r[0] = t[0] >> 1 | t[1] << 63;
	r[1] = t[1] >> 1 | t[2] << 63;
	r[2] = t[2] >> 1 | t[3] << 63;
	r[3] = t[3] >> 1;
}

/* One step of CIOS: t = (t + a*b + k*m) / 2^64, k such that it divides. */
static inline void
limbs_mul_step(uint64_t t[5], const uint64_t a[4], uint64_t b, const struct limbs_mod *f)
{
	uint64_t carry = 0, top = 0, k;

	t[0] = limbs_mac(t[0], a[0], b, &carry);
	t[1] = limbs_mac(t[1], a[1], b, &carry);
	t[2] = limbs_mac(t[2], a[2], b, &carry);
	t[3] = limbs_mac(t[3], a[3], b, &carry);
	t[4] = carry;
	k = t[0] * f->neg_inv;
	(void)limbs_mac(t[0], k, f->m[0], &top);
	t[0] = limbs_mac(t[1], k, f->m[1], &top);
	t[1] = limbs_mac(t[2], k, f->m[2], &top);
	t[2] = limbs_mac(t[3], k, f->m[3], &top);
	t[3] = t[4] + top;
}

/* limbs_mul_mod(r, a, b, f): a*b/2^256 mod m, below m.  a and b below 2m. */
static inline void
limbs_mul_mod(uint64_t r[4], const uint64_t a[4], const uint64_t b[4], const struct limbs_mod *f)
{
	uint64_t t[5] = { 0 };

	limbs_mul_step(t, a, b[0], f);
	limbs_mul_step(t, a, b[1], f);
	limbs_mul_step(t, a, b[2], f);
	limbs_mul_step(t, a, b[3], f);
	limbs_sub_mod(r, t, f->m, f->m);
}

/* t[0..4] += a * b; t[4] is empty before. */
static inline void
limbs_add_row(uint64_t t[5], const uint64_t a[4], uint64_t b)
{
	uint64_t carry = 0;

	t[0] = limbs_mac(t[0], a[0], b, &carry);
	t[1] = limbs_mac(t[1], a[1], b, &carry);
	t[2] = limbs_mac(t[2], a[2], b, &carry);
	t[3] = limbs_mac(t[3], a[3], b, &carry);
	t[4] = carry;
}

/* limbs_mul_wide(r, a, b): all eight limbs of the product. */
static inline void
limbs_mul_wide(uint64_t r[8], const uint64_t a[4], const uint64_t b[4])
{
	uint64_t t[8] = { 0 };

	limbs_add_row(t, a, b[0]);
	limbs_add_row(t + 1, a, b[1]);
	limbs_add_row(t + 2, a, b[2]);
	limbs_add_row(t + 3, a, b[3]);
	memcpy(r, t, sizeof(t));
}

/*
 * limbs_pow_mod(r, a, one, e, f): a^e by windows of four bits; e is public, a is
 * not.  one is 2^256 mod m.
 */
static inline void
limbs_pow_mod(uint64_t r[4], const uint64_t a[4], const uint64_t one[4], const uint64_t e[4],
    const struct limbs_mod *f)
{
	uint64_t power[16][4], acc[4];

	memcpy(power[0], one, sizeof(power[0]));
	for (int i = 1; i < 16; i++)
		limbs_mul_mod(power[i], power[i - 1], a, f);
	memcpy(acc, one, sizeof(acc));
	for (int i = 63; i >= 0; i--) {
		for (int j = 0; j < 4; j++)
			limbs_mul_mod(acc, acc, acc, f);
		limbs_mul_mod(acc, acc, power[e[i / 16] >> i % 16 * 4 & 15], f);
	}
	memcpy(r, acc, sizeof(acc));
	explicit_bzero(power, sizeof(power));
}

static inline uint64_t
limbs_load_be(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return __builtin_bswap64(x);
}

/* limbs_from_be, limbs_to_be: 32 bytes, big-endian. */
static inline void
limbs_from_be(uint64_t r[4], const uint8_t p[32])
{
	for (int i = 0; i < 4; i++)
		r[i] = limbs_load_be(p + 24 - 8 * i);
}

static inline void
limbs_to_be(uint8_t p[32], const uint64_t a[4])
{
	for (int i = 0; i < 4; i++) {
		uint64_t x = __builtin_bswap64(a[i]);

		memcpy(p + 24 - 8 * i, &x, sizeof(x));
	}
}

/* limbs_equal: 1 or 0, without a branch. */
static inline uint64_t
limbs_equal(const uint64_t a[4], const uint64_t b[4])
{
	uint64_t d = (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]);

	return 1 ^ (d | -d) >> 63;
}

static inline void
limbs_select(uint64_t r[4], const uint64_t a[4], uint64_t take)
{
	uint64_t mask = -take;

	r[0] ^= (r[0] ^ a[0]) & mask;
	r[1] ^= (r[1] ^ a[1]) & mask;
	r[2] ^= (r[2] ^ a[2]) & mask;
	r[3] ^= (r[3] ^ a[3]) & mask;
}
#endif
