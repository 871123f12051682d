#ifndef BN254_FROBENIUS_H
#define BN254_FROBENIUS_H
#include "fp2.h"
/*
 * frobenius_factor[k - 1][j - 1] = xi^(j(p^k - 1)/6), k = 1..3, j = 1..5: what w^j
 * is multiplied by when it is raised to p^k.  A unit test computes them anew.
 */
extern const struct fp2 frobenius_factor[3][5];
#endif
