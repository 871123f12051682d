#include <string.h>

#include "check.h"

/*
 * in_interval: whether a list of that time answers an interval: not after its
 * end; not before its begin either, but for the newest list there was then.
 */
static bool
in_interval(const struct ac_check *k, const struct ac_rev_list *l,
    const struct ac_interval *i)
{
	if (i->has_to && l->timestamp > i->to)
		return false;
	return !i->has_from || l->timestamp >= i->from ||
	    ac_objects_newest(k->objects, l->rev_reg_id, i->from) == l;
}

/* time_ref: what the interval of one referent asks of the sub-proof. */
static int
time_ref(struct ac_check *k, const struct ac_ask *a, uint32_t sub)
{
	const struct ac_interval *i = ac_pres_request_interval(k->request, a);
	struct ac_check_sub *s = &k->subs[sub];

	if (i == NULL || !s->def->revocable)
		return 0;
	if (s->list == NULL)
		return ac_refuse(k, "non_revocation_missing", "%s", a->ref);
	if (!in_interval(k, s->list, i))
		return ac_refuse(k, "list_outside_interval", "%s", a->ref);
	return 0;
}

/* find_list: the registry and the list that a sub-proof is about. */
static int
find_list(struct ac_check *k, size_t i)
{
	const struct ac_identifier *id = &k->pres->ids[i];
	struct ac_check_sub *s = &k->subs[i];

	if (!s->def->revocable)
		return ac_refuse(k, "definition_not_revocable",
		    "proofs[%zu].non_revoc_proof", i);
	if (id->rev_reg_id == NULL || !id->has_timestamp)
		return ac_refuse(k, "list_not_named", "identifiers[%zu]", i);
	s->reg = ac_objects_rev_reg(k->objects, id->rev_reg_id);
	if (s->reg == NULL)
		return ac_refuse(k, "registry_unknown",
		    "identifiers[%zu].rev_reg_id", i);
	if (strcmp(s->reg->cred_def_id, id->cred_def_id) != 0)
		return ac_refuse(k, "registry_differs",
		    "identifiers[%zu].rev_reg_id", i);
	s->list = ac_objects_list(k->objects, id->rev_reg_id, id->timestamp);
	if (s->list == NULL)
		return ac_refuse(k, "list_unknown",
		    "identifiers[%zu].timestamp", i);
	s->proven.rev_reg_id = id->rev_reg_id;
	return 0;
}

/* check_sub: whether there is a proof or not, what is said of it is true. */
static int
check_sub(struct ac_check *k, size_t i)
{
	const struct ac_sub_proof *p = &k->pres->proofs[i];

	if (!p->has_rev) {
		if (k->pres->ids[i].has_timestamp)
			return ac_refuse(k, "timestamp_unproven",
			    "identifiers[%zu].timestamp", i);
		return 0;
	}
	if (p->rev_has_m2 && !k->opts->legacy_revocation)
		return ac_refuse(k, "legacy_revocation",
		    "proofs[%zu].non_revoc_proof.x_list.m2", i);
	return find_list(k, i);
}

int
ac_check_revocation(struct ac_check *k)
{
	const struct ac_pres_request *r = k->request;
	const struct ac_presentation *p = k->pres;

	for (size_t i = 0; i < p->n_proofs; i++)
		if (check_sub(k, i) == -1)
			return -1;
	for (size_t i = 0; i < p->n_shown; i++)
		if (time_ref(k, ac_pres_request_attr(r, p->shown[i].ref),
		    p->shown[i].sub) == -1)
			return -1;
	for (size_t i = 0; i < p->n_hidden; i++)
		if (time_ref(k, ac_pres_request_attr(r, p->hidden[i].ref),
		    p->hidden[i].sub) == -1)
			return -1;
	for (size_t i = 0; i < p->n_preds; i++)
		if (time_ref(k, ac_pres_request_pred(r, p->preds[i].ref),
		    p->preds[i].sub) == -1)
			return -1;
	return 0;
}
