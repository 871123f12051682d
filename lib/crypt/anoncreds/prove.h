#ifndef ANONCREDS_PROVE_H
#define ANONCREDS_PROVE_H
#include "cred_def.h"
#include "credential.h"
#include "transcript.h"
/*
 * The arithmetic of a presentation, whatever was asked: one ac_prove_run for each
 * sub-proof, begun with what it shows, ended with the challenge over all.
 */
struct ac_prove_sub {			/* what one sub-proof shall show */
	struct ac_cred_def *def;
	const struct ac_credential *cred;
	const char *const *revealed;	/* normal names */
	size_t	n_revealed;
	const struct cl_predicate *preds;
	size_t	n_preds;
	const struct g2 *accum, *witness;	/* NULL: no proof of non-revocation */
};
struct ac_prove_run {			/* secret */
	struct cl_eq_run eq;
	struct cl_ge_run *ge;
	size_t	n_ge;
	bool	has_rev;
	struct accum_run rev;
};
#define AC_PROVE_RUN_INIT { .eq = CL_EQ_RUN_INIT }
void ac_prove_release(struct ac_prove_run *r);	/* wipes; safe on AC_PROVE_RUN_INIT */
/*
 * ac_prove_begin(run, sub, link, link_mask, e): link_mask is one number for all
 * sub-proofs of a presentation.  ERR_STRUCTURE, ERR_PREDICATE_FALSE; the caller
 * releases run in either case.
 */
int ac_prove_begin(struct ac_prove_run *run, const struct ac_prove_sub *sub,
    const struct bn *link, const struct bn *link_mask, struct err *e);
/* ac_prove_challenge(runs, n, nonce, list, c): fills the c_list and the challenge. */
void ac_prove_challenge(const struct ac_prove_run *runs, size_t n, const struct bn *nonce,
    struct ac_c_list *list, struct bn *c);
/* ac_prove_end(out, run, c, e): once per run. */
int ac_prove_end(struct ac_sub_proof *out, const struct ac_prove_run *run, const struct bn *c, struct err *e);
#endif
