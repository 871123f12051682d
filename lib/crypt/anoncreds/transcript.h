#ifndef ANONCREDS_TRANSCRIPT_H
#define ANONCREDS_TRANSCRIPT_H
#include "../bn/transcript.h"
#include "presentation.h"
/*
 * What is hashed to the challenge of a presentation, in the one order that prover
 * and verifier share: all T of all sub-proofs, all values of the c_list, nonce.
 * Per sub-proof: T1...T8, the T of the equality proof, six tau a predicate; and
 * E D A G W S U, A', T_0...T_3 and T_Delta a predicate.
 * Source: specification 3.3, row Challenge.
 */
struct ac_t {				/* the T of one sub-proof; borrowed */
	const struct accum_tau *rev;	/* NULL: no proof of non-revocation */
	const struct bn *eq;
};
void ac_transcript_t(struct transcript *h, const struct ac_t *t);
/* ac_transcript_tau(h, tau): of one predicate, after ac_transcript_t. */
void ac_transcript_tau(struct transcript *h, const struct bn tau[CL_GE_TAU]);
/* ac_transcript_c(l, rev, a_prime): appends the c_list values of a sub-proof; rev
 * NULL: none.  ac_transcript_c_ge: those of one predicate. */
void ac_transcript_c(struct ac_c_list *l, const struct accum_c_list *rev, const struct bn *a_prime);
void ac_transcript_c_ge(struct ac_c_list *l, const struct bn t[CL_GE_T]);
/* ac_transcript_end(h, l, nonce, c): the challenge; h is finished. */
void ac_transcript_end(struct transcript *h, const struct ac_c_list *l, const struct bn *nonce, struct bn *c);
#endif
