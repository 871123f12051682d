#ifndef CRYPT_MONT_H
#define CRYPT_MONT_H
#include <stdbool.h>
#include <stddef.h>
#include "bn.h"
/*
 * Products of powers modulo one odd number, in Montgomery form: several terms
 * share their squarings, and a base that comes back has a table (a comb).
 */
#define MONT_BITS_MAX	3136	/* bits of a modulus, in whole limbs: 49 */
#define MONT_TERMS_MAX	160	/* terms of one product */

struct mont;	/* an odd modulus, prepared */
struct comb;	/* powers of one base, for exponents of a bounded length */

/* mont_new(n, e): n odd, 3 <= n < 2^MONT_BITS_MAX; else NULL, ERR_LIMIT. */
struct mont *mont_new(const struct bn *n, struct err *e);
void mont_free(struct mont *m);
const struct bn *mont_n(const struct mont *m);

/* comb_new(m, base, bits): for 0 <= exponent < 2^bits; costs about bits + 500
 * multiplications and 128 KiB for 2048 bits. */
struct comb *comb_new(const struct mont *m, const struct bn *base, unsigned bits);
void comb_free(struct comb *c);

struct mont_term {
	const struct bn *base;
	const struct comb *comb;	/* of base, or NULL */
	const struct bn *exp;		/* negative: power of the inverse */
	unsigned bits;			/* mont_product_ct: |exp| < 2^bits */
	bool	may_be_negative;	/* mont_product_ct, without comb */
};
/*
 * mont_product(out, m, t, n): the product of base^exp over n terms.  Variable
 * time: public data only.  A negative exponent inverts its base.  A comb is
 * taken where the exponent fits it.
 *
 * Returns whether it exists: false when a base to be inverted has no inverse.
 */
bool mont_product(struct bn *out, const struct mont *m,
    const struct mont_term *t, size_t n);
/*
 * mont_product_ct(out, m, t, n): the same in time that depends on the bounds
 * (bits, combs, may_be_negative) only, not on bases or exponents.  Fixed
 * windows, tables read whole.  An exponent must fit its comb.  False as above,
 * for may_be_negative terms.
 */
bool mont_product_ct(struct bn *out, const struct mont *m,
    const struct mont_term *t, size_t n);
/* mont_exp(_ct): one term. */
bool mont_exp(struct bn *out, const struct mont *m, const struct bn *base,
    const struct bn *exp);
bool mont_exp_ct(struct bn *out, const struct mont *m, const struct bn *base,
    const struct bn *exp, unsigned bits);
#endif
