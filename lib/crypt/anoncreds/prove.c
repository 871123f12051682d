#include "prove.h"

#include <stdlib.h>

#include "../../base/cleanup.h"

void
ac_prove_release(struct ac_prove_run *r)
{
	cl_eq_run_release(&r->eq);
	for (size_t i = 0; i < r->n_ge; i++)
		cl_ge_run_release(&r->ge[i]);
	free(r->ge);
	r->ge = NULL;
	r->n_ge = 0;
	accum_run_wipe(&r->rev);
}

/* begin_preds: one run for each predicate. */
static int
begin_preds(struct ac_prove_run *run, const struct ac_prove_sub *sub,
    struct err *e)
{
	run->ge = ac_zeroed(sub->n_preds, sizeof(*run->ge));
	if (sub->n_preds > 0)
		cl_pub_combs(&sub->def->key);
	for (size_t i = 0; i < sub->n_preds; i++) {
		cl_ge_run_init(&run->ge[run->n_ge++]);
		if (cl_ge_begin(&run->ge[i], &sub->def->key, &run->eq,
		    &sub->preds[i], NULL, e) == -1)
			return -1;
	}
	return 0;
}

int
ac_prove_begin(struct ac_prove_run *run, const struct ac_prove_sub *sub,
    const struct bn *link, const struct bn *link_mask, struct err *e)
{
	CLEANUP(fr_wipe) struct fr m2_mask;

	*run = (struct ac_prove_run)AC_PROVE_RUN_INIT;
	if (cl_eq_begin(&run->eq, &sub->def->key, &sub->cred->sig,
	    &sub->cred->values.encoded, link, sub->revealed, sub->n_revealed,
	    link_mask, NULL, e) == -1 || begin_preds(run, sub, e) == -1)
		return -1;
	run->has_rev = sub->witness != NULL;
	accum_scalar(&m2_mask, &run->eq.masks.m2);
	if (run->has_rev)
		accum_proof_begin(&run->rev, &sub->def->rev, sub->accum,
		    &sub->cred->rev, sub->witness, &m2_mask, NULL);
	return 0;
}

void
ac_prove_challenge(const struct ac_prove_run *runs, size_t n,
    const struct bn *nonce, struct ac_c_list *list, struct bn *c)
{
	struct transcript h;

	transcript_init(&h);
	for (size_t i = 0; i < n; i++) {
		const struct ac_prove_run *r = &runs[i];

		ac_transcript_t(&h, &(struct ac_t){
		    .rev = r->has_rev ? &r->rev.tau : NULL, .eq = &r->eq.t });
		for (size_t k = 0; k < r->n_ge; k++)
			ac_transcript_tau(&h, r->ge[k].tau);
	}
	for (size_t i = 0; i < n; i++) {
		const struct ac_prove_run *r = &runs[i];

		ac_transcript_c(list, r->has_rev ? &r->rev.c : NULL,
		    &r->eq.a_prime);
		for (size_t k = 0; k < r->n_ge; k++)
			ac_transcript_c_ge(list, r->ge[k].t);
	}
	ac_transcript_end(&h, list, nonce, c);
}

int
ac_prove_end(struct ac_sub_proof *out, const struct ac_prove_run *run,
    const struct bn *c, struct err *e)
{
	struct fr challenge;

	ac_sub_proof_init(out);
	if (cl_eq_end(&out->eq, &run->eq, c, e) == -1)
		return -1;
	out->ge = ac_zeroed(run->n_ge, sizeof(*out->ge));
	for (; out->n_ge < run->n_ge; out->n_ge++) {
		cl_ge_proof_init(&out->ge[out->n_ge]);
		cl_ge_end(&out->ge[out->n_ge], &run->ge[out->n_ge], &out->eq, c);
	}
	out->has_rev = run->has_rev;
	accum_scalar(&challenge, c);
	if (run->has_rev)
		accum_proof_end(&out->rev, &run->rev, &challenge);
	return 0;
}
