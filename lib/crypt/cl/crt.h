#ifndef CRYPT_CL_CRT_H
#define CRYPT_CL_CRT_H
#include "key.h"
/*
 * What only the issuer can do fast: powers of squares modulo n, taken modulo p
 * and q with exponents modulo p' and q', put together by the Chinese remainder
 * theorem.  Constant time.
 */
#define CL_CRT_COMB_BITS(half)	(bn_length(half) + 1)
#define CL_CRT_TERMS	(CL_ATTRS_MAX + 3)
struct cl_crt_term {
	const struct bn *base;	/* a square modulo n, unless exp is short */
	const struct bn *exp;	/* any; only its sign and size are visible */
	unsigned bits;		/* |exp| < 2^bits; 0: any.  Below the size of
				 * p' it is taken as it is, if not negative */
	const struct comb *at_p, *at_q;	/* of base, for CL_CRT_COMB_BITS, or NULL */
};
void cl_crt_product(struct bn *out, const struct cl_priv *sk,
    const struct cl_crt_term *t, size_t n);
#endif
