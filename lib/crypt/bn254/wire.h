#ifndef BN254_WIRE_H
#define BN254_WIRE_H
#include "../../base/buf.h"
#include "g1.h"
#include "g2.h"
#include "gt.h"
/*
 * Elements as the AnonCreds family writes them: text in JSON, and the bytes that
 * are hashed and stored in tails files.  Source: specification 3.4; AMCL's FP,
 * ECP, ECP2 and FP12 (`<excess> <HEX>` a coordinate).
 *
 * A reader takes text of outside: 3, 6 or 12 coordinates parted by one space,
 * each a decimal excess (1..2^31 - 1, no leading zero) and 64..70 upper-case
 * digits of the Montgomery residue x * 2^280 mod p, which may be p or more.  It
 * checks all that makes the element fit for use: on its curve, of order r, in
 * GT.  Returns 0, or -1 with ERR_VALIDATION that says what is wrong, not where:
 * the caller wraps it with the name of the field.
 */
#define WIRE_G1_BYTES	128
#define WIRE_G2_BYTES	128
#define WIRE_GT_BYTES	512
#define WIRE_TEXT_MAX	1000	/* characters of the longest element that is read */

enum wire_infinity {
	WIRE_FINITE,	/* infinity is refused */
	WIRE_MAY_BE_INFINITY,	/* accumulators and witnesses */
};

int wire_g1_read(struct g1 *r, const char *s, size_t n, enum wire_infinity infinity, struct err *e);
int wire_g2_read(struct g2 *r, const char *s, size_t n, enum wire_infinity infinity, struct err *e);
int wire_gt_read(struct gt *r, const char *s, size_t n, struct err *e);

/* wire_*_text(b, a): appended to b, excess 1, 64 digits; points with Z = 1,
 * infinity as 0, 1, 0. */
void wire_g1_text(struct buf *b, const struct g1 *a);
void wire_g2_text(struct buf *b, const struct g2 *a);
void wire_gt_text(struct buf *b, const struct gt *a);

/* wire_*_bytes(p, a): what is hashed: plain affine residues, big-endian, zeros
 * to the end; infinity of G1 as (0, 1), of G2 as (0, 1) too. */
void wire_g1_bytes(uint8_t p[WIRE_G1_BYTES], const struct g1 *a);
void wire_g2_bytes(uint8_t p[WIRE_G2_BYTES], const struct g2 *a);
void wire_gt_bytes(uint8_t p[WIRE_GT_BYTES], const struct gt *a);
/* The same for points that are affine already (tails), and back: -1 when a
 * coordinate is p or more.  Neither curve nor order is checked: a tails file is
 * known by its hash, or each point is checked with g2_affine_on_curve and
 * g2_in_group. */
void wire_g2_affine_bytes(uint8_t p[WIRE_G2_BYTES], const struct g2_affine *a);
int wire_g2_affine_read(struct g2_affine *r, const uint8_t p[WIRE_G2_BYTES]);
#endif
