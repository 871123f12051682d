#ifndef BN254_PAIRING_H
#define BN254_PAIRING_H
#include "g1.h"
#include "g2.h"
#include "gt.h"
/*
 * e: G1 x G2 -> GT, the optimal ate pairing with loop 6u + 2 and the final
 * exponent exactly (p^12 - 1)/r, as AMCL computes it for this curve: other
 * libraries take a multiple of the exponent and get a power of this value.
 * Infinity in either argument gives 1.  Time depends on the number of terms
 * alone.
 *
 * Source: Vercauteren, Optimal pairings, 2010; Aranha, Karabina, Longa, Gebotys,
 * López, Faster explicit formulas for computing pairings over ordinary curves,
 * Eurocrypt 2011; Scott et al., On the final exponentiation for calculating
 * pairings on ordinary elliptic curves, Pairing 2009.
 */
struct pairing_term {
	const struct g1 *p;
	const struct g2 *q;
};

void pairing(struct gt *out, const struct g1 *p, const struct g2 *q);
/* pairing_product(out, terms, n): the product of e(p, q) over n terms, any n,
 * with one chain of squarings and one final exponentiation for all. */
void pairing_product(struct gt *out, const struct pairing_term *terms, size_t n);
#endif
