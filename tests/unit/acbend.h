#ifndef TEST_ACBEND_H
#define TEST_ACBEND_H
/*
 * Presentations that break one rule and no other: made by our prover's own steps,
 * each of which a case may bend.  What is hashed is what is sent, so nothing but
 * the rule in question can refuse them.
 */
#include "../../lib/crypt/anoncreds/plan.h"
#include "../../lib/crypt/anoncreds/prove.h"
#include "acworld.h"

/* What is asked, and with which credentials it is answered. */
/* A title, shown; the salary stays hidden. */
#define ASK_TITLE "\"requested_attributes\": {\"t\": {\"name\": \"title\"}}, " \
	"\"requested_predicates\": {}"
#define SEL_TITLE "{\"requested_attributes\": " \
	"{\"t\": {\"cred_id\": \"job\", \"revealed\": true}}}"
/* The same, and the salary below -2. */
#define ASK_POOR "\"requested_attributes\": {\"t\": {\"name\": \"title\"}}, " \
	"\"requested_predicates\": {\"p\": {\"name\": \"salary\", " \
	"\"p_type\": \"<\", \"p_value\": -2}}"
#define SEL_POOR "{\"requested_attributes\": " \
	"{\"t\": {\"cred_id\": \"job\", \"revealed\": true}}, " \
	"\"requested_predicates\": {\"p\": {\"cred_id\": \"job\"}}}"
/* The salary shown. */
#define ASK_SALARY "\"requested_attributes\": {\"s\": {\"name\": \"salary\"}}, " \
	"\"requested_predicates\": {}"
#define SEL_SALARY "{\"requested_attributes\": " \
	"{\"s\": {\"cred_id\": \"job\", \"revealed\": true}}}"
/* Somebody's height, of two who might be asked. */
#define ASK_HEIGHT "\"requested_attributes\": {\"h\": {\"name\": \"height\"}}, " \
	"\"requested_predicates\": {}"
#define SEL_HEIGHT "{\"requested_attributes\": " \
	"{\"h\": {\"cred_id\": \"person\", \"revealed\": true}}}"
/* Two credentials of one holder. */
#define ASK_TWO "\"requested_attributes\": {\"h\": {\"name\": \"height\"}, " \
	"\"t\": {\"name\": \"title\"}}, \"requested_predicates\": {}"
#define SEL_TWO "{\"requested_attributes\": " \
	"{\"h\": {\"cred_id\": \"person\", \"revealed\": true}, " \
	"\"t\": {\"cred_id\": \"job\", \"revealed\": true}}}"
/* A group; and what nobody vouches for. */
#define ASK_GROUP "\"requested_attributes\": {\"g\": {\"names\": " \
	"[\"height\", \"age\"]}, \"shoe\": {\"name\": \"shoe\"}}, " \
	"\"requested_predicates\": {}"
#define SEL_GROUP "{\"requested_attributes\": " \
	"{\"g\": {\"cred_id\": \"person\", \"revealed\": true}}}"
/* Nothing that a credential is needed for. */
#define ASK_SELF "\"requested_attributes\": {\"shoe\": {\"name\": \"shoe\"}}, " \
	"\"requested_predicates\": {}"
/* A salary that stays hidden, though asked for. */
#define ASK_HIDDEN ASK_SALARY
#define SEL_HIDDEN "{\"requested_attributes\": " \
	"{\"s\": {\"cred_id\": \"job\", \"revealed\": false}}}"
#define TITLE ASK_TITLE, SEL_TITLE
#define POOR ASK_POOR, SEL_POOR
#define HEIGHT ASK_HEIGHT, SEL_HEIGHT
#define GROUPED ASK_GROUP, SEL_GROUP

#define BENT_SUBS 2

struct bent {				/* a presentation in the making */
	struct world *w;
	struct ac_plan plan;
	struct ac_prove_run run[BENT_SUBS];
	struct ac_presentation *pres;	/* that of the plan */
	struct ac_case *c;		/* what the verifier gets */
};
typedef void (*bend_fn)(struct bent *b);
struct bend {
	const char *what;		/* the rule and how it is broken */
	const char *want;		/* the verifier's reason */
	const char *request, *selection;	/* members of both, by name below */
	bend_fn	plan;			/* before anything is proven */
	bend_fn	runs;			/* before the challenge */
	bend_fn	proofs;			/* after it; not encoded yet */
	bend_fn	json;			/* what is sent, and the verifier's own side */
};

AC_FN struct json_object *
bent_request(const char *members)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	buf_addf(&b, "{\"nonce\": \"987654321\", \"name\": \"r\", "
	    "\"version\": \"1\", %s}", members);
	return json_of(b.data);
}

AC_FN void
bent_prove(struct bent *b, const struct ac_present *in, const struct bend *d)
{
	CLEANUP(bn_release) struct bn mask = BN_INIT;
	struct ac_presentation *p = b->pres = &b->plan.pres;
	struct err e = ERR_INIT;

	must(ac_plan_make(&b->plan, in, &e), &e, d->what);
	if (d->plan != NULL)
		d->plan(b);
	cl_link_mask(&mask);
	for (size_t i = 0; i < b->plan.n; i++) {
		const struct ac_plan_sub *s = &b->plan.subs[i];

		must(ac_prove_begin(&b->run[i], &(struct ac_prove_sub){
		    .def = s->def, .cred = s->cred, .revealed = s->revealed,
		    .n_revealed = s->n_revealed, .preds = s->preds,
		    .n_preds = s->n_preds,
		    .accum = s->timed ? &s->state->accum : NULL,
		    .witness = s->timed ? &s->state->witness : NULL },
		    in->link, &mask, &e), &e, d->what);
	}
	if (d->runs != NULL)
		d->runs(b);
	ac_prove_challenge(b->run, b->plan.n, &in->request->nonce, &p->c_list,
	    &p->c_hash);
	p->proofs = ac_zeroed(b->plan.n, sizeof(*p->proofs));
	for (; p->n_proofs < b->plan.n; p->n_proofs++)
		must(ac_prove_end(&p->proofs[p->n_proofs],
		    &b->run[p->n_proofs], &p->c_hash, &e), &e, d->what);
	if (d->proofs != NULL)
		d->proofs(b);
}

/* bent_verdict(w, d): the reason with which the bent presentation is refused. */
AC_FN const char *
bent_verdict(struct world *w, const struct bend *d)
{
	CLEANUP(case_release) struct ac_case c = { .opts.check_encoding = true };
	CLEANUP(json_put) struct json_object *selection = json_of(d->selection);
	CLEANUP(json_put) struct json_object *selfs = json_of("{\"shoe\": \"44\"}");
	CLEANUP(showing_release) struct showing s;
	struct bent b = { .w = w, .plan = AC_PLAN_INIT, .c = &c };
	const char *verdict;

	for (int i = 0; i < BENT_SUBS; i++)
		b.run[i] = (struct ac_prove_run)AC_PROVE_RUN_INIT;
	c.request = bent_request(d->request);
	showing_init(&s, w, c.request, selection);
	if (ac_pres_request_attr(&s.request, "shoe") != NULL)
		s.in.self_attested = selfs;
	bent_prove(&b, &s.in, d);
	c.args = json_object_get(s.args);
	c.pres = ac_presentation_encode(b.pres);
	if (d->json != NULL)
		d->json(&b);
	verdict = verdict_of(&c);
	for (int i = 0; i < BENT_SUBS; i++)
		ac_prove_release(&b.run[i]);
	ac_plan_release(&b.plan);
	return verdict;
}

/* drop(m, name): m without that name. */
AC_FN void
drop(struct cl_map *m, const char *name)
{
	struct cl_map without = CL_MAP_INIT;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->at[i].name, name) != 0)
			must(cl_map_add(&without, m->at[i].name, &m->at[i].num,
			    &e), &e, name);
	cl_map_release(m);
	*m = without;
}

/* factor(t, key, base, exp): t = t * base^exp: public numbers of any length. */
AC_FN void
factor(struct bn *t, const struct cl_pub *key, const struct bn *base,
    const struct bn *exp)
{
	CLEANUP(bn_release) struct bn p = BN_INIT;
	struct mont_term term = { .base = base, .exp = exp };

	if (!mont_product(&p, key->mont, &term, 1))
		vec_die("a power");
	bn_mulmod(t, t, &p, &key->n);
}

/* shift(run, key, base, mask, by): a mask of the equality proof becomes longer by
 * `by`, and T is what it would have been. */
AC_FN void
shift(struct ac_prove_run *run, const struct cl_pub *key, const struct bn *base,
    struct bn *mask, const struct bn *by)
{
	factor(&run->eq.t, key, base, by);
	bn_add(mask, mask, by);
}

/* shift_m(run, key, name, by): the mask of a hidden attribute; by NULL: to zero. */
AC_FN void
shift_m(struct ac_prove_run *run, const struct cl_pub *key, const char *name,
    const struct bn *by)
{
	CLEANUP(bn_release) struct bn away = BN_INIT;
	struct bn *mask = cl_map_slot(&run->eq.masks.m, name);

	bn_neg(&away, mask);
	shift(run, key, cl_map_get(&key->r, name), mask, by != NULL ? by : &away);
}
#endif
