#ifndef BN254_G2_TABLE_H
#define BN254_G2_TABLE_H
#include "g2_batch.h"
/*
 * Multiples of one base for many multiplications of it: signed windows of
 * `bits` bits, so 2^(bits-1) points for each of the 254/bits + 1 windows.  With
 * 13 bits: 20 windows of 4,096 points, 10.5 MB, 20 additions a multiplication.
 *
 * The table is read at places that depend on the scalars: who shares the cache
 * may learn of them.  Where that matters, g2_mul.
 */
#define G2_TABLE_BITS_MIN	2
#define G2_TABLE_BITS_MAX	13

struct g2_table;
/* g2_table_new(base, bits): bits in MIN..MAX, base public and not infinity.
 * Ends the process without memory. */
struct g2_table *g2_table_new(const struct g2 *base, unsigned bits);
void g2_table_free(struct g2_table **t);	/* for CLEANUP */
/* g2_table_mul(t, out, k, n, room): out[i] = k[i] * base, n up to G2_BATCH_MAX. */
void g2_table_mul(const struct g2_table *t, struct g2_affine *out, const struct fr *k, size_t n, struct g2_batch_room *room);
#endif
