#ifndef BN254_G2_BATCH_H
#define BN254_G2_BATCH_H
#include "g2.h"
/*
 * Many points of G2 at once in affine coordinates, sharing one inversion a
 * step (fp2_inv_many): two multiplications and a square in Fp2 an addition beside
 * it.  The points are public: time depends on coincidences among them.
 */
#define G2_BATCH_MAX	2048	/* points a step: beyond, the inversion no longer counts */

/* What a step works in; the caller's, so that no step allocates.  256 KiB. */
struct g2_batch_room {
	struct fp2 d[G2_BATCH_MAX], t[G2_BATCH_MAX];
};

/* g2_batch_add(acc, add, n, room): acc[i] += *add[i], n up to G2_BATCH_MAX.
 * Every case is right: equal points are doubled, opposite ones give infinity. */
void g2_batch_add(struct g2_affine *acc, const struct g2_affine *const *add, size_t n, struct g2_batch_room *room);
#endif
