#include "present.h"

#include <stdlib.h>

#include "../../base/cleanup.h"
#include "plan.h"
#include "prove.h"

/* begin: all runs, with one mask for the link secret. */
static int
begin(struct ac_prove_run *runs, const struct ac_plan *plan,
    const struct bn *link, struct err *e)
{
	CLEANUP(bn_release) struct bn mask = BN_INIT;

	cl_link_mask(&mask);
	for (size_t i = 0; i < plan->n; i++) {
		const struct ac_plan_sub *s = &plan->subs[i];

		if (ac_prove_begin(&runs[i], &(struct ac_prove_sub){
		    .def = s->def, .cred = s->cred,
		    .revealed = s->revealed, .n_revealed = s->n_revealed,
		    .preds = s->preds, .n_preds = s->n_preds,
		    .accum = s->timed ? &s->state->accum : NULL,
		    .witness = s->timed ? &s->state->witness : NULL,
		    }, link, &mask, e) == -1)
			return -1;
	}
	return 0;
}

/* end: the responses, into the presentation. */
static int
end(struct ac_presentation *p, const struct ac_prove_run *runs, size_t n,
    const struct bn *nonce, struct err *e)
{
	ac_prove_challenge(runs, n, nonce, &p->c_list, &p->c_hash);
	p->proofs = ac_zeroed(n, sizeof(*p->proofs));
	for (size_t i = 0; i < n; i++) {
		p->n_proofs++;
		if (ac_prove_end(&p->proofs[i], &runs[i], &p->c_hash, e) == -1)
			return -1;
	}
	return 0;
}

int
ac_present(struct json_object **out, const struct ac_present *in,
    struct err *e)
{
	CLEANUP(ac_plan_release) struct ac_plan plan = AC_PLAN_INIT;
	struct ac_prove_run *runs;
	int rc;

	if (ac_plan_make(&plan, in, e) == -1)
		return -1;
	runs = ac_zeroed(plan.n, sizeof(*runs));
	for (size_t i = 0; i < plan.n; i++)
		runs[i] = (struct ac_prove_run)AC_PROVE_RUN_INIT;
	rc = begin(runs, &plan, in->link, e);
	if (rc == 0)
		rc = end(&plan.pres, runs, plan.n, &in->request->nonce, e);
	for (size_t i = 0; i < plan.n; i++)
		ac_prove_release(&runs[i]);
	free(runs);
	if (rc == 0)
		*out = ac_presentation_encode(&plan.pres);
	return rc;
}
