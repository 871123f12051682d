#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "check.h"

int
ac_check_identifiers(struct ac_check *k)
{
	const struct ac_presentation *p = k->pres;

	if (p->n_ids != p->n_proofs)
		return ac_refuse(k, "identifiers_differ", "identifiers");
	for (size_t i = 0; i < p->n_proofs; i++) {
		struct ac_check_sub *s = &k->subs[i];

		s->def = ac_objects_cred_def(k->objects, p->ids[i].cred_def_id);
		if (s->def == NULL)
			return ac_refuse(k, "definition_unknown",
			    "identifiers[%zu].cred_def_id", i);
		s->proven.def = s->def;
		s->proven.cred_def_id = p->ids[i].cred_def_id;
		s->proven.schema_id = p->ids[i].schema_id;
		s->proven.schema = ac_objects_schema(k->objects,
		    p->ids[i].schema_id);
		if (!ac_proven_schema_fits(&s->proven))
			return ac_refuse(k, "schema_differs",
			    "identifiers[%zu].schema_id", i);
	}
	return 0;
}

/* point: a referent names a sub-proof. */
static int
point(struct ac_check *k, const char *ref, uint32_t sub)
{
	if (sub >= k->pres->n_proofs)
		return ac_refuse(k, "sub_proof_unknown", "%s", ref);
	k->subs[sub].wanted = true;
	return 0;
}

/* group_whole: a group has just the names asked for, of one sub-proof. */
static int
group_whole(struct ac_check *k, const struct ac_ask *a, const struct ac_shown *s)
{
	for (size_t j = 0; j < a->n; j++) {
		size_t found = 0;

		for (size_t i = 0; i < s->n; i++)
			found += ac_attr_is(s->at[i].name, a->normal[j]);
		if (found != 1)
			return ac_refuse(k, "group_differs", "%s", s->ref);
	}
	if (s->n != a->n)
		return ac_refuse(k, "group_differs", "%s", s->ref);
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].has_sub && s->at[i].sub != s->sub)
			return ac_refuse(k, "group_split", "%s", s->ref);
	return 0;
}

static int
check_shown(struct ac_check *k, const struct ac_shown *s)
{
	const struct ac_ask *a = ac_pres_request_attr(k->request, s->ref);

	if (a == NULL)
		return ac_refuse(k, "referent_not_asked", "%s", s->ref);
	if (s->group != a->group)
		return ac_refuse(k, "group_differs", "%s", s->ref);
	if (point(k, s->ref, s->sub) == -1)
		return -1;
	return s->group ? group_whole(k, a, s) : 0;
}

/* check_hidden: an attribute asked for and not shown is one of the credential. */
static int
check_hidden(struct ac_check *k, const struct ac_pointer *h)
{
	const struct ac_ask *a = ac_pres_request_attr(k->request, h->ref);

	if (a == NULL)
		return ac_refuse(k, "referent_not_asked", "%s", h->ref);
	if (point(k, h->ref, h->sub) == -1)
		return -1;
	for (size_t i = 0; i < a->n; i++)
		if (cl_map_get(&k->subs[h->sub].def->key.r, a->normal[i]) == NULL)
			return ac_refuse(k, "attribute_unknown", "%s", h->ref);
	return 0;
}

/* check_self: rule 11: nobody vouches for it, so nothing may be asked of it. */
static int
check_self(struct ac_check *k, const struct ac_self *s)
{
	const struct ac_ask *a = ac_pres_request_attr(k->request, s->ref);

	if (a == NULL)
		return ac_refuse(k, "referent_not_asked", "%s", s->ref);
	if (a->group || a->restriction != NULL || a->own.there)
		return ac_refuse(k, "self_attested", "%s", s->ref);
	return 0;
}

static int
check_pred(struct ac_check *k, const struct ac_pointer *p)
{
	const struct ac_ask *a = ac_pres_request_pred(k->request, p->ref);
	struct ac_check_sub *s;

	if (a == NULL)
		return ac_refuse(k, "referent_not_asked", "%s", p->ref);
	if (point(k, p->ref, p->sub) == -1)
		return -1;
	s = &k->subs[p->sub];
	s->preds[s->n_preds++] = &a->predicate;
	return 0;
}

/* answers: how often the presentation answers a referent for an attribute. */
static size_t
answers(const struct ac_presentation *p, const char *ref)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_shown; i++)
		n += strcmp(p->shown[i].ref, ref) == 0;
	for (size_t i = 0; i < p->n_hidden; i++)
		n += strcmp(p->hidden[i].ref, ref) == 0;
	for (size_t i = 0; i < p->n_selfs; i++)
		n += strcmp(p->selfs[i].ref, ref) == 0;
	return n;
}

/* all_answered: each referent of the request once. */
static int
all_answered(struct ac_check *k)
{
	const struct ac_pres_request *r = k->request;

	for (size_t i = 0; i < r->n_attrs; i++) {
		size_t n = answers(k->pres, r->attrs[i].ref);

		if (n != 1)
			return ac_refuse(k, n == 0 ? "referent_missing" :
			    "referent_twice", "%s", r->attrs[i].ref);
	}
	/* Its referents are distinct and were all asked for: as many is all. */
	if (k->pres->n_preds != r->n_preds)
		return ac_refuse(k, "referent_missing", "predicates");
	return 0;
}

int
ac_check_referents(struct ac_check *k)
{
	const struct ac_presentation *p = k->pres;

	for (size_t i = 0; i < p->n_shown; i++)
		if (check_shown(k, &p->shown[i]) == -1)
			return -1;
	for (size_t i = 0; i < p->n_hidden; i++)
		if (check_hidden(k, &p->hidden[i]) == -1)
			return -1;
	for (size_t i = 0; i < p->n_selfs; i++)
		if (check_self(k, &p->selfs[i]) == -1)
			return -1;
	for (size_t i = 0; i < p->n_preds; i++)
		if (check_pred(k, &p->preds[i]) == -1)
			return -1;
	return all_answered(k);
}

/*
 * show: one value of a referent: the number is the revealed one, raw encodes to
 * it.  The name is the request's.
 */
static int
show(struct ac_check *k, const struct ac_shown *s, const char *normal,
    const struct ac_shown_value *v)
{
	struct ac_check_sub *sub = &k->subs[s->sub];
	const struct bn *proven =
	    cl_map_get(&k->pres->proofs[s->sub].eq.revealed, normal);
	bool well = ac_attr_encodes(v->raw, &v->encoded);

	if (proven == NULL)
		return ac_refuse(k, "attribute_not_revealed", "%s", s->ref);
	if (!bn_eq(proven, &v->encoded))
		return ac_refuse(k, "revealed_differs", "%s", s->ref);
	if (k->opts->check_encoding && !well)
		return ac_refuse(k, "raw_differs", "%s", s->ref);
	if (well)
		ac_proven_show(&sub->proven, normal, v->raw);
	if (cl_map_get(&sub->shown, normal) == NULL &&
	    cl_map_add(&sub->shown, normal, proven, NULL) == -1)
		return ac_refuse(k, "attribute_unknown", "%s", s->ref);
	return 0;
}

/* show_all: the values of one referent under the names of the request. */
static int
show_all(struct ac_check *k, const struct ac_shown *s)
{
	const struct ac_ask *a = ac_pres_request_attr(k->request, s->ref);

	for (size_t i = 0; i < s->n; i++) {
		size_t j = 0;

		while (s->group && !ac_attr_is(s->at[i].name, a->normal[j]))
			j++;
		if (show(k, s, a->normal[j], &s->at[i]) == -1)
			return -1;
	}
	return 0;
}

static bool
same(const struct cl_predicate *a, const struct cl_predicate *b)
{
	return a->type == b->type && a->value == b->value &&
	    strcmp(a->attr, b->attr) == 0;
}

/*
 * check_preds: the predicates of a sub-proof are those of the referents that
 * point to it; two referents may ask for the same.
 */
static int
check_preds(struct ac_check *k, size_t i)
{
	const struct ac_sub_proof *p = &k->pres->proofs[i];
	const struct ac_check_sub *s = &k->subs[i];

	for (size_t g = 0; g < p->n_ge; g++) {
		size_t j = 0;

		while (j < s->n_preds && !same(s->preds[j], &p->ge[g].predicate))
			j++;
		if (j == s->n_preds)
			return ac_refuse(k, "predicate_not_asked",
			    "proofs[%zu].ge_proofs[%zu]", i, g);
		for (j = 0; j < g; j++)
			if (same(&p->ge[j].predicate, &p->ge[g].predicate))
				return ac_refuse(k, "predicate_twice",
				    "proofs[%zu].ge_proofs[%zu]", i, g);
	}
	for (size_t j = 0; j < s->n_preds; j++) {
		size_t g = 0;

		while (g < p->n_ge && !same(s->preds[j], &p->ge[g].predicate))
			g++;
		if (g == p->n_ge)
			return ac_refuse(k, "predicate_missing",
			    "proofs[%zu]: %s", i, s->preds[j]->attr);
	}
	return 0;
}

int
ac_check_asked(struct ac_check *k)
{
	const struct ac_presentation *p = k->pres;

	for (size_t i = 0; i < p->n_shown; i++)
		if (show_all(k, &p->shown[i]) == -1)
			return -1;
	for (size_t i = 0; i < p->n_proofs; i++) {
		const struct cl_map *revealed = &p->proofs[i].eq.revealed;

		if (!k->subs[i].wanted)
			return ac_refuse(k, "sub_proof_not_asked",
			    "proofs[%zu]", i);
		for (size_t j = 0; j < revealed->n; j++)
			if (cl_map_get(&k->subs[i].shown,
			    revealed->at[j].name) == NULL)
				return ac_refuse(k, "attribute_not_asked",
				    "proofs[%zu]: %.64s", i,
				    revealed->at[j].name);
		if (check_preds(k, i) == -1)
			return -1;
	}
	return 0;
}

/* meets: rule 11 for the referent a, which sub-proof sub answers. */
static int
meets(struct ac_check *k, const struct ac_ask *a, uint32_t sub)
{
	if (!ac_proven_met(&k->subs[sub].proven, a->restriction))
		return ac_refuse(k, "restriction_unmet", "%s", a->ref);
	return 0;
}

int
ac_check_restrictions(struct ac_check *k)
{
	const struct ac_pres_request *r = k->request;
	const struct ac_presentation *p = k->pres;

	for (size_t i = 0; i < p->n_shown; i++)
		if (meets(k, ac_pres_request_attr(r, p->shown[i].ref),
		    p->shown[i].sub) == -1)
			return -1;
	for (size_t i = 0; i < p->n_hidden; i++)
		if (meets(k, ac_pres_request_attr(r, p->hidden[i].ref),
		    p->hidden[i].sub) == -1)
			return -1;
	for (size_t i = 0; i < p->n_preds; i++)
		if (meets(k, ac_pres_request_pred(r, p->preds[i].ref),
		    p->preds[i].sub) == -1)
			return -1;
	return 0;
}
