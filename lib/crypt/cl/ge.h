#ifndef CRYPT_CL_GE_H
#define CRYPT_CL_GE_H
#include "eq.h"
/*
 * Predicate proofs: a hidden attribute is >=, >, <= or < a number.
 * Prover: cl_ge_begin gives T_0..T_3, T_Delta (for c_list) and six tau (for the
 * hash); cl_ge_end the responses.  Verifier: cl_ge_check, then cl_ge_tau.
 * Source: specification 3.3, row Predicate.
 */
#define CL_GE_T		5	/* T_0..T_3, T_Delta; keys "0".."3", "DELTA" */
#define CL_GE_U		4
#define CL_GE_TAU	6	/* T_0..T_3, T_Delta, Q: in the order of the hash */
enum cl_ge_type { CL_GE, CL_GT, CL_LE, CL_LT, CL_GE_TYPE_MAX };
struct cl_predicate {
	char	attr[CL_NAME_MAX + 1];
	enum cl_ge_type type;
	int32_t	value;
};
struct cl_ge_proof {
	struct cl_predicate predicate;
	struct bn u[CL_GE_U], r[CL_GE_T], mj, alpha, t[CL_GE_T];
};
struct cl_ge_masks { struct bn r[CL_GE_T], u_mask[CL_GE_U], r_mask[CL_GE_T], alpha_mask; };
struct cl_ge_run {		/* secret; between begin and end */
	struct cl_predicate predicate;
	struct bn t[CL_GE_T];		/* public: for c_list */
	struct bn tau[CL_GE_TAU];	/* public: for the hash */
	struct bn u[CL_GE_U], alpha;
	struct cl_ge_masks masks;
};
void cl_ge_proof_init(struct cl_ge_proof *p);
void cl_ge_proof_release(struct cl_ge_proof *p);
void cl_ge_masks_init(struct cl_ge_masks *m);
void cl_ge_masks_release(struct cl_ge_masks *m);
void cl_ge_run_init(struct cl_ge_run *run);
void cl_ge_run_release(struct cl_ge_run *run);

/* cl_ge_type_word(t): "GE", "GT", "LE", "LT"; cl_ge_type_of(word): or -1. */
const char *cl_ge_type_word(enum cl_ge_type t);
int cl_ge_type_of(const char *word);
/* cl_ge_true(p, m): whether an attribute of value m satisfies p. */
bool cl_ge_true(const struct cl_predicate *p, int32_t m);

/*
 * cl_ge_begin(run, pk, eq, predicate, masks, e): eq is the run of the equality
 * proof of the same credential.  masks NULL: drawn.
 *
 * Returns 0, or -1 with ERR_STRUCTURE (no such hidden attribute, or it is not
 * a signed 32-bit integer) or ERR_PREDICATE_FALSE.
 */
int cl_ge_begin(struct cl_ge_run *run, const struct cl_pub *pk,
    const struct cl_eq_run *eq, const struct cl_predicate *predicate,
    const struct cl_ge_masks *masks, struct err *e);
/* cl_ge_end(out, run, eq_proof, c): eq_proof has been ended with the same c. */
void cl_ge_end(struct cl_ge_proof *out, const struct cl_ge_run *run,
    const struct cl_eq_proof *eq_proof, const struct bn *c);

/* cl_ge_check(p, eq, pk): rules 1, 2 and 6, and that the attribute is hidden.
 * That the predicate is the one asked for is for the caller to compare. */
enum cl_verdict cl_ge_check(const struct cl_ge_proof *p,
    const struct cl_eq_proof *eq, const struct cl_pub *pk);
/* cl_ge_tau(tau, p, pk, c): the six tau of a checked proof.  Variable time.  False
 * as for cl_eq_t. */
bool cl_ge_tau(struct bn tau[CL_GE_TAU], const struct cl_ge_proof *p,
    const struct cl_pub *pk, const struct bn *c);
#endif
