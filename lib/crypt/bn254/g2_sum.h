#ifndef BN254_G2_SUM_H
#define BN254_G2_SUM_H
#include "g2.h"
/*
 * A sum of any number of points, taken one by one, in affine coordinates: 2,048 additions
 * share an inversion.  Public points: time depends on coincidences.
 *
 *	struct g2_sum *s = g2_sum_new();
 *	for (...) g2_sum_add(s, &point, minus);
 *	g2_sum_total(s, &total);  g2_sum_free(s);
 */
struct g2_sum;
struct g2_sum *g2_sum_new(void);		/* ends the process without memory */
void g2_sum_free(struct g2_sum **s);		/* for CLEANUP */
/* g2_sum_add(s, a, minus): adds a, or takes it away. */
void g2_sum_add(struct g2_sum *s, const struct g2_affine *a, bool minus);
/* g2_sum_total(s, total): the sum of all so far; more may follow. */
void g2_sum_total(struct g2_sum *s, struct g2 *total);
#endif
