#ifndef BN254_G2_COMB_H
#define BN254_G2_COMB_H
#include "g2.h"
/*
 * Multiples of one public base by many secret scalars: what the points of a
 * tails file are.  A table for each window of the scalar, in small rows that are
 * read whole for each point, so that no place in memory and no branch depends on
 * a scalar.  Digits are odd, hence never zero, and the sum
 * under way is never equal or opposite to what is added: additions are affine,
 * without exceptions, and G2_COMB_MAX of them share one inversion.
 *
 * Source: Joye, Tunstall, Exponent recoding and regular exponentiation
 * algorithms, Africacrypt 2009, section 3.2; Montgomery's trick as fp2_inv_many.
 */
#define G2_COMB_MAX	512	/* scalars a call: more do not stay in the second cache */

struct g2_comb;
/* g2_comb_new(base): 300 kB; base public and not infinity.  Ends the
 * process without memory. */
struct g2_comb *g2_comb_new(const struct g2 *base);
void g2_comb_free(struct g2_comb **t);		/* for CLEANUP */
/* g2_comb_plain(t): from here on as on a processor without wide registers; tests
 * compare both. */
void g2_comb_plain(struct g2_comb *t);

/* What a call works in, 160 kB; wiped when it is freed. */
struct g2_comb_room;
struct g2_comb_room *g2_comb_room_new(void);
void g2_comb_room_free(struct g2_comb_room **room);	/* for CLEANUP */

/* g2_comb_mul(t, out, k, n, room): out[i] = k[i] * base, n up to G2_COMB_MAX, no
 * k[i] zero. */
void g2_comb_mul(const struct g2_comb *t, struct g2_affine *out, const struct fr *k, size_t n,
    struct g2_comb_room *room);
#endif
