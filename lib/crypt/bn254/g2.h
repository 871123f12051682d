#ifndef BN254_G2_H
#define BN254_G2_H
#include <stddef.h>
#include "fp2.h"
#include "fr.h"
/*
 * G2: the r points of order dividing r on the twist y^2 = x^3 + (1 - i) over
 * Fp2, whose cofactor is not 1: a point from outside needs g2_in_group.
 * Coordinates, completeness and time as in g1.h; the formulas are complete on
 * the whole twist, its order is odd.
 */
struct g2 {
	struct fp2 x, y, z;
};
struct g2_affine {		/* infinity: x = y = 0, which is not on the twist */
	struct fp2 x, y;
};

extern const struct g2 g2_infinity;

void g2_add(struct g2 *r, const struct g2 *a, const struct g2 *b);
void g2_sub(struct g2 *r, const struct g2 *a, const struct g2 *b);
void g2_dbl(struct g2 *r, const struct g2 *a);
void g2_neg(struct g2 *r, const struct g2 *a);
bool g2_equal(const struct g2 *a, const struct g2 *b);
bool g2_is_infinity(const struct g2 *a);
bool g2_on_curve(const struct g2 *a);		/* on the twist */
bool g2_affine_on_curve(const struct g2_affine *a);	/* infinity is not */
/*
 * g2_in_group(a): whether r*a is infinity, for a on the twist.  Tests
 * [u + 1]a + psi([u]a) + psi^2([u]a) = psi^3([2u]a) with the Frobenius
 * endomorphism psi.  As psi^2 - t*psi + p = 0, a point that passes is killed by
 * the norm of that relation, and its greatest common divisor with the order of
 * the twist is r.  Source: Dai, Lin, Zhao, Zhou, Fast subgroup membership
 * testings for G1, G2 and GT on pairing-friendly curves, 2023, section 4.
 */
bool g2_in_group(const struct g2 *a);
/* g2_frobenius(r, a): psi(a), the Frobenius map of the curve as the twist sees it. */
void g2_frobenius(struct g2 *r, const struct g2 *a);
/* g2_mul(r, a, k): k*a for a of G2, not of the twist at large; both may be secret. */
void g2_mul(struct g2 *r, const struct g2 *a, const struct fr *k);
/* g2_msm(r, a, k, n): the sum of k[i]*a[i], all of G2, all public. */
void g2_msm(struct g2 *r, const struct g2 *a, const struct fr *k, size_t n);
/* g2_random(r): as g1_random: drawn on the twist, times the cofactor. */
void g2_random(struct g2 *r);
void g2_to_affine(struct g2_affine *r, const struct g2 *a);
void g2_from_affine(struct g2 *r, const struct g2_affine *a);
#endif
