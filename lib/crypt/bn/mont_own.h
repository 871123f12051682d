#ifndef CRYPT_MONT_OWN_H
#define CRYPT_MONT_OWN_H
#include "limb.h"
#include "mont.h"
/* What mont.c and comb.c share: numbers in Montgomery form, of m->n limbs. */
struct mont {
	struct bn modulus;
	size_t	n;			/* limbs, a multiple of LIMB_STEP */
	mp_limb_t inv;			/* -1/modulus mod 2^64 */
	mp_limb_t limbs[LIMB_MAX], square[LIMB_MAX], one[LIMB_MAX];
};
static inline void
mont_mul(const struct mont *m, mp_limb_t *r, const mp_limb_t *a,
    const mp_limb_t *b)
{
	limb_montmul(r, a, b, m->limbs, m->n, m->inv);
}
static inline void
mont_sqr(const struct mont *m, mp_limb_t *r, const mp_limb_t *a)
{
	limb_montsqr(r, a, m->limbs, m->n, m->inv);
}
/* mont_in(m, r, a): a, which is reduced first, in Montgomery form. */
void mont_in(const struct mont *m, mp_limb_t *r, const struct bn *a);
/* mont_bits(e, at, width): width (<= 8) bits of the n limbs e from bit at. */
size_t mont_bits(const mp_limb_t *e, size_t n, size_t at, unsigned width);
/* mont_exponent(p, n, exp): the magnitude of exp in exactly n limbs. */
void mont_exponent(mp_limb_t *p, size_t n, const struct bn *exp);
#define MONT_EXP_LIMBS	84	/* of an exponent: more than BN_BITS_MAX bits */
/* comb_fits(c, exp): whether |exp| is short enough. */
bool comb_fits(const struct comb *c, const struct bn *exp);
/*
 * comb_mul(c, r, exp, ct): r becomes base^|exp|, which fits; with
 * ct every entry is read for each one used.
 */
void comb_mul(const struct comb *c, mp_limb_t *r, const struct bn *exp, bool ct);
#endif
