#ifndef CRYPT_CL_EQ_H
#define CRYPT_CL_EQ_H
#include "issue.h"
/*
 * The equality proof: a signature is known, some of its values are shown.
 * Prover: cl_eq_begin gives A' and T; when the challenge c over all T and the
 * c_list is known, cl_eq_end gives the responses.  Verifier: cl_eq_check, then
 * cl_eq_t gives the T that must hash to c.  Source: specification 3.3.
 */
struct cl_eq_proof {
	struct bn a_prime, e, v, m2;
	struct cl_map m;	/* hidden attributes and master_secret */
	struct cl_map revealed;
};
#define CL_EQ_PROOF_INIT { .a_prime = BN_INIT, .e = BN_INIT, .v = BN_INIT, \
	.m2 = BN_INIT, .m = CL_MAP_INIT, .revealed = CL_MAP_INIT }
/*
 * Random numbers of one proof.  Linking: the caller draws one mask for
 * master_secret and gives it to every cl_eq_masks_random of a presentation.
 * m2 is also the mask of m2 in the non-revocation proof (reduced mod r there).
 */
struct cl_eq_masks {
	struct bn r, e, v, m2;
	struct cl_map m;	/* by name, for what is hidden */
};
#define CL_EQ_MASKS_INIT { .r = BN_INIT, .e = BN_INIT, .v = BN_INIT, \
	.m2 = BN_INIT, .m = CL_MAP_INIT }
struct cl_eq_run {		/* secret; between begin and end */
	struct bn a_prime, t;	/* public: A' for c_list, T for the hash */
	struct bn e_star, v_star, m2;
	struct cl_eq_masks masks;
	struct cl_map hidden, revealed;	/* values */
};
#define CL_EQ_RUN_INIT { .a_prime = BN_INIT, .t = BN_INIT, .e_star = BN_INIT, \
	.v_star = BN_INIT, .m2 = BN_INIT, .masks = CL_EQ_MASKS_INIT, \
	.hidden = CL_MAP_INIT, .revealed = CL_MAP_INIT }
void cl_eq_proof_release(struct cl_eq_proof *p);
void cl_eq_masks_release(struct cl_eq_masks *m);
void cl_eq_run_release(struct cl_eq_run *run);

/* cl_link_mask(out): the mask of master_secret, one for a presentation. */
void cl_link_mask(struct bn *out);
/*
 * cl_eq_begin(run, pk, sig, values, link, revealed, n_revealed, link_mask,
 * masks, e): sig->v is v' + v''; values has all attributes, not master_secret;
 * revealed: names of values.  masks NULL: drawn.
 *
 * Returns 0, or -1 with ERR_STRUCTURE (names, lengths).
 */
int cl_eq_begin(struct cl_eq_run *run, const struct cl_pub *pk,
    const struct cl_signature *sig, const struct cl_map *values,
    const struct bn *link, const char *const *revealed, size_t n_revealed,
    const struct bn *link_mask, const struct cl_eq_masks *masks, struct err *e);
/* cl_eq_end(out, run, c, e): responses to the challenge; once per run. */
int cl_eq_end(struct cl_eq_proof *out, const struct cl_eq_run *run,
    const struct bn *c, struct err *e);

/*
 * cl_eq_check(p, pk): rules 1, 2 and 5 as far as this proof is concerned.
 * Which attributes had to be revealed is for the caller to compare.
 */
enum cl_verdict cl_eq_check(const struct cl_eq_proof *p, const struct cl_pub *pk);
/*
 * cl_eq_t(out, p, pk, c): the T of a checked proof.  Variable time.  False for a
 * proof that was not checked, and for a c that no hash gives.
 */
bool cl_eq_t(struct bn *out, const struct cl_eq_proof *p,
    const struct cl_pub *pk, const struct bn *c);
#endif
