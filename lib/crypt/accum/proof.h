#ifndef ACCUM_PROOF_H
#define ACCUM_PROOF_H
#include <stddef.h>
#include "../bn254/wire.h"
#include "issue.h"
/*
 * The proof that a credential is not revoked, without showing which it is.
 * Prover: accum_proof_begin gives commitments and T1...T8; when the challenge C
 * over all T and the c_list is known, accum_proof_end gives the responses.
 * Verifier: accum_proof_tau gives the T that must hash to C.
 * Source: specification 3.5, table of T.
 */
enum accum_x {				/* x_list, as the wire has it */
	ACCUM_X_C, ACCUM_X_M, ACCUM_X_M1, ACCUM_X_O, ACCUM_X_O1,
	ACCUM_X_R, ACCUM_X_R1, ACCUM_X_R2, ACCUM_X_R3, ACCUM_X_RHO,
	ACCUM_X_S, ACCUM_X_T, ACCUM_X_T1,
	ACCUM_X_MAX
};
/* accum_x_name(i): "c", "m", "m_prime", ... "t_prime". */
const char *accum_x_name(enum accum_x i);

/* Commitments in the order of the hash; accum_c_name: "e", "d", "a", "g", "w",
 * "s", "u", their keys on the wire. */
#define ACCUM_COMMITMENTS	7
struct accum_c_list {
	struct g1 e, d, a, g;
	struct g2 w, s, u;
};
const char *accum_c_name(size_t i);
/* accum_c_list_bytes(out, c): as hashed and as in the aggregated proof's c_list. */
void accum_c_list_bytes(uint8_t out[ACCUM_COMMITMENTS][WIRE_G1_BYTES], const struct accum_c_list *c);

struct accum_proof {			/* non_revoc_proof */
	struct fr x[ACCUM_X_MAX];
	struct accum_c_list c;
};

struct accum_tau {
	struct g1 t1, t2, t5, t6;
	struct gt t3, t4, t7, t8;
};
#define ACCUM_TAU_BYTES	(4 * WIRE_G1_BYTES + 4 * WIRE_GT_BYTES)
/* accum_tau_bytes(out, tau): T1...T8 as they enter the hash. */
void accum_tau_bytes(uint8_t out[ACCUM_TAU_BYTES], const struct accum_tau *tau);

/* Random numbers of one proof: the seven randomisers (their places of x; the
 * others are not read) and a mask for each response. */
struct accum_proof_masks {
	struct fr randomiser[ACCUM_X_MAX];	/* rho r r' r'' r''' o o' */
	struct fr mask[ACCUM_X_MAX];
};
void accum_proof_masks_wipe(struct accum_proof_masks *m);	/* for CLEANUP */

struct accum_run {			/* secret; between begin and end */
	struct accum_c_list c;		/* public, for the c_list */
	struct accum_tau tau;		/* public, for the hash */
	struct fr x[ACCUM_X_MAX], mask[ACCUM_X_MAX];
};
void accum_run_wipe(struct accum_run *run);	/* for CLEANUP */

/*
 * accum_proof_begin(run, pk, acc, cred, w, m2_mask, masks): cred as accepted, w
 * its witness for acc.  m2_mask: the mask of m2 in the equality proof, mod r:
 * one number in both, so that the response there serves here.  masks NULL: drawn.
 * Constant time in all secrets.
 */
void accum_proof_begin(struct accum_run *run, const struct accum_pub *pk, const struct g2 *acc,
    const struct accum_cred *cred, const struct g2 *w, const struct fr *m2_mask,
    const struct accum_proof_masks *masks);
/* accum_proof_end(out, run, challenge): x = mask + C * secret; once per run. */
void accum_proof_end(struct accum_proof *out, const struct accum_run *run, const struct fr *challenge);

/*
 * accum_proof_tau(tau, p, pk, z, acc, m2, challenge, form): the T of a proof whose
 * points were read by wire_*_read.  m2: the response of the equality proof mod r;
 * for ACCUM_FORM_LEGACY that of the proof's own x_list, and C enters with the
 * other sign.  Returns ACCUM_HOLDS, or ACCUM_COMMITMENT_INFINITE; whether the
 * proof holds, the hash says.  All is public: variable time.
 */
enum accum_form { ACCUM_FORM_SHARED, ACCUM_FORM_LEGACY };
enum accum_verdict accum_proof_tau(struct accum_tau *tau, const struct accum_proof *p,
    const struct accum_pub *pk, const struct gt *z, const struct g2 *acc, const struct fr *m2,
    const struct fr *challenge, enum accum_form form);
#endif
