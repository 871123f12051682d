#ifndef CRYPT_BN_H
#define CRYPT_BN_H
#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../base/buf.h"
#include "../../base/err.h"
/*
 * Big integers with sign.  GMP is behind them and seen by lib/crypt/bn only.
 * Every byte that GMP gives back to the heap is wiped first, so a release is a
 * wipe.  Running out of memory ends the process: sizes are capped before.
 * Operations are in time that depends on the sizes of the operands, save where
 * a comment says otherwise; outputs may be inputs.
 */
struct bn { mpz_t z; };
extern const mp_limb_t bn_no_limb;
#define BN_INIT		{ .z = { { 0, 0, (mp_limb_t *)(uintptr_t)&bn_no_limb } } }

#define BN_DEC_MAX	1600	/* characters of decimal text, sign included */
#define BN_BITS_MAX	5316	/* bits that BN_DEC_MAX digits may make */
#define BN_BYTES_MAX	((BN_BITS_MAX + 7) / 8)

void bn_init(struct bn *a);		/* to zero, without memory */
void bn_release(struct bn *a);		/* wipes; back to zero; safe on BN_INIT */

void bn_set(struct bn *out, const struct bn *a);
void bn_set_i64(struct bn *out, int64_t v);
void bn_swap(struct bn *a, struct bn *b);
/* bn_get_i64(a, out): whether a fits, then *out. */
bool bn_get_i64(const struct bn *a, int64_t *out);

/*
 * bn_from_dec(out, s, len, max_bits, e):
 * Canonical decimal text: an optional '-', then digits without leading zero;
 * no "-0", no '+', no white space.  len is checked against BN_DEC_MAX before
 * anything is converted, the magnitude against max_bits (1..BN_BITS_MAX).
 *
 * Returns 0, or -1 with ERR_STRUCTURE ("is no decimal number") or ERR_PAST_LIMIT
 * (too long); out is written only on success.  Source: specification 2.3.
 */
int bn_from_dec(struct bn *out, const char *s, size_t len, unsigned max_bits,
    struct err *e);
/* bn_to_dec(a, b): appends the decimal text of a, which is at most
 * BN_DEC_MAX characters for what bn_from_dec took. */
void bn_to_dec(const struct bn *a, struct buf *b);

/* bn_from_bytes(out, p, n): big-endian magnitude, n up to BN_BYTES_MAX. */
void bn_from_bytes(struct bn *out, const uint8_t *p, size_t n);
/* bn_bytes(a): bytes of the minimal big-endian magnitude; 0 for zero. */
size_t bn_bytes(const struct bn *a);
/* bn_to_bytes(a, out, n): the magnitude, left padded with zeros to exactly n
 * bytes, n >= bn_bytes(a). */
void bn_to_bytes(const struct bn *a, uint8_t *out, size_t n);

/* bn_random(out, bits): uniform in [0, 2^bits), from rand_bytes. */
void bn_random(struct bn *out, unsigned bits);
/* bn_random_below(out, limit): uniform in [0, limit), limit > 0; by refusing,
 * so the time depends on luck and on the size of limit. */
void bn_random_below(struct bn *out, const struct bn *limit);

unsigned bn_bits(const struct bn *a);	/* of the magnitude; 0 for zero */
int bn_sign(const struct bn *a);	/* -1, 0, 1 */
bool bn_is_odd(const struct bn *a);
int bn_cmp(const struct bn *a, const struct bn *b);	/* <0, 0, >0 */
/* bn_eq, bn_fits: of secrets as well; only the answer shows. */
bool bn_eq(const struct bn *a, const struct bn *b);
bool bn_fits(const struct bn *a, unsigned bits);	/* |a| < 2^bits */
/* bn_length(a): bits of a in whole limbs, which is all that shows of secrets. */
unsigned bn_length(const struct bn *a);
/* bn_within(a, bits): |a| <= 2^bits. */
bool bn_within(const struct bn *a, unsigned bits);

void bn_add(struct bn *out, const struct bn *a, const struct bn *b);
void bn_sub(struct bn *out, const struct bn *a, const struct bn *b);
void bn_neg(struct bn *out, const struct bn *a);
void bn_mul(struct bn *out, const struct bn *a, const struct bn *b);
/* bn_addmul(out, a, b): out += a * b. */
void bn_addmul(struct bn *out, const struct bn *a, const struct bn *b);
void bn_shl(struct bn *out, const struct bn *a, unsigned bits);
void bn_shr(struct bn *out, const struct bn *a, unsigned bits);
/* bn_bit(out, i): 2^i. */
void bn_bit(struct bn *out, unsigned i);
/* bn_mod(out, a, m): a mod m in [0, m), m > 0, also for negative a. */
void bn_mod(struct bn *out, const struct bn *a, const struct bn *m);
void bn_mulmod(struct bn *out, const struct bn *a, const struct bn *b,
    const struct bn *m);
/* bn_invert(out, a, m): whether there is 1/a mod m, then it.  Variable time. */
bool bn_invert(struct bn *out, const struct bn *a, const struct bn *m);
/*
 * For secrets, in time that depends on the sizes in limbs only.  m is odd, for
 * bn_mod_ct anything above zero.  Numbers are >= 0 but for a and x of
 * bn_muladd_ct.  bn_invert_ct: a < m; false if there is none.
 * bn_random_mod_ct: uniform in [0, m) but for 2^-128.
 */
void bn_add_ct(struct bn *out, const struct bn *a, const struct bn *b);
void bn_mul_ct(struct bn *out, const struct bn *a, const struct bn *b);
void bn_mod_ct(struct bn *out, const struct bn *a, const struct bn *m);
void bn_mulmod_ct(struct bn *out, const struct bn *a, const struct bn *b,
    const struct bn *m);
bool bn_invert_ct(struct bn *out, const struct bn *a, const struct bn *m);
void bn_random_mod_ct(struct bn *out, const struct bn *m);
/*
 * bn_muladd_ct(out, a, b, x, x_bits): out = a + b * x, |x| < 2^x_bits: what
 * every response of a proof is.  Signs and the length of x are hidden.
 */
void bn_muladd_ct(struct bn *out, const struct bn *a, const struct bn *b,
    const struct bn *x, unsigned x_bits);
/* bn_divide_ct(out, a, b, m): a / b mod m, b < m; false if b has no inverse. */
bool bn_divide_ct(struct bn *out, const struct bn *a, const struct bn *b,
    const struct bn *m);
/* bn_even_ct(out, a, m): a or a + m, m odd, whichever is even. */
void bn_even_ct(struct bn *out, const struct bn *a, const struct bn *m);
void bn_set_u64_ct(struct bn *out, uint64_t v);
uint64_t bn_get_u64_ct(const struct bn *a);	/* the magnitude's lowest 64 bits */
/* bn_coprime(a, b): gcd(a, b) = 1.  Variable time. */
bool bn_coprime(const struct bn *a, const struct bn *b);
/* bn_is_prime(a, rounds): Miller-Rabin to random bases, after trial division. */
bool bn_is_prime(const struct bn *a, unsigned rounds);
#endif
