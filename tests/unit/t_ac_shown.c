/*
 * Each rule of a verifier (specification, section 4) broken alone: rules 9 to 11,
 * of what was asked and what is shown.
 */
#include "acbend.h"

static void
nonce_used(struct bent *b)
{
	b->c->opts.nonce_used = true;
}

static void
other_nonce(struct bent *b)
{
	put(b->c->request, "nonce", json_of("\"987654322\""));
}

static void
other_raw(struct bent *b)
{
	b->pres->shown[0].at[0].raw = "baker";
}

static void
other_value(struct bent *b)
{
	b->pres->shown[0].at[0].raw = "baker";
	ac_attr_encode(&b->pres->shown[0].at[0].encoded, "baker");
}

#define GROUP "requested_proof.revealed_attr_groups.g"

static void
group_less(struct bent *b)
{
	json_object_object_del(vec_at(b->c->pres, GROUP ".values"), "age");
}

static void
group_more(struct bent *b)
{
	put(b->c->pres, GROUP ".values.zero",
	    json_of("{\"raw\": \"0\", \"encoded\": \"0\"}"));
}

/* only_height: of the group, the proof shows the first name alone. */
static void
only_height(struct bent *b)
{
	b->plan.subs[0].n_revealed = 1;
}

static void
group_twice(struct bent *b)
{
	struct json_object *values = vec_at(b->c->pres, GROUP ".values");

	json_add(values, "HEIGHT", copy_of(vec_at(values, "height")));
	json_object_object_del(values, "age");
}

static void
group_split(struct bent *b)
{
	put(b->c->pres, GROUP ".values.age.sub_proof_index", json_of("1"));
}

static void
group_as_one(struct bent *b)
{
	put(b->c->pres, "requested_proof.revealed_attrs.g", json_of("{"
	    "\"sub_proof_index\": 0, \"raw\": \"28\", \"encoded\": \"28\"}"));
	put(b->c->pres, "requested_proof.revealed_attr_groups", json_of("{}"));
}

static void
restrict_title(struct bent *b, const char *restrictions)
{
	put(b->c->request, "requested_attributes.t.restrictions",
	    json_of(restrictions));
}

static void
of_other_definition(struct bent *b)
{
	restrict_title(b, "{\"cred_def_id\": \"" W_GVT_DEF "\"}");
}

static void
of_other_schema(struct bent *b)
{
	restrict_title(b, "{\"schema_id\": \"" W_GVT "\"}");
}

static void
of_other_schema_name(struct bent *b)
{
	restrict_title(b, "{\"schema_name\": \"gvt\"}");
}

static void
of_other_schema_version(struct bent *b)
{
	restrict_title(b, "{\"schema_version\": \"1.0\"}");
}

static void
of_other_issuer(struct bent *b)
{
	restrict_title(b, "[{\"issuer_did\": \"x\"}, {\"issuer_id\": \"x\"}, "
	    "{\"schema_issuer_did\": \"x\"}]");
}

static void
of_hidden_value(struct bent *b)
{
	restrict_title(b, "{\"attr::salary::value\": \"-3\"}");
}

static void
of_shown_value(struct bent *b)
{
	restrict_title(b, "{\"attr::TITLE::value\": \"cook\", "
	    "\"attr::salary::marker\": \"1\"}");
}

static void
of_other_value(struct bent *b)
{
	restrict_title(b, "{\"attr::title::value\": \"baker\"}");
}

static void
of_no_attribute(struct bent *b)
{
	restrict_title(b, "{\"attr::age::marker\": \"1\"}");
}

static void
of_registry(struct bent *b)
{
	restrict_title(b, "{\"rev_reg_id\": \"" W_REG "\"}");
}

static void
hidden_of_other(struct bent *b)
{
	put(b->c->request, "requested_attributes.s.restrictions",
	    json_of("{\"schema_name\": \"gvt\"}"));
}

static void
pred_of_other(struct bent *b)
{
	put(b->c->request, "requested_predicates.p.restrictions",
	    json_of("{\"schema_name\": \"gvt\"}"));
}

static void
vouched_for(struct bent *b)
{
	put(b->c->request, "requested_attributes.shoe.restrictions",
	    json_of("{\"schema_name\": \"gvt\"}"));
}

static void
timed_for(struct bent *b)
{
	put(b->c->request, "requested_attributes.shoe.non_revoked",
	    json_of("{\"to\": 5}"));
}

static void
grouped_for(struct bent *b)
{
	put(b->c->request, "requested_attributes.shoe",
	    json_of("{\"names\": [\"shoe\"]}"));
}

static const struct bend bends[] = {
	{ "nothing is broken: a title", "valid", TITLE, 0, 0, 0, 0 },
	{ "nothing is broken: no credential at all", "valid", ASK_SELF, "{}", 0, 0, 0, 0 },
	{ "9: another nonce, no credential at all", "challenge_differs", ASK_SELF, "{}", 0, 0, 0, other_nonce },
	{ "nothing is broken: a group", "valid", GROUPED, 0, 0, 0, 0 },
	{ "9: nonce used", "nonce_used", TITLE, 0, 0, 0, nonce_used },
	{ "9: another nonce", "challenge_differs", TITLE, 0, 0, 0, other_nonce },
	{ "10: raw", "raw_differs", TITLE, 0, 0, other_raw, 0 },
	{ "10: raw and encoded", "revealed_differs", TITLE, 0, 0, other_value, 0 },
	{ "10: group, one less", "group_differs", GROUPED, only_height, 0, 0, group_less },
	{ "10: group, one more", "group_differs", GROUPED, 0, 0, 0, group_more },
	{ "10: group, one twice", "group_differs", GROUPED, only_height, 0, 0, group_twice },
	{ "10: group, two sub-proofs", "group_split", GROUPED, 0, 0, 0, group_split },
	{ "10: group as one", "group_differs", GROUPED, 0, 0, 0, group_as_one },
	{ "11: cred_def_id", "restriction_unmet", TITLE, 0, 0, 0, of_other_definition },
	{ "11: schema_id", "restriction_unmet", TITLE, 0, 0, 0, of_other_schema },
	{ "11: schema_name", "restriction_unmet", TITLE, 0, 0, 0, of_other_schema_name },
	{ "11: schema_version", "restriction_unmet", TITLE, 0, 0, 0, of_other_schema_version },
	{ "11: issuers", "restriction_unmet", TITLE, 0, 0, 0, of_other_issuer },
	{ "11: a hidden value", "restriction_unmet", TITLE, 0, 0, 0, of_hidden_value },
	{ "11: what is shown and had", "valid", TITLE, 0, 0, 0, of_shown_value },
	{ "11: a shown value", "restriction_unmet", TITLE, 0, 0, 0, of_other_value },
	{ "11: a marker", "restriction_unmet", TITLE, 0, 0, 0, of_no_attribute },
	{ "11: a registry", "restriction_unmet", TITLE, 0, 0, 0, of_registry },
	{ "11: of a hidden one", "restriction_unmet", ASK_HIDDEN, SEL_HIDDEN, 0, 0, 0, hidden_of_other },
	{ "11: of a predicate", "restriction_unmet", POOR, 0, 0, 0, pred_of_other },
	{ "11: restricted, self-attested", "self_attested", GROUPED, 0, 0, 0, vouched_for },
	{ "11: timed, self-attested", "self_attested", GROUPED, 0, 0, 0, timed_for },
	{ "11: group, self-attested", "self_attested", GROUPED, 0, 0, 0, grouped_for },
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
