#ifndef ANONCREDS_PLAN_H
#define ANONCREDS_PLAN_H
#include "present.h"
#include "proven.h"
/*
 * Which sub-proofs a presentation needs and what each shows, from the request and
 * the selection; everything that can be refused is refused here.
 */
struct ac_plan_sub {
	const char *cred_id;
	bool	timed;			/* with a proof of non-revocation, at: */
	int64_t	timestamp;
	const struct ac_credential *cred;
	struct ac_cred_def *def;
	const struct ac_rev_state *state;	/* when timed */
	struct ac_proven proven;
	const char *revealed[AC_ATTRS_MAX];	/* normal names, each once */
	size_t	n_revealed;
	struct cl_predicate *preds;	/* each once */
	size_t	n_preds;
};
struct ac_plan {
	struct ac_plan_sub *subs;
	size_t	n;
	struct ac_presentation pres;	/* requested_proof and identifiers are filled in */
};
#define AC_PLAN_INIT { .pres = AC_PRESENTATION_INIT }
/* ac_plan_make(out, in, e): errors as ac_present.  Borrows from in. */
int ac_plan_make(struct ac_plan *out, const struct ac_present *in, struct err *e);
void ac_plan_release(struct ac_plan *p);
#endif
