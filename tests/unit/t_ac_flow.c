/*
 * Issuer, holder and verifier: two definitions, a registry, credentials, a
 * presentation of two of them with predicates and non-revocation, then a
 * revocation, after which the same holder is refused.
 */
#include "acworld.h"

static const char request_text[] =
    "{\"nonce\": \"1234567890\", \"name\": \"door\", \"version\": \"1\", "
    "\"non_revoked\": {\"from\": 900, \"to\": 1100}, "
    "\"requested_attributes\": {"
    "\"who\": {\"names\": [\"first name\", \"HEIGHT\"], "
    "\"restrictions\": [{\"cred_def_id\": \"" W_GVT_DEF "\", "
    "\"schema_name\": \"gvt\", \"attr::firstname::value\": \"Alex\"}]}, "
    "\"title\": {\"name\": \"title\", \"restrictions\": "
    "{\"schema_issuer_did\": \"" W_ISSUER "\", \"attr::salary::marker\": \"1\"}}, "
    "\"hidden\": {\"name\": \"salary\"}, \"shoe\": {\"name\": \"shoe size\"}}, "
    "\"requested_predicates\": {"
    "\"adult\": {\"name\": \"age\", \"p_type\": \">=\", \"p_value\": 18}, "
    "\"poor\": {\"name\": \"Salary\", \"p_type\": \"<\", \"p_value\": -2}}}";
static const char selection_text[] =
    "{\"requested_attributes\": {"
    "\"who\": {\"cred_id\": \"person\", \"timestamp\": 1000, \"revealed\": true}, "
    "\"title\": {\"cred_id\": \"job\", \"revealed\": true}, "
    "\"hidden\": {\"cred_id\": \"job\", \"revealed\": false}}, "
    "\"requested_predicates\": {"
    "\"adult\": {\"cred_id\": \"person\", \"timestamp\": 1000}, "
    "\"poor\": {\"cred_id\": \"job\"}}}";

static struct ac_case
show(struct world *w)
{
	CLEANUP(json_put) struct json_object *selection = json_of(selection_text);
	CLEANUP(json_put) struct json_object *selfs = json_of("{\"shoe\": \"44\"}");
	CLEANUP(showing_release) struct showing s;
	struct ac_case c = { .request = json_of(request_text),
	    .opts = { .check_encoding = true } };
	struct err e = ERR_INIT;

	showing_init(&s, w, c.request, selection);
	s.in.self_attested = selfs;
	must(ac_present(&c.pres, &s.in, &e), &e, "presentation");
	c.args = json_object_get(s.args);
	return c;
}

static void
test_holds(struct world *w)
{
	CLEANUP(case_release) struct ac_case c = show(w);

	is_str(verdict_of(&c), "valid",
	    "two credentials, two predicates, a group, non-revocation");
	is_int((int64_t)json_object_array_length(vec_at(c.pres, "proof.proofs")),
	    2, "one sub-proof for each credential");
	is_str(vec_text(c.pres, "requested_proof.self_attested_attrs.shoe"),
	    "44", "what was asked of nobody in particular");
	put(c.request, "nonce", json_object_new_string("1234567891"));
	is_str(verdict_of(&c), "challenge_differs", "another request's nonce");
}

static void
test_revoked(struct world *w)
{
	CLEANUP(case_release) struct ac_case c = show(w);
	CLEANUP(json_put) struct json_object *selection = json_of(selection_text);
	CLEANUP(json_put) struct json_object *selfs = json_of("{\"shoe\": \"44\"}");
	CLEANUP(showing_release) struct showing s;
	struct ac_held_state before = world_state(w, W_PERSON, W_NOW);
	struct json_object *pres = NULL;
	struct err e = ERR_INIT;

	world_revoke(w, w->cred[W_PERSON].rev.index);
	put(c.args, "status_lists.0", world_list(w, W_NOW));
	is_str(verdict_of(&c), "challenge_differs",
	    "after the revocation an old proof does not hold for the new list");
	showing_init(&s, w, c.request, selection);
	s.in.self_attested = selfs;
	s.states[0].state.witness = before.state.witness;
	is_int(ac_present(&pres, &s.in, &e), -1,
	    "the holder cannot make another from the old witness");
	is_int(e.code, ERR_REVOKED, "because: %s", e.msg);
	/* A holder who does not look makes a proof that nobody accepts. */
	s.objects.n_rev_regs = 0;
	must(ac_present(&pres, &s.in, &e), &e, "presentation");
	s.objects.n_rev_regs = 1;
	json_object_put(c.pres);
	c.pres = pres;
	is_str(verdict_of(&c), "challenge_differs", "a proof that lies");
}

int
main(void)
{
	static struct world w;

	world_init(&w);
	test_holds(&w);
	test_revoked(&w);
	world_release(&w);
	return done_testing();
}
