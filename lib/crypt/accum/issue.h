#ifndef ACCUM_ISSUE_H
#define ACCUM_ISSUE_H
#include "../bn254/gt.h"
#include "key.h"
#include "scalar.h"
#include "verdict.h"
/*
 * The revocation part of a credential: made by the issuer, checked and kept by
 * the holder.  Source: specification 3.5.
 */
struct accum_cred {			/* secret, from the holder's sight */
	struct g1 sigma, g_i;
	struct g2 sigma_i, u_i;		/* with g_i the witness_signature */
	struct fr c, m2;
	struct fr vr;			/* vr'' as issued; vr' + vr'' when accepted */
	uint32_t index;
};
void accum_cred_wipe(struct accum_cred *c);	/* for CLEANUP */

/* accum_request(ur, pk, vr_prime): ur = h2^vr'; vr' is a fr_random that the
 * holder keeps until the credential comes. */
void accum_request(struct g1 *ur, const struct accum_pub *pk, const struct fr *vr_prime);

struct accum_issue_masks { struct fr c, vr; };	/* c, vr'' */
/*
 * accum_issue(out, pk, sk, gamma, index, m2, ur, masks): the part for one index.
 * ur is the holder's, in G1; masks NULL: drawn.  Constant time in all secrets.
 */
void accum_issue(struct accum_cred *out, const struct accum_pub *pk, const struct accum_priv *sk,
    const struct fr *gamma, uint32_t index, const struct fr *m2, const struct g1 *ur,
    const struct accum_issue_masks *masks);
/*
 * accum_accept(c, pk, m2, vr_prime): the first three of the holder's checks, of a
 * credential whose points were read by wire_*_read; m2 is what the holder makes
 * of the context itself.  When they hold, c->vr has become vr' + vr''.
 */
enum accum_verdict accum_accept(struct accum_cred *c, const struct accum_pub *pk, const struct fr *m2,
    const struct fr *vr_prime);
/* accum_witness_holds(c, pk, z, acc, w): the fourth: e(g_i, acc) = e(g, w) * z. */
bool accum_witness_holds(const struct accum_cred *c, const struct accum_pub *pk, const struct gt *z,
    const struct g2 *acc, const struct g2 *w);
#endif
