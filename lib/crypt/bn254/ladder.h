#ifndef BN254_LADDER_H
#define BN254_LADDER_H
#include <stddef.h>
#include "fr_split.h"
/*
 * Multiples of elements of any of the three groups: what g1_mul, g2_mul, gt_pow
 * and their sums of many terms have in common.  A scalar is split in two halves,
 * each walked by signed windows of five bits.
 */
#define LADDER_WORDS	48	/* 64-bit words of the largest element, of GT */

struct ladder_group {
	size_t	words;		/* of an element */
	const void *neutral;
	void	(*add)(void *r, const void *a, const void *b);
	void	(*dbl)(void *r, const void *a);
	void	(*neg)(void *r, const void *a);
	/* lambda times a, in elements of order r, and the lattice of lambda. */
	void	(*endo)(void *r, const void *a);
	const struct fr_lattice *lattice;
};

/* ladder_mul(g, r, a, k): k*a; neither branches on a or k nor reads at places
 * that depend on them. */
void ladder_mul(const struct ladder_group *g, void *r, const void *a, const struct fr *k);
/* ladder_msm(g, r, a, k, n): the sum of k[i] times the i-th element of the array
 * a; all public.  Works in runs of terms, in bounded memory. */
void ladder_msm(const struct ladder_group *g, void *r, const void *a, const struct fr *k, size_t n);
#endif
