#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "attr.h"

static const struct ac_choice *
find_choice(const struct ac_choice *c, size_t n, const char *ref)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(c[i].ref, ref) == 0)
			return &c[i];
	return NULL;
}

static const struct ac_credential *
find_held(const struct ac_present *in, const char *id)
{
	for (size_t i = 0; i < in->n_held; i++)
		if (strcmp(in->held[i].id, id) == 0)
			return in->held[i].cred;
	return NULL;
}

/* set_state: the state of a timed sub-proof; where the registry is given, the
 * witness must fit. */
static int
set_state(struct ac_plan_sub *s, const struct ac_present *in, struct err *e)
{
	const struct ac_rev_reg *reg;

	if (!s->def->revocable || !s->cred->revocable)
		return err_set(e, ERR_NOT_REVOCABLE,
		    "the credential of timestamp %lld is not revocable",
		    (long long)s->timestamp);
	for (size_t i = 0; i < in->n_states; i++)
		if (in->states[i].state.timestamp == s->timestamp &&
		    strcmp(in->states[i].cred_id, s->cred_id) == 0)
			s->state = &in->states[i].state;
	if (s->state == NULL)
		return err_set(e, ERR_ITEM_NOT_FOUND,
		    "states: none of that credential and time");
	reg = ac_objects_rev_reg(in->objects, s->cred->rev_reg_id);
	if (reg != NULL && !accum_witness_holds(&s->cred->rev, &s->def->rev,
	    &reg->z, &s->state->accum, &s->state->witness))
		return err_set(e, ERR_REVOKED,
		    "the credential is not in that accumulator");
	s->proven.rev_reg_id = s->cred->rev_reg_id;
	return 0;
}

/* new_sub: the sub-proof of a credential at a time that had none yet. */
static int
new_sub(struct ac_plan *p, const struct ac_choice *c,
    const struct ac_present *in, struct err *e)
{
	struct ac_plan_sub *s = &p->subs[p->n];

	if (p->n == AC_CREDS_MAX)
		return err_set(e, ERR_PAST_LIMIT,
		    "selection: at most %d credentials", AC_CREDS_MAX);
	*s = (struct ac_plan_sub){ .cred_id = c->cred_id,
	    .timed = c->has_timestamp, .timestamp = c->timestamp,
	    .cred = find_held(in, c->cred_id) };
	if (s->cred == NULL)
		return err_set(e, ERR_ITEM_NOT_FOUND,
		    "selection: no such credential");
	s->def = ac_objects_cred_def(in->objects, s->cred->cred_def_id);
	if (s->def == NULL)
		return err_set(e, ERR_ITEM_NOT_FOUND,
		    "cred_defs: none of the credential");
	s->proven.def = s->def;
	s->proven.schema_id = s->cred->schema_id;
	s->proven.cred_def_id = s->cred->cred_def_id;
	s->proven.schema = ac_objects_schema(in->objects, s->cred->schema_id);
	s->preds = ac_zeroed(in->request->n_preds, sizeof(*s->preds));
	p->n++;
	return s->timed ? set_state(s, in, e) : 0;
}

/* sub_of: the sub-proof that answers a referent, made when it is the first. */
static int
sub_of(struct ac_plan *p, const struct ac_ask *a, const struct ac_choice *c,
    const struct ac_present *in, uint32_t *out, struct err *e)
{
	const struct ac_interval *when = ac_pres_request_interval(in->request, a);
	size_t i = 0;

	while (i < p->n && (strcmp(p->subs[i].cred_id, c->cred_id) != 0 ||
	    p->subs[i].timed != c->has_timestamp ||
	    (c->has_timestamp && p->subs[i].timestamp != c->timestamp)))
		i++;
	if (i == p->n && new_sub(p, c, in, e) == -1)
		return -1;
	if (when != NULL && p->subs[i].def->revocable && !c->has_timestamp)
		return ac_bad(e, c->ref, "a timestamp is required");
	if (when != NULL && c->has_timestamp && when->has_to &&
	    c->timestamp > when->to)
		return ac_bad(e, c->ref, "the timestamp is after the interval");
	*out = (uint32_t)i;
	return 0;
}

/* reveal: one value of an answer. */
static int
reveal(struct ac_plan_sub *s, const char *normal, const char *name,
    struct ac_shown_value *v, struct err *e)
{
	const struct ac_value *value = ac_values_find(&s->cred->values, normal);
	size_t i = 0;

	if (value == NULL)
		return ac_bad(e, name, "is no attribute of the credential");
	v->name = name;
	v->raw = value->raw;
	bn_set(&v->encoded, cl_map_get(&s->cred->values.encoded, normal));
	while (i < s->n_revealed && strcmp(s->revealed[i], normal) != 0)
		i++;
	if (i == s->n_revealed)
		s->revealed[s->n_revealed++] = normal;
	if (ac_attr_encodes(v->raw, &v->encoded))
		ac_proven_show(&s->proven, normal, v->raw);
	return 0;
}

static int
plan_shown(struct ac_plan *p, const struct ac_ask *a, uint32_t sub,
    struct err *e)
{
	struct ac_shown *s = &p->pres.shown[p->pres.n_shown++];

	*s = (struct ac_shown){ .ref = a->ref, .group = a->group, .sub = sub,
	    .at = ac_zeroed(a->n, sizeof(*s->at)) };
	for (; s->n < a->n; s->n++) {
		bn_init(&s->at[s->n].encoded);
		if (reveal(&p->subs[sub], a->normal[s->n], a->names[s->n],
		    &s->at[s->n], e) == -1)
			return -1;
	}
	return 0;
}

static int
plan_hidden(struct ac_plan *p, const struct ac_ask *a, uint32_t sub,
    struct err *e)
{
	for (size_t i = 0; i < a->n; i++)
		if (ac_values_find(&p->subs[sub].cred->values,
		    a->normal[i]) == NULL)
			return ac_bad(e, a->names[i],
			    "is no attribute of the credential");
	p->pres.hidden[p->pres.n_hidden++] = (struct ac_pointer){ a->ref, sub };
	return 0;
}

/* plan_self: rule 11, of the holder's own accord. */
static int
plan_self(struct ac_plan *p, const struct ac_ask *a,
    const struct ac_present *in, struct err *e)
{
	const char *value;

	if (ac_raw(in->self_attested, a->ref, &value, e) == -1)
		return ac_under(e, "self_attested");
	if (a->group || a->restriction != NULL || a->own.there)
		return err_set(e, ERR_RESTRICTION,
		    "self_attested: the request wants a credential for it");
	p->pres.selfs[p->pres.n_selfs++] = (struct ac_self){ a->ref, value };
	return 0;
}

static int
plan_attr(struct ac_plan *p, const struct ac_ask *a,
    const struct ac_present *in, struct err *e)
{
	const struct ac_choice *c = find_choice(in->selection->attrs,
	    in->selection->n_attrs, a->ref);
	struct json_object *self;
	bool selfs = in->self_attested != NULL &&
	    json_object_object_get_ex(in->self_attested, a->ref, &self);
	uint32_t sub;

	if (selfs == (c != NULL))
		return ac_bad(e, a->ref, "must be answered once");
	if (selfs)
		return plan_self(p, a, in, e);
	if (sub_of(p, a, c, in, &sub, e) == -1)
		return -1;
	return c->revealed ? plan_shown(p, a, sub, e) :
	    plan_hidden(p, a, sub, e);
}

static int
plan_pred(struct ac_plan *p, const struct ac_ask *a,
    const struct ac_present *in, struct err *e)
{
	const struct ac_choice *c = find_choice(in->selection->preds,
	    in->selection->n_preds, a->ref);
	struct ac_plan_sub *s;
	uint32_t sub;

	if (c == NULL)
		return ac_bad(e, a->ref, "must be answered");
	if (sub_of(p, a, c, in, &sub, e) == -1)
		return -1;
	p->pres.preds[p->pres.n_preds++] = (struct ac_pointer){ a->ref, sub };
	s = &p->subs[sub];
	for (size_t i = 0; i < s->n_preds; i++)
		if (s->preds[i].type == a->predicate.type &&
		    s->preds[i].value == a->predicate.value &&
		    strcmp(s->preds[i].attr, a->predicate.attr) == 0)
			return 0;
	s->preds[s->n_preds++] = a->predicate;
	return 0;
}

/* restricted: the restrictions of one kind of referents. */
static int
restricted(struct ac_plan *p, const struct ac_ask *asks, size_t n,
    const struct ac_pointer *at, size_t n_at, struct err *e)
{
	for (size_t i = 0; i < n_at; i++)
		for (size_t k = 0; k < n; k++)
			if (strcmp(asks[k].ref, at[i].ref) == 0 &&
			    !ac_proven_met(&p->subs[at[i].sub].proven,
			    asks[k].restriction))
				return err_set(e, ERR_RESTRICTION,
				    "a credential does not meet the "
				    "restrictions of its referent");
	return 0;
}

static int
restrictions(struct ac_plan *p, const struct ac_pres_request *r, struct err *e)
{
	for (size_t i = 0; i < p->pres.n_shown; i++) {
		struct ac_pointer at = { p->pres.shown[i].ref,
		    p->pres.shown[i].sub };

		if (restricted(p, r->attrs, r->n_attrs, &at, 1, e) == -1)
			return -1;
	}
	return restricted(p, r->attrs, r->n_attrs, p->pres.hidden,
	    p->pres.n_hidden, e) == -1 ||
	    restricted(p, r->preds, r->n_preds, p->pres.preds,
	    p->pres.n_preds, e) == -1 ? -1 : 0;
}

/* identify: the identifiers of all sub-proofs. */
static void
identify(struct ac_plan *p)
{
	p->pres.ids = ac_zeroed(p->n, sizeof(*p->pres.ids));
	for (size_t i = 0; i < p->n; i++) {
		const struct ac_plan_sub *s = &p->subs[i];

		p->pres.ids[p->pres.n_ids++] = (struct ac_identifier){
		    .schema_id = s->cred->schema_id,
		    .cred_def_id = s->cred->cred_def_id,
		    .rev_reg_id = s->cred->rev_reg_id,
		    .has_timestamp = s->timed, .timestamp = s->timestamp };
	}
}

/* known: the selection answers nothing that was not asked. */
static int
known(const struct ac_present *in, struct err *e)
{
	const struct ac_selection *s = in->selection;

	for (size_t i = 0; i < s->n_attrs; i++)
		if (ac_pres_request_attr(in->request, s->attrs[i].ref) == NULL)
			return ac_bad(e, s->attrs[i].ref, "was not asked for");
	for (size_t i = 0; i < s->n_preds; i++)
		if (ac_pres_request_pred(in->request, s->preds[i].ref) == NULL)
			return ac_bad(e, s->preds[i].ref, "was not asked for");
	if (in->self_attested == NULL)
		return 0;
	if (ac_members(in->self_attested, NULL, AC_REFS_MAX, e) == -1)
		return ac_under(e, "self_attested");
	json_object_object_foreach(in->self_attested, ref, v) {
		(void)v;
		if (ac_pres_request_attr(in->request, ref) == NULL)
			return ac_bad(e, ref, "was not asked for");
	}
	return 0;
}

static int
make(struct ac_plan *p, const struct ac_present *in, struct err *e)
{
	const struct ac_pres_request *r = in->request;

	if (known(in, e) == -1)
		return -1;
	p->subs = ac_zeroed(AC_CREDS_MAX, sizeof(*p->subs));
	p->pres.shown = ac_zeroed(r->n_attrs, sizeof(*p->pres.shown));
	p->pres.hidden = ac_zeroed(r->n_attrs, sizeof(*p->pres.hidden));
	p->pres.selfs = ac_zeroed(r->n_attrs, sizeof(*p->pres.selfs));
	p->pres.preds = ac_zeroed(r->n_preds, sizeof(*p->pres.preds));
	for (size_t i = 0; i < r->n_attrs; i++)
		if (plan_attr(p, &r->attrs[i], in, e) == -1)
			return -1;
	for (size_t i = 0; i < r->n_preds; i++)
		if (plan_pred(p, &r->preds[i], in, e) == -1)
			return -1;
	identify(p);
	return restrictions(p, r, e);
}

int
ac_plan_make(struct ac_plan *out, const struct ac_present *in, struct err *e)
{
	CLEANUP(ac_plan_release) struct ac_plan p = AC_PLAN_INIT;

	if (make(&p, in, e) == -1)
		return -1;
	*out = p;
	p = (struct ac_plan)AC_PLAN_INIT;
	return 0;
}

void
ac_plan_release(struct ac_plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		ac_proven_release(&p->subs[i].proven);
		free(p->subs[i].preds);
	}
	free(p->subs);
	ac_presentation_release(&p->pres);
	*p = (struct ac_plan)AC_PLAN_INIT;
}
