#ifndef ANONCREDS_CHECK_H
#define ANONCREDS_CHECK_H
#include "proven.h"
#include "verify.h"
/*
 * The verifier's work in progress, shared by check_*.c.  Each check returns 0, or
 * -1 after ac_refuse; the first refusal ends the verification.
 */
struct ac_check_sub {
	struct ac_cred_def *def;
	struct ac_proven proven;
	bool	wanted;			/* a referent points to it */
	struct cl_map shown;		/* what may be revealed, by normal name */
	const struct cl_predicate **preds;	/* what may be proven */
	size_t	n_preds;
	const struct ac_rev_reg *reg;	/* of its proof of non-revocation */
	const struct ac_rev_list *list;
};
struct ac_check {
	const struct ac_pres_request *request;
	const struct ac_presentation *pres;
	const struct ac_objects *objects;
	const struct ac_verify_opts *opts;
	struct ac_check_sub *subs;	/* one for each sub-proof */
	struct ac_verdict *verdict;
};
/* ac_refuse(k, reason, fmt, ...): the verdict; returns -1. */
int ac_refuse(struct ac_check *k, const char *reason, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* check_shown.c: rules 4, 10 and 11: what was asked is what is there. */
int ac_check_identifiers(struct ac_check *k);
int ac_check_referents(struct ac_check *k);
int ac_check_asked(struct ac_check *k);
int ac_check_restrictions(struct ac_check *k);
/* check_rev.c: rule 8. */
int ac_check_revocation(struct ac_check *k);
/* check_proof.c: rules 1, 2, 3, 5, 6, 7. */
int ac_check_numbers(struct ac_check *k);
int ac_check_challenge(struct ac_check *k);
#endif
