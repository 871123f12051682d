/*
 * Rule 8 of a verifier (specification, section 4), each part broken alone, and
 * rule 2 for commitments.
 */
#include "acbend.h"

/* A height out of a revocable credential, not revoked at some time of 900-1100. */
#define ASK(interval) "\"requested_attributes\": {\"h\": {\"name\": \"height\"" \
	interval "}}, \"requested_predicates\": {}"
#define ASK_TIMED ASK(", \"non_revoked\": {\"from\": 900, \"to\": 1100}")
#define ASK_UNTIMED ASK("")
#define ASK_GLOBAL ASK("") ", \"non_revoked\": {\"to\": 1100}"
#define ASK_BOTH ASK(", \"non_revoked\": {\"to\": 1100}") \
	", \"non_revoked\": {\"to\": 10}"
#define SEL_TIMED "{\"requested_attributes\": {\"h\": {\"cred_id\": \"person\", " \
	"\"timestamp\": 1000, \"revealed\": true}}}"
#define SEL_UNTIMED "{\"requested_attributes\": {\"h\": {\"cred_id\": \"person\", " \
	"\"revealed\": true}}}"
#define TIMED ASK_TIMED, SEL_TIMED
#define UNTIMED ASK_UNTIMED, SEL_UNTIMED

/* ask: the interval of the one attribute, as the verifier says that it was. */
static void
ask(struct bent *b, const char *interval)
{
	put(b->c->request, "requested_attributes.h.non_revoked",
	    json_of(interval));
}

static void
ask_now(struct bent *b)
{
	ask(b, "{\"from\": 900, \"to\": 1100}");
}

static void
ask_global(struct bent *b)
{
	put(b->c->request, "non_revoked", json_of("{}"));
}

static void
ask_before(struct bent *b)
{
	ask(b, "{\"to\": 999}");
}

/* after: nothing newer is there, so the list was in force when it began. */
static void
ask_after(struct bent *b)
{
	ask(b, "{\"from\": 1001, \"to\": 1100}");
}

/* newer: another list of the same registry, from 1001 on. */
static void
newer(struct bent *b)
{
	ask_after(b);
	json_object_array_add(vec_at(b->c->args, "status_lists"),
	    world_list(b->w, 1001));
}

static void
newer_later(struct bent *b)
{
	ask_after(b);
	json_object_array_add(vec_at(b->c->args, "status_lists"),
	    world_list(b->w, 1002));
}

static void
no_timestamp(struct bent *b)
{
	b->pres->ids[0].has_timestamp = false;
}

static void
no_registry(struct bent *b)
{
	b->pres->ids[0].rev_reg_id = NULL;
}

static void
says_a_time(struct bent *b)
{
	b->pres->ids[0].has_timestamp = true;
	b->pres->ids[0].timestamp = 1000;
}

static void
other_registry(struct bent *b)
{
	b->pres->ids[0].rev_reg_id = "another";
}

static void
other_time(struct bent *b)
{
	b->pres->ids[0].timestamp = 999;
}

static void
foreign_registry(struct bent *b)
{
	struct json_object *reg = copy_of(vec_at(b->c->args, "rev_reg_defs"));

	json_object_object_foreach(reg, id, v) {
		(void)id;
		put(v, "credDefId", json_of("\"" W_WORK_DEF "\""));
	}
	put(b->c->args, "rev_reg_defs", reg);
}

/* later_accum: the list that the proof names has another accumulator. */
static void
later_accum(struct bent *b)
{
	struct json_object *list = copy_of(vec_at(b->c->args, "status_lists.0"));
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct g2 twice;

	g2_dbl(&twice, &b->w->accum);
	wire_g2_text(&text, &twice);
	put(list, "currentAccumulator", json_object_new_string(text.data));
	put(b->c->args, "status_lists.0", list);
}

/* own_m2: the proof brings its own response for m2, as old ones did. */
static void
own_m2(struct bent *b)
{
	b->pres->proofs[0].rev_has_m2 = true;
	accum_scalar(&b->pres->proofs[0].rev_m2, &b->pres->proofs[0].eq.m2);
}

/* Another signature's m2: the proofs hold, each of another credential. */
static void
two_credentials(struct bent *b)
{
	const struct ac_plan_sub *s = &b->plan.subs[0];
	struct ac_held_state state = world_state(b->w, W_DOUBLE, W_NOW);
	struct fr mask;

	accum_run_wipe(&b->run[0].rev);
	fr_random(&mask);
	accum_proof_begin(&b->run[0].rev, &s->def->rev, &state.state.accum,
	    &b->w->cred[W_DOUBLE].rev, &state.state.witness, &mask, NULL);
}

static void
two_credentials_own_m2(struct bent *b)
{
	own_m2(b);
	b->c->opts.legacy_revocation = true;
}

/* no_blinding: with rho = o = 0 the commitment E is infinity and hides nothing. */
static void
no_blinding(struct bent *b)
{
	struct accum_proof_masks masks;
	const struct ac_plan_sub *s = &b->plan.subs[0];
	struct fr m2;

	for (int i = 0; i < ACCUM_X_MAX; i++) {
		fr_random(&masks.randomiser[i]);
		fr_random(&masks.mask[i]);
	}
	masks.randomiser[ACCUM_X_RHO] = masks.randomiser[ACCUM_X_O] = fr_zero;
	accum_scalar(&m2, &b->run[0].eq.masks.m2);
	accum_run_wipe(&b->run[0].rev);
	accum_proof_begin(&b->run[0].rev, &s->def->rev, &s->state->accum,
	    &s->cred->rev, &s->state->witness, &m2, &masks);
}

static void
restricted_to_registry(struct bent *b)
{
	put(b->c->request, "requested_attributes.h.restrictions",
	    json_of("{\"rev_reg_id\": \"" W_REG "\"}"));
}

/* not_revocable: the definition has no keys for what is claimed. */
static void
not_revocable(struct bent *b)
{
	struct json_object *def = copy_of(b->w->def_json[0]);
	struct json_object *defs = vec_at(b->c->args, "cred_defs");

	json_object_object_del(vec_at(def, "value"), "revocation");
	json_add(defs, W_GVT_DEF, def);
}

static const struct bend bends[] = {
	{ "nothing is broken", "valid", TIMED, 0, 0, 0, 0 },
	{ "nothing is broken, the request's interval", "valid", ASK_GLOBAL, SEL_TIMED, 0, 0, 0, 0 },
	{ "the local interval before the global one", "valid", ASK_BOTH, SEL_TIMED, 0, 0, 0, 0 },
	{ "nobody asked, none was given", "valid", UNTIMED, 0, 0, 0, 0 },
	{ "nobody asked, a good one was given", "valid", ASK_UNTIMED, SEL_TIMED, 0, 0, 0, 0 },
	{ "nobody asked, a bad one was given", "challenge_differs", ASK_UNTIMED, SEL_TIMED, 0, 0, 0, later_accum },
	{ "no proof", "non_revocation_missing", UNTIMED, 0, 0, 0, ask_now },
	{ "no proof, the request's interval", "non_revocation_missing", UNTIMED, 0, 0, 0, ask_global },
	{ "list after the interval", "list_outside_interval", TIMED, 0, 0, 0, ask_before },
	{ "list in force when it began", "valid", TIMED, 0, 0, 0, ask_after },
	{ "list in force, a later one exists", "valid", TIMED, 0, 0, 0, newer_later },
	{ "list no more in force", "list_outside_interval", TIMED, 0, 0, 0, newer },
	{ "no timestamp", "list_not_named", TIMED, 0, 0, no_timestamp, 0 },
	{ "no registry", "list_not_named", TIMED, 0, 0, no_registry, 0 },
	{ "a timestamp that nothing proves", "timestamp_unproven", UNTIMED, 0, 0, says_a_time, 0 },
	{ "a registry nobody knows", "registry_unknown", TIMED, 0, 0, other_registry, 0 },
	{ "a registry of another definition", "registry_differs", TIMED, 0, 0, 0, foreign_registry },
	{ "a time without a list", "list_unknown", TIMED, 0, 0, other_time, 0 },
	{ "a definition without revocation", "definition_not_revocable", TIMED, 0, 0, 0, not_revocable },
	{ "another accumulator", "challenge_differs", TIMED, 0, 0, 0, later_accum },
	{ "an m2 of its own", "legacy_revocation", TIMED, 0, 0, own_m2, 0 },
	{ "another credential's proof", "challenge_differs", TIMED, 0, two_credentials, 0, 0 },
	{ "the same, where old proofs are taken", "challenge_differs", TIMED, 0,
	    two_credentials, two_credentials_own_m2, 0 },
	{ "rule 2: E is infinity", "malformed", TIMED, 0, no_blinding, 0, 0 },
	{ "rule 11: a registry that was proven", "valid", TIMED, 0, 0, 0, restricted_to_registry },
	{ "rule 11: a registry that was not", "restriction_unmet", UNTIMED, 0, 0, 0, restricted_to_registry },
};

int
main(void)
{
	static struct world w;

	world_init(&w);
	for (size_t i = 0; i < sizeof(bends) / sizeof(bends[0]); i++)
		is_str(bent_verdict(&w, &bends[i]), bends[i].want, "%s",
		    bends[i].what);
	world_release(&w);
	return done_testing();
}
