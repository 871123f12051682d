#ifndef VDAF_XOF_H
#define VDAF_XOF_H
#include "../turboshake/turboshake.h"
#include "flp.h"
#include "prio3.h"
/*
 * XofTurboShake128 of both profiles, for up to eight reports in step: one usage and
 * one length for all, a seed and a binder for each.  One is a stream of its own, two
 * to four are four in step, more are eight.
 *
 * Begin, bind any number of pieces, then take a seed or elements once, and end, which
 * wipes.  Lanes that are not used are copies of the first.
 *
 * Source: draft-irtf-cfrg-vdaf-08 and -20, section 6.2; specification 3.7, 3.9.
 */
#define XOF_LANES	KECCAKP_EIGHT

enum xof_usage {
	XOF_MEASUREMENT_SHARE = 1, XOF_PROOF_SHARE, XOF_JOINT_RANDOMNESS, XOF_PROVE_RANDOMNESS,
	XOF_QUERY_RANDOMNESS, XOF_JOINT_RAND_SEED, XOF_JOINT_RAND_PART
};

struct xof {
	size_t	n;			/* lanes in use */
	union {
		struct turboshake one;
		struct turboshake_x4 four;
		struct turboshake_x8 eight;
	};
};

/*
 * xof_begin(x, profile, dst, dst_len, seed, seed_len, n): n seeds of seed_len bytes
 * under a domain separation tag of any form.  xof_prio3: under the tag of a usage.
 */
void xof_begin(struct xof *x, enum prio3_profile profile, const void *dst, size_t dst_len, const uint8_t *const seed[],
    size_t seed_len, size_t n);
void xof_prio3(struct xof *x, const struct prio3 *p, enum xof_usage usage, const uint8_t *const seed[], size_t n);
/* xof_bind(x, part, len): a piece of each lane's binder; xof_bind_all: one for all. */
void xof_bind(struct xof *x, const uint8_t *const part[], size_t len);
void xof_bind_all(struct xof *x, const void *part, size_t len);
/* xof_seed(x, out, len): len bytes a lane, at most PRIO3_SEED_MAX; xof_elements: n
 * elements a lane, below the modulus. */
void xof_seed(struct xof *x, uint8_t *const out[], size_t len);
void xof_elements(struct xof *x, const struct flp_field *field, uint8_t *const out[], size_t n);
#endif
