#ifndef BN254_FR_SPLIT_H
#define BN254_FR_SPLIT_H
#include "fr.h"
/*
 * A scalar k as k0 + k1*lambda modulo r, both of at most 128 bits: where lambda
 * times an element costs next to nothing, a multiple takes half the doublings.
 * Time does not depend on k.
 *
 * Source: Gallant, Lambert, Vanstone, Faster point multiplication on elliptic
 * curves with efficient endomorphisms, Crypto 2001, section 4; Galbraith, Scott,
 * Exponentiation in pairing-friendly groups using homomorphisms, Pairing 2008.
 */
#define FR_SPLIT_BITS	5
#define FR_SPLIT_HALF	16	/* digits are from -15 to 16 */
#define FR_SPLIT_DIGITS	26

struct fr_lattice;
/* lambda = 6u^2: what the Frobenius map does in G2 and GT. */
extern const struct fr_lattice fr_lattice_frobenius;
/* lambda = 36u^3 + 18u^2 + 6u + 1: what (x, y) -> (beta*x, y) does in G1, with beta
 * = 18u^3 + 18u^2 + 9u + 1, a cube root of 1 modulo p. */
extern const struct fr_lattice fr_lattice_beta;

/* fr_split(digit, k, lattice): kj = the sum of digit[j][i] * 2^(5*i). */
void fr_split(int8_t digit[2][FR_SPLIT_DIGITS], const struct fr *k, const struct fr_lattice *lattice);
#endif
