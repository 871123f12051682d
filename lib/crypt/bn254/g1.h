#ifndef BN254_G1_H
#define BN254_G1_H
#include <stddef.h>
#include "fp.h"
#include "fr.h"
/*
 * G1: the points of y^2 = x^3 + 2 over Fp, r of them.  Homogeneous coordinates:
 * x = X/Z, y = Y/Z; infinity has Z = 0 and is (0, 1, 0).  Addition is complete:
 * one sequence of steps for all pairs of points, equal, opposite or infinite.
 * Results may be the operands.  Time does not depend on points or scalars, but
 * where "public" says that it does.
 *
 * Source: Renes, Costello, Batina, Complete addition formulas for prime order
 * elliptic curves, Eurocrypt 2016, algorithms 7 and 9.
 */
struct g1 {
	struct fp x, y, z;
};
struct g1_affine {		/* infinity: x = y = 0, which is not on the curve */
	struct fp x, y;
};

extern const struct g1 g1_infinity;

void g1_add(struct g1 *r, const struct g1 *a, const struct g1 *b);
void g1_sub(struct g1 *r, const struct g1 *a, const struct g1 *b);
void g1_dbl(struct g1 *r, const struct g1 *a);
void g1_neg(struct g1 *r, const struct g1 *a);
bool g1_equal(const struct g1 *a, const struct g1 *b);
bool g1_is_infinity(const struct g1 *a);
/* g1_on_curve(a): whether (X, Y, Z) is a point at all; infinity is one.  The
 * cofactor is 1: every point has order r. */
bool g1_on_curve(const struct g1 *a);
/* g1_mul(r, a, k): k*a; a and k may be secret. */
void g1_mul(struct g1 *r, const struct g1 *a, const struct fr *k);
/* g1_msm(r, a, k, n): the sum of k[i]*a[i], all public; 0 terms give infinity.
 * One chain of doublings for all: the way to compute products of powers. */
void g1_msm(struct g1 *r, const struct g1 *a, const struct fr *k, size_t n);
/* g1_random(r): uniform but infinity, and nobody knows its logarithm to any
 * base: x is drawn until it is on the curve.  The point is public. */
void g1_random(struct g1 *r);
void g1_to_affine(struct g1_affine *r, const struct g1 *a);
void g1_from_affine(struct g1 *r, const struct g1_affine *a);
#endif
