/*
 * Each rule of a verifier (specification, section 4) broken alone, in a
 * presentation whose transcript is right: rules 1 to 7.  Rule 8 is in
 * t_ac_revocation.c, 9 to 11 are in t_ac_shown.c, 12 and 13 in t_ac_issuance.c.
 */
#include "acbend.h"

static const struct cl_pub *
key(const struct bent *b, int sub)
{
	return &b->plan.subs[sub].def->key;
}

/* ---- rule 1: lengths ---------------------------------------------------- */

static void
long_e(struct bent *b)
{
	CLEANUP(bn_release) struct bn by = BN_INIT;

	bn_bit(&by, 458);
	shift(&b->run[0], key(b, 0), &b->run[0].eq.a_prime,
	    &b->run[0].eq.masks.e, &by);
}

static void
long_m(struct bent *b)
{
	CLEANUP(bn_release) struct bn by = BN_INIT;

	bn_bit(&by, 595);
	shift_m(&b->run[0], key(b, 0), "salary", &by);
}

static void
long_v(struct bent *b)
{
	CLEANUP(bn_release) struct bn by = BN_INIT;

	bn_bit(&by, 4097);
	shift(&b->run[0], key(b, 0), &key(b, 0)->s, &b->run[0].eq.masks.v, &by);
}

static void
long_m2(struct bent *b)
{
	CLEANUP(bn_release) struct bn by = BN_INIT;

	bn_bit(&by, 4097);
	shift(&b->run[0], key(b, 0), &key(b, 0)->rctxt, &b->run[0].eq.masks.m2,
	    &by);
}

static void
long_u(struct bent *b)
{
	CLEANUP(bn_release) struct bn by = BN_INIT;
	struct cl_ge_run *g = &b->run[0].ge[0];

	bn_bit(&by, 4097);
	bn_add(&g->masks.u_mask[0], &g->masks.u_mask[0], &by);
	factor(&g->tau[0], key(b, 0), &key(b, 0)->z, &by);
	factor(&g->tau[CL_GE_TAU - 1], key(b, 0), &g->t[0], &by);
}

static void
long_alpha(struct bent *b)
{
	CLEANUP(bn_release) struct bn by = BN_INIT;
	struct cl_ge_run *g = &b->run[0].ge[0];

	bn_bit(&by, 4097);
	bn_add(&g->masks.alpha_mask, &g->masks.alpha_mask, &by);
	factor(&g->tau[CL_GE_TAU - 1], key(b, 0), &key(b, 0)->s, &by);
}

static void
long_text(struct bent *b)
{
	char digits[AC_DEC_MAX + 2];

	memset(digits, '9', sizeof(digits) - 1);
	digits[sizeof(digits) - 1] = '\0';
	put(b->c->pres, "proof.proofs.0.primary_proof.eq_proof.v",
	    json_object_new_string(digits));
}

static void
many_bits(struct bent *b)
{
	char digits[AC_DEC_MAX];

	memset(digits, '9', sizeof(digits) - 1);
	digits[sizeof(digits) - 1] = '\0';
	put(b->c->pres, "proof.aggregated_proof.c_hash",
	    json_object_new_string(digits));
}

/* ---- rule 2: elements --------------------------------------------------- */

static void
a_prime_plus_n(struct bent *b)
{
	struct bn *a = &b->run[0].eq.a_prime;

	bn_add(a, a, &key(b, 0)->n);
}

static void
t0_plus_n(struct bent *b)
{
	struct bn *t = &b->run[0].ge[0].t[0];

	bn_add(t, t, &key(b, 0)->n);
}

static void
delta_plus_n(struct bent *b)
{
	struct bn *t = &b->run[0].ge[0].t[CL_GE_T - 1];

	bn_add(t, t, &key(b, 0)->n);
}

static void
a_prime_negative(struct bent *b)
{
	struct bn *a = &b->run[0].eq.a_prime;

	bn_sub(a, a, &key(b, 0)->n);
}

/* ---- rule 3: the c_list and the challenge ------------------------------- */

static void
list_longer(struct bent *b)
{
	ac_c_list_add(&b->pres->c_list, "\1", 1);
}

static void
list_shorter(struct bent *b)
{
	struct ac_c_list *l = &b->pres->c_list;

	free(l->at[--l->n].p);
}

static void
list_other(struct bent *b)
{
	b->pres->c_list.at[0].p[7] ^= 1;
}

static void
list_padded(struct bent *b)
{
	struct ac_c_list fresh = { .at = NULL };
	uint8_t padded[AC_C_BYTES_MAX] = { 0 };

	for (size_t i = 0; i < b->pres->c_list.n; i++) {
		const struct ac_bytes *at = &b->pres->c_list.at[i];

		memcpy(padded + 1, at->p, at->n);
		ac_c_list_add(&fresh, padded, at->n + 1);
	}
	ac_c_list_release(&b->pres->c_list);
	b->pres->c_list = fresh;
}

static void
other_challenge(struct bent *b)
{
	CLEANUP(bn_release) struct bn one = BN_INIT;

	bn_set_i64(&one, 1);
	bn_add(&b->pres->c_hash, &b->pres->c_hash, &one);
}

static void
other_response(struct bent *b)
{
	CLEANUP(bn_release) struct bn one = BN_INIT;
	struct bn *m = cl_map_slot(&b->pres->proofs[0].eq.m, "salary");

	bn_set_i64(&one, 1);
	bn_add(m, m, &one);
}

/* ---- rule 4: what was asked --------------------------------------------- */

static void
show_more(struct bent *b)
{
	struct ac_plan_sub *s = &b->plan.subs[0];

	s->revealed[s->n_revealed++] = "salary";
}

static void
show_less(struct bent *b)
{
	b->plan.subs[0].n_revealed = 0;
}

static void
prove_other_value(struct bent *b)
{
	b->plan.subs[0].preds[0].value = 0;
}

static void
prove_other_type(struct bent *b)
{
	b->plan.subs[0].preds[0].type = CL_LE;
}

static void
prove_nothing(struct bent *b)
{
	b->plan.subs[0].n_preds = 0;
}

/* more_preds: room for a second predicate, like the first. */
static struct cl_predicate *
more_preds(struct bent *b)
{
	struct ac_plan_sub *s = &b->plan.subs[0];
	struct cl_predicate *p = ac_zeroed(2, sizeof(*p));

	p[0] = p[1] = s->preds[0];
	free(s->preds);
	s->preds = p;
	s->n_preds = 2;
	return &p[1];
}

static void
prove_twice(struct bent *b)
{
	more_preds(b);
}

static void
prove_more(struct bent *b)
{
	more_preds(b)->value = 5;
}

/* claim_other: the proof is of another predicate, its text says the one asked. */
static void
claim_other(struct bent *b)
{
	b->pres->proofs[0].ge[0].predicate.value = -2;
}

/* stranger: one more sub-proof, of a credential that nobody asked for. */
static void
stranger(struct bent *b)
{
	struct ac_plan_sub *s = &b->plan.subs[1];

	*s = b->plan.subs[0];
	s->proven = (struct ac_proven){ .def = s->def };
	s->n_revealed = 0;
	s->preds = NULL;
	s->n_preds = 0;
	b->plan.n = 2;
	free(b->pres->ids);
	b->pres->ids = ac_zeroed(2, sizeof(*b->pres->ids));
	b->pres->n_ids = 2;
	for (int i = 0; i < 2; i++)
		b->pres->ids[i] = (struct ac_identifier){
		    .schema_id = s->cred->schema_id,
		    .cred_def_id = s->cred->cred_def_id };
}

static void
no_identifier(struct bent *b)
{
	b->pres->n_ids = 0;
}

static void
other_definition(struct bent *b)
{
	b->pres->ids[0].cred_def_id = "another";
}

static void
other_schema(struct bent *b)
{
	b->pres->ids[0].schema_id = W_GVT;
}

static void
no_answer(struct bent *b)
{
	put(b->c->pres, "requested_proof.revealed_attrs",
	    json_of("{}"));
	put(b->c->request, "requested_attributes.u",
	    json_of("{\"name\": \"salary\"}"));
	put(b->c->pres, "requested_proof.unrevealed_attrs.u",
	    json_of("{\"sub_proof_index\": 0}"));
}

static void
two_answers(struct bent *b)
{
	put(b->c->pres, "requested_proof.self_attested_attrs.t",
	    json_of("\"cook\""));
}

static void
unasked_attr(struct bent *b)
{
	put(b->c->pres, "requested_proof.self_attested_attrs.x",
	    json_of("\"y\""));
}

static void
unasked_hidden(struct bent *b)
{
	put(b->c->pres, "requested_proof.unrevealed_attrs.x",
	    json_of("{\"sub_proof_index\": 0}"));
}

static void
unasked_shown(struct bent *b)
{
	put(b->c->pres, "requested_proof.revealed_attrs.x",
	    copy_of(vec_at(b->c->pres, "requested_proof.revealed_attrs.t")));
}

static void
unasked_pred(struct bent *b)
{
	put(b->c->pres, "requested_proof.predicates.x",
	    json_of("{\"sub_proof_index\": 0}"));
}

static void
no_pred(struct bent *b)
{
	put(b->c->pres, "requested_proof.predicates", json_of("{}"));
}

static void
beyond(struct bent *b)
{
	put(b->c->pres, "requested_proof.revealed_attrs.t.sub_proof_index",
	    json_of("1"));
}

static void
not_of_it(struct bent *b)
{
	put(b->c->request, "requested_attributes.s.name", json_of("\"age\""));
}

static void
ask_more(struct bent *b)
{
	put(b->c->request, "requested_attributes.more",
	    json_of("{\"name\": \"salary\"}"));
}

static void
ask_more_value(struct bent *b)
{
	put(b->c->request, "requested_predicates.p.p_value", json_of("-3"));
}

/* ---- rule 5: names ------------------------------------------------------ */

static void
zero_mask(struct bent *b)
{
	shift_m(&b->run[0], key(b, 0), "zero", NULL);
}

static void
drop_zero(struct bent *b)
{
	drop(&b->pres->proofs[0].eq.m, "zero");
}

/* add_zero: one more hidden name, whose response is 0. */
static void
add_zero(struct bent *b, const char *name)
{
	struct err e = ERR_INIT;

	must(cl_map_add(&b->pres->proofs[0].eq.m, name, NULL, &e), &e, name);
}

static void
hide_height_too(struct bent *b)
{
	add_zero(b, "height");
}

static void
hide_stranger(struct bent *b)
{
	add_zero(b, "shoe");
}

static void
hide_stranger_for_zero(struct bent *b)
{
	drop_zero(b);
	add_zero(b, "shoe");
}

static void
zero_link_mask(struct bent *b)
{
	shift_m(&b->run[0], key(b, 0), CL_LINK, NULL);
}

static void
show_link(struct bent *b)
{
	struct cl_eq_proof *p = &b->pres->proofs[0].eq;
	struct err e = ERR_INIT;

	drop(&p->m, CL_LINK);
	must(cl_map_add(&p->revealed, CL_LINK, &b->w->link, &e), &e, "link");
}

/* ---- rule 6: predicates ------------------------------------------------- */

/* lie: the predicate is proven of another number than the attribute. */
static struct cl_eq_run lie = CL_EQ_RUN_INIT;

static void
begin_lie(struct bent *b, const struct cl_predicate *predicate, int64_t value)
{
	CLEANUP(bn_release) struct bn num = BN_INIT, mask = BN_INIT;
	struct ac_prove_run *r = &b->run[0];
	struct err e = ERR_INIT;

	cl_eq_run_release(&lie);
	bn_set_i64(&num, value);
	bn_random(&mask, CL_M_MASK);
	must(cl_map_add(&lie.hidden, predicate->attr, &num, &e), &e, "lie");
	must(cl_map_add(&lie.masks.m, predicate->attr, &mask, &e), &e, "lie");
	for (size_t i = 0; i < r->n_ge; i++)
		cl_ge_run_release(&r->ge[i]);
	free(r->ge);
	r->ge = ac_zeroed(1, sizeof(*r->ge));
	r->n_ge = 1;
	cl_ge_run_init(r->ge);
	must(cl_ge_begin(r->ge, key(b, 0), &lie, predicate, NULL, &e), &e, "lie");
}

static void
lie_about_salary(struct bent *b)
{
	begin_lie(b, &b->plan.subs[0].preds[0], -100);
}

static void
answer_lie(struct bent *b)
{
	struct cl_ge_proof *p = &b->pres->proofs[0].ge[0];

	bn_set(&p->mj, &b->pres->c_hash);
	bn_mul(&p->mj, &p->mj, cl_map_get(&lie.hidden, p->predicate.attr));
	bn_add(&p->mj, &p->mj, cl_map_get(&lie.masks.m, p->predicate.attr));
}

/* show_and_prove: the salary is shown and proven to be small besides; the one
 * who asks wants both. */
static void
show_and_prove(struct bent *b)
{
	struct cl_predicate p = { .attr = "salary", .type = CL_LT, .value = -2 };
	struct err e = ERR_INIT;

	begin_lie(b, &p, -3);
	must(cl_map_add(&b->run[0].eq.masks.m, "salary",
	    cl_map_get(&lie.masks.m, "salary"), &e), &e, "mask");
	must(cl_map_add(&b->run[0].eq.hidden, "salary",
	    cl_map_get(&lie.hidden, "salary"), &e), &e, "value");
}

static void
unhide(struct bent *b)
{
	drop(&b->pres->proofs[0].eq.m, "salary");
}

static void
ask_both(struct bent *b)
{
	put(b->c->request, "requested_predicates.p", json_of("{\"name\": "
	    "\"salary\", \"p_type\": \"<\", \"p_value\": -2}"));
	put(b->c->pres, "requested_proof.predicates.p",
	    json_of("{\"sub_proof_index\": 0}"));
}

#define GE0 "proof.proofs.0.primary_proof.ge_proofs.0."

static void
fifth_u(struct bent *b)
{
	put(b->c->pres, GE0 "u.4", json_of("\"0\""));
}

static void
third_u(struct bent *b)
{
	json_object_object_del(vec_at(b->c->pres, GE0 "u"), "3");
}

static void
sixth_r(struct bent *b)
{
	put(b->c->pres, GE0 "r.4", json_of("\"0\""));
}

static void
no_delta(struct bent *b)
{
	json_object_object_del(vec_at(b->c->pres, GE0 "t"), "DELTA");
}

/* ---- rule 7: one link secret -------------------------------------------- */

static void
two_holders(struct bent *b)
{
	CLEANUP(bn_release) struct bn one = BN_INIT;

	bn_set_i64(&one, 1);
	shift_m(&b->run[1], key(b, 1), CL_LINK, &one);
}

static const struct bend bends[] = {
	{ "nothing is broken: a title", "valid", TITLE, 0, 0, 0, 0 },
	{ "nothing is broken: a predicate", "valid", POOR, 0, 0, 0, 0 },
	{ "nothing is broken: a height", "valid", HEIGHT, 0, 0, 0, 0 },
	{ "nothing is broken: two", "valid", ASK_TWO, SEL_TWO, 0, 0, 0, 0 },
	{ "nothing is broken: a group", "valid", GROUPED, 0, 0, 0, 0 },
	{ "nothing is broken: hidden", "valid", ASK_HIDDEN, SEL_HIDDEN, 0, 0, 0, 0 },
	{ "1: e^", "eq_e_out_of_range", TITLE, 0, long_e, 0, 0 },
	{ "1: m^", "eq_m_out_of_range", TITLE, 0, long_m, 0, 0 },
	{ "1: v^", "eq_number_too_long", TITLE, 0, long_v, 0, 0 },
	{ "1: m2^", "eq_number_too_long", TITLE, 0, long_m2, 0, 0 },
	{ "1: u^", "predicate_number_too_long", POOR, 0, long_u, 0, 0 },
	{ "1: alpha^", "predicate_number_too_long", POOR, 0, long_alpha, 0, 0 },
	{ "1: text", "number_too_long", TITLE, 0, 0, 0, long_text },
	{ "1: bits of c_hash", "number_too_long", TITLE, 0, 0, 0, many_bits },
	{ "2: A' >= n", "eq_element", TITLE, 0, a_prime_plus_n, 0, 0 },
	{ "2: A' < 0", "eq_element", TITLE, 0, a_prime_negative, 0, 0 },
	{ "2: T_0 >= n", "predicate_element", POOR, 0, t0_plus_n, 0, 0 },
	{ "2: T_Delta >= n", "predicate_element", POOR, 0, delta_plus_n, 0, 0 },
	{ "3: one more", "c_list_differs", POOR, 0, 0, list_longer, 0 },
	{ "3: one less", "c_list_differs", POOR, 0, 0, list_shorter, 0 },
	{ "3: another", "c_list_differs", POOR, 0, 0, list_other, 0 },
	{ "3: leading zeros", "c_list_differs", TITLE, 0, 0, list_padded, 0 },
	{ "3: c_hash", "challenge_differs", TITLE, 0, 0, other_challenge, 0 },
	{ "3: a response", "challenge_differs", TITLE, 0, 0, other_response, 0 },
	{ "4: shows more", "attribute_not_asked", TITLE, show_more, 0, 0, 0 },
	{ "4: shows less", "attribute_not_revealed", TITLE, show_less, 0, 0, 0 },
	{ "4: other value", "predicate_not_asked", POOR, prove_other_value, 0, 0, 0 },
	{ "4: other type", "predicate_not_asked", POOR, prove_other_type, 0, 0, 0 },
	{ "4: only says it", "challenge_differs", POOR, prove_other_value, 0, claim_other, 0 },
	{ "4: no predicate", "predicate_missing", POOR, prove_nothing, 0, 0, 0 },
	{ "4: one predicate twice", "predicate_twice", POOR, prove_twice, 0, 0, 0 },
	{ "4: one more predicate", "predicate_not_asked", POOR, prove_more, 0, 0, 0 },
	{ "4: asked for more of it", "predicate_not_asked", POOR, 0, 0, 0, ask_more_value },
	{ "4: one more sub-proof", "sub_proof_not_asked", TITLE, stranger, 0, 0, 0 },
	{ "4: no identifier", "identifiers_differ", TITLE, 0, 0, no_identifier, 0 },
	{ "4: definition", "definition_unknown", TITLE, 0, 0, other_definition, 0 },
	{ "4: schema", "schema_differs", TITLE, 0, 0, other_schema, 0 },
	{ "4: one unanswered", "referent_missing", TITLE, 0, 0, 0, no_answer },
	{ "4: one more asked", "referent_missing", TITLE, 0, 0, 0, ask_more },
	{ "4: two answers", "referent_twice", TITLE, 0, 0, 0, two_answers },
	{ "4: self-attested unasked", "referent_not_asked", TITLE, 0, 0, 0, unasked_attr },
	{ "4: hidden unasked", "referent_not_asked", TITLE, 0, 0, 0, unasked_hidden },
	{ "4: shown unasked", "referent_not_asked", TITLE, 0, 0, 0, unasked_shown },
	{ "4: predicate unasked", "referent_not_asked", TITLE, 0, 0, 0, unasked_pred },
	{ "4: predicate unanswered", "referent_missing", POOR, prove_nothing, 0, 0, no_pred },
	{ "4: index", "sub_proof_unknown", TITLE, 0, 0, 0, beyond },
	{ "4: not its attribute", "attribute_unknown", ASK_HIDDEN, SEL_HIDDEN, 0, 0, 0, not_of_it },
	{ "5: one name less", "eq_names", HEIGHT, 0, zero_mask, drop_zero, 0 },
	{ "5: hidden and shown", "eq_names", HEIGHT, 0, 0, hide_height_too, 0 },
	{ "5: one name more", "eq_names", HEIGHT, 0, 0, hide_stranger, 0 },
	{ "5: one for another", "eq_names", HEIGHT, 0, zero_mask, hide_stranger_for_zero, 0 },
	{ "5: the link secret", "eq_link_secret_revealed", TITLE, 0, zero_link_mask, show_link, 0 },
	{ "6: mj", "predicate_mj", POOR, 0, lie_about_salary, answer_lie, 0 },
	{ "6: of a shown one", "predicate_not_hidden", ASK_SALARY, SEL_SALARY, 0,
	    show_and_prove, unhide, ask_both },
	{ "6: five u", "malformed", POOR, 0, 0, 0, fifth_u },
	{ "6: three u", "malformed", POOR, 0, 0, 0, third_u },
	{ "6: six r", "malformed", POOR, 0, 0, 0, sixth_r },
	{ "6: four t", "malformed", POOR, 0, 0, 0, no_delta },
	{ "7: two holders", "link_secret_differs", ASK_TWO, SEL_TWO, 0, two_holders, 0, 0 },
};

int
main(void)
{
	static struct world w;

	world_init(&w);
	for (size_t i = 0; i < sizeof(bends) / sizeof(bends[0]); i++)
		is_str(bent_verdict(&w, &bends[i]), bends[i].want, "%s",
		    bends[i].what);
	cl_eq_run_release(&lie);
	world_release(&w);
	return done_testing();
}
