#include <string.h>

#include "../../base/cleanup.h"
#include "check.h"
#include "transcript.h"

/* check_link: rule 7: all sub-proofs answer for one link secret. */
static int
check_link(struct ac_check *k)
{
	const struct bn *first = NULL;

	for (size_t i = 0; i < k->pres->n_proofs; i++) {
		const struct bn *m = cl_map_get(&k->pres->proofs[i].eq.m, CL_LINK);

		if (m == NULL || (first != NULL && !bn_eq(m, first)))
			return ac_refuse(k, "link_secret_differs",
			    "proofs[%zu]", i);
		first = m;
	}
	return 0;
}

int
ac_check_numbers(struct ac_check *k)
{
	for (size_t i = 0; i < k->pres->n_proofs; i++) {
		const struct ac_sub_proof *p = &k->pres->proofs[i];
		const struct cl_pub *key = &k->subs[i].def->key;
		enum cl_verdict v = cl_eq_check(&p->eq, key);

		if (v != CL_HOLDS)
			return ac_refuse(k, cl_verdict_word(v),
			    "proofs[%zu].primary_proof.eq_proof", i);
		for (size_t g = 0; g < p->n_ge; g++) {
			v = cl_ge_check(&p->ge[g], &p->eq, key);
			if (v != CL_HOLDS)
				return ac_refuse(k, cl_verdict_word(v),
				    "proofs[%zu].primary_proof.ge_proofs[%zu]",
				    i, g);
		}
	}
	return check_link(k);
}

/* same_lists: rule 3: the c_list sent is the one recomputed. */
static int
same_lists(struct ac_check *k, const struct ac_c_list *list)
{
	const struct ac_c_list *sent = &k->pres->c_list;

	if (sent->n != list->n)
		return ac_refuse(k, "c_list_differs", "c_list");
	for (size_t i = 0; i < list->n; i++)
		if (sent->at[i].n != list->at[i].n ||
		    memcmp(sent->at[i].p, list->at[i].p, list->at[i].n) != 0)
			return ac_refuse(k, "c_list_differs", "c_list[%zu]", i);
	return 0;
}

/* remake_list: the c_list that the sub-proofs make. */
static void
remake_list(const struct ac_check *k, struct ac_c_list *list)
{
	for (size_t i = 0; i < k->pres->n_proofs; i++) {
		const struct ac_sub_proof *p = &k->pres->proofs[i];

		ac_transcript_c(list, p->has_rev ? &p->rev.c : NULL,
		    &p->eq.a_prime);
		for (size_t g = 0; g < p->n_ge; g++)
			ac_transcript_c_ge(list, p->ge[g].t);
	}
}

/* rev_tau: T1...T8 of sub-proof i, in the form that its x_list has. */
static int
rev_tau(struct ac_check *k, size_t i, struct accum_tau *tau)
{
	const struct ac_sub_proof *p = &k->pres->proofs[i];
	const struct ac_check_sub *s = &k->subs[i];
	enum accum_verdict v;
	struct fr m2, c;

	accum_scalar(&c, &k->pres->c_hash);
	accum_scalar(&m2, &p->eq.m2);
	v = accum_proof_tau(tau, &p->rev, &s->def->rev, &s->reg->z,
	    &s->list->accum, p->rev_has_m2 ? &p->rev_m2 : &m2, &c,
	    p->rev_has_m2 ? ACCUM_FORM_LEGACY : ACCUM_FORM_SHARED);
	if (v != ACCUM_HOLDS)
		return ac_refuse(k, accum_verdict_word(v),
		    "proofs[%zu].non_revoc_proof", i);
	return 0;
}

/* hash_preds: the six tau of each predicate of sub-proof i. */
static int
hash_preds(struct ac_check *k, size_t i, struct transcript *h)
{
	const struct ac_sub_proof *p = &k->pres->proofs[i];
	struct cl_pub *key = &k->subs[i].def->key;
	struct bn tau[CL_GE_TAU];
	bool good = true;

	if (p->n_ge > 0)
		cl_pub_combs(key);
	for (size_t t = 0; t < CL_GE_TAU; t++)
		bn_init(&tau[t]);
	for (size_t g = 0; good && g < p->n_ge; g++) {
		good = cl_ge_tau(tau, &p->ge[g], key, &k->pres->c_hash);
		if (good)
			ac_transcript_tau(h, tau);
	}
	for (size_t t = 0; t < CL_GE_TAU; t++)
		bn_release(&tau[t]);
	return good ? 0 : ac_refuse(k, "predicate_not_computable",
	    "proofs[%zu].primary_proof.ge_proofs", i);
}

/* hash_sub: all T of sub-proof i. */
static int
hash_sub(struct ac_check *k, size_t i, struct transcript *h)
{
	const struct ac_sub_proof *p = &k->pres->proofs[i];
	CLEANUP(bn_release) struct bn eq = BN_INIT;
	struct accum_tau tau;

	if (p->has_rev && rev_tau(k, i, &tau) == -1)
		return -1;
	if (!cl_eq_t(&eq, &p->eq, &k->subs[i].def->key, &k->pres->c_hash))
		return ac_refuse(k, "equality_not_computable",
		    "proofs[%zu].primary_proof.eq_proof", i);
	ac_transcript_t(h, &(struct ac_t){ .rev = p->has_rev ? &tau : NULL,
	    .eq = &eq });
	return hash_preds(k, i, h);
}

int
ac_check_challenge(struct ac_check *k)
{
	CLEANUP(ac_c_list_release) struct ac_c_list list = { .at = NULL };
	CLEANUP(bn_release) struct bn c = BN_INIT;
	CLEANUP(transcript_release) struct transcript h;

	transcript_init(&h);
	remake_list(k, &list);
	if (same_lists(k, &list) == -1)
		return -1;
	for (size_t i = 0; i < k->pres->n_proofs; i++)
		if (hash_sub(k, i, &h) == -1)
			return -1;
	ac_transcript_end(&h, &list, &k->request->nonce, &c);
	if (!bn_eq(&c, &k->pres->c_hash))
		return ac_refuse(k, "challenge_differs", "c_hash");
	return 0;
}
