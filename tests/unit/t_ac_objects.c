/*
 * Objects of the wire: published ones come out of decode and encode as they went
 * in; the legacy forms are read; every refusal names its field.
 */
#include "../../lib/base/codec.h"
#include "../../lib/crypt/anoncreds/offer.h"
#include "acworld.h"

/* same_point(a, b): two texts of one element of a group. */
static bool
same_point(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	struct g1 p1, q1;
	struct g2 p2, q2;
	struct gt p, q;

	if (wire_g1_read(&p1, a, n, WIRE_MAY_BE_INFINITY, NULL) == 0)
		return wire_g1_read(&q1, b, m, WIRE_MAY_BE_INFINITY, NULL) == 0 &&
		    g1_equal(&p1, &q1);
	if (wire_g2_read(&p2, a, n, WIRE_MAY_BE_INFINITY, NULL) == 0)
		return wire_g2_read(&q2, b, m, WIRE_MAY_BE_INFINITY, NULL) == 0 &&
		    g2_equal(&p2, &q2);
	return wire_gt_read(&p, a, n, NULL) == 0 &&
	    wire_gt_read(&q, b, m, NULL) == 0 && gt_equal(&p, &q);
}

/*
 * same(a, b): equal JSON, whatever the order of members and the excess, residue
 * and Z of points, of which theirs and ours differ.
 */
static bool
same(struct json_object *a, struct json_object *b)
{
	struct json_object *other;
	size_t n;

	if (!json_object_is_type(a, json_object_get_type(b)))
		return false;
	if (json_object_is_type(a, json_type_object)) {
		if (json_object_object_length(a) != json_object_object_length(b))
			return false;
		json_object_object_foreach(a, key, v) {
			if (!json_object_object_get_ex(b, key, &other) ||
			    !same(v, other))
				return false;
		}
		return true;
	}
	if (json_object_is_type(a, json_type_array)) {
		n = json_object_array_length(a);
		if (n != json_object_array_length(b))
			return false;
		while (n-- > 0)
			if (!same(json_object_array_get_idx(a, n),
			    json_object_array_get_idx(b, n)))
				return false;
		return true;
	}
	return json_object_equal(a, b) ||
	    (json_object_is_type(a, json_type_string) &&
	    same_point(json_object_get_string(a), json_object_get_string(b)));
}

static void
test_definition(void)
{
	CLEANUP(json_put) struct json_object *v =
	    vec_json("anoncreds/refgen-default-L5/credential_definition.json");
	CLEANUP(json_put) struct json_object *def = wire_def(
	    vec_at(v, "public_key.p_key"), vec_at(v, "public_key.r_key"));
	CLEANUP(json_put) struct json_object *secret = json_of("{\"value\": {}}");
	CLEANUP(json_put) struct json_object *back = NULL, *secret_back = NULL;
	CLEANUP(json_put) struct json_object *proof_back = NULL;
	CLEANUP(ac_cred_def_release) struct ac_cred_def d = AC_CRED_DEF_INIT;
	CLEANUP(ac_cred_def_private_release) struct ac_cred_def_private p =
	    AC_CRED_DEF_PRIVATE_INIT;
	CLEANUP(cl_key_proof_release) struct cl_key_proof proof =
	    CL_KEY_PROOF_INIT;
	struct err e = ERR_INIT;

	put(secret, "value.p_key", copy_of(vec_at(v, "private_key.p_key")));
	put(secret, "value.r_key", copy_of(vec_at(v, "private_key.r_key")));
	is_int(ac_cred_def_decode(&d, def, &e), 0, "a definition %s", e.msg);
	back = ac_cred_def_encode(d.schema_id, d.tag, d.issuer_id, &d.key, &d.rev);
	ok(same(back, def), "comes back");
	is_int(ac_cred_def_private_decode(&p, secret, &d, &e), 0,
	    "its private half %s", e.msg);
	secret_back = ac_cred_def_private_encode(&p.key, &p.rev);
	ok(same(secret_back, secret), "comes back");
	is_int(ac_key_proof_decode(&proof, vec_at(v, "key_correctness_proof"),
	    &e), 0, "the proof of its key %s", e.msg);
	is_int(cl_key_check(&d.key, &proof), CL_HOLDS, "holds");
	proof_back = ac_key_proof_encode(&proof);
	ok(same(proof_back, vec_at(v, "key_correctness_proof")),
	    "and comes back in its order");
}

static void
test_oldest_definition(void)
{
	CLEANUP(json_put) struct json_object *v =
	    vec_json("anoncreds/key-correctness-proof-v0.4.1.json");
	CLEANUP(json_put) struct json_object *def =
	    wire_def(vec_at(v, "public_key"), NULL);
	CLEANUP(ac_cred_def_release) struct ac_cred_def d = AC_CRED_DEF_INIT;
	CLEANUP(cl_key_proof_release) struct cl_key_proof proof =
	    CL_KEY_PROOF_INIT;
	struct err e = ERR_INIT;

	is_int(ac_cred_def_decode(&d, def, &e), 0, "rms beside r %s", e.msg);
	ok(cl_map_get(&d.key.r, CL_LINK) != NULL && !d.revocable,
	    "is master_secret");
	must(ac_key_proof_decode(&proof, vec_at(v, "key_correctness_proof"), &e),
	    &e, "key proof");
	is_int(cl_key_check(&d.key, &proof), CL_HOLDS, "a proof without it holds");
}

/* wire_credential(c): a Credential of one issuance of the vectors. */
static struct json_object *
wire_credential(struct json_object *c, const char *signature)
{
	struct json_object *o = json_of("{\"schema_id\": \"" GVT_SCHEMA "\", "
	    "\"cred_def_id\": \"" GVT_DEF "\", \"rev_reg_id\": \"" GVT_REG "\", "
	    "\"values\": {}, \"rev_reg\": {}, \"witness\": {}}");
	struct json_object *attrs = vec_at(c, "credential_values.attrs_values");

	json_object_object_foreach(attrs, name, v) {
		struct json_object *known, *one;

		if (!json_object_object_get_ex(v, "Known", &known))
			continue;
		one = json_object_new_object();
		json_add_str(one, "raw", "of no meaning");
		json_add_str(one, "encoded", vec_text(known, "value"));
		json_add(vec_at(o, "values"), name, one);
	}
	put(o, "signature", copy_of(vec_at(c, signature)));
	put(o, "signature_correctness_proof",
	    copy_of(vec_at(c, "signature_correctness_proof")));
	put(o, "rev_reg", copy_of(vec_at(c, "registry_after")));
	put(o, "witness", copy_of(vec_at(c, "witness")));
	return o;
}

/* The published credentials, from the issuer's to the one that is kept. */
static void
test_credentials(void)
{
	CLEANUP(json_put) struct json_object *all =
	    vec_json("anoncreds/refgen-default-L5/credentials.json");
	CLEANUP(json_put) struct json_object *v =
	    vec_json("anoncreds/refgen-default-L5/credential_definition.json");
	CLEANUP(json_put) struct json_object *reg_v =
	    vec_json("anoncreds/refgen-default-L5/revocation_registry.json");
	CLEANUP(json_put) struct json_object *def = wire_def(
	    vec_at(v, "public_key.p_key"), vec_at(v, "public_key.r_key"));
	CLEANUP(json_put) struct json_object *reg =
	    wire_reg(vec_text(reg_v, "public_key.z"));
	CLEANUP(ac_cred_def_release) struct ac_cred_def d = AC_CRED_DEF_INIT;
	CLEANUP(ac_rev_reg_release) struct ac_rev_reg r = AC_REV_REG_INIT;
	struct err e = ERR_INIT;

	must(ac_cred_def_decode(&d, def, &e), &e, "definition");
	must(ac_rev_reg_decode(&r, reg, &e), &e, "registry");
	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *one = json_object_array_get_idx(all, i);
		CLEANUP(json_put) struct json_object *issued =
		    wire_credential(one, "signature_from_issuer");
		CLEANUP(json_put) struct json_object *want =
		    wire_credential(one, "signature_processed");
		CLEANUP(json_put) struct json_object *back = NULL, *kept = NULL;
		CLEANUP(json_put) struct json_object *meta_json = json_of("{}");
		CLEANUP(ac_credential_release) struct ac_credential c =
		    AC_CREDENTIAL_INIT;
		CLEANUP(ac_cred_request_meta_release)
		    struct ac_cred_request_meta meta = AC_CRED_REQUEST_META_INIT;
		CLEANUP(bn_release) struct bn link = BN_INIT;
		const char *ms = vec_text(one, "link_secret.ms");

		/* the older names of the metadata */
		put(meta_json, "master_secret_blinding_data",
		    copy_of(vec_at(one, "blinding_factors")));
		put(meta_json, "master_secret_name", json_of("\"main\""));
		put(meta_json, "nonce",
		    json_object_new_string(vec_text(one, "signature_nonce")));
		put(meta_json, "holder",
		    json_object_new_string(vec_text(one, "prover_id")));
		must(ac_cred_request_meta_decode(&meta, meta_json, &e), &e,
		    "metadata");
		must(bn_from_dec(&link, ms, strlen(ms), 256, &e), &e, "link");
		is_int(ac_credential_decode(&c, issued, &e), 0,
		    "credential %zu %s", i + 1, e.msg);
		back = ac_credential_encode(&c);
		ok(same(back, issued), "comes back");
		is_int(ac_holder_accept(&kept, &c, &(struct ac_accept){
		    .def = &d, .meta = &meta, .link = &link, .rev_reg = &r }, &e),
		    0, "is accepted %s", e.msg);
		ok(same(kept, want), "and is kept as the reference library keeps it");
	}
}

static void
test_requests(void)
{
	CLEANUP(json_put) struct json_object *all =
	    vec_json("anoncreds/refgen-default-L5/credentials.json");

	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *one = json_object_array_get_idx(all, i);
		CLEANUP(json_put) struct json_object *o = json_of("{"
		    "\"cred_def_id\": \"" GVT_DEF "\"}"), *back = NULL;
		CLEANUP(ac_cred_request_release) struct ac_cred_request r =
		    AC_CRED_REQUEST_INIT;
		struct err e = ERR_INIT;

		put(o, "prover_did",
		    json_object_new_string(vec_text(one, "prover_id")));
		put(o, "blinded_ms",
		    copy_of(vec_at(one, "blinded_credential_secrets")));
		put(o, "blinded_ms_correctness_proof", copy_of(vec_at(one,
		    "blinded_credential_secrets_correctness_proof")));
		put(o, "nonce",
		    json_object_new_string(vec_text(one, "issuance_nonce")));
		is_int(ac_cred_request_decode(&r, o, &e), 0, "request %zu %s",
		    i + 1, e.msg);
		back = ac_cred_request_encode(AC_PROVER_DID, r.holder,
		    r.cred_def_id, &r.blinded, &r.ur, &r.nonce);
		ok(same(back, o), "comes back");
	}
}

/* Presentations come back but for excesses and residues of points. */
static void
test_presentations(void)
{
	for (int i = 0; i < 3; i++) {
		CLEANUP(case_release) struct ac_case c = case_refgen(i);
		CLEANUP(ac_presentation_release) struct ac_presentation p =
		    AC_PRESENTATION_INIT, again = AC_PRESENTATION_INIT;
		CLEANUP(json_put) struct json_object *once = NULL, *twice = NULL;
		struct err e = ERR_INIT;

		is_int(ac_presentation_decode(&p, c.pres, &e), 0,
		    "presentation %d %s", i + 1, e.msg);
		once = ac_presentation_encode(&p);
		is_int(ac_presentation_decode(&again, once, &e), 0, "ours is read");
		twice = ac_presentation_encode(&again);
		ok(same(once, twice), "and comes back");
		json_object_put(c.pres);
		c.pres = json_object_get(once);
		is_str(verdict_of(&c), i == 1 ? "challenge_differs" : "valid",
		    "says the same");
	}
}

static void
test_delta(void)
{
	CLEANUP(json_put) struct json_object *v =
	    vec_json("anoncreds/refgen-default-L5/revoke_index_2.json");
	CLEANUP(ac_rev_delta_release) struct ac_rev_delta d = AC_REV_DELTA_INIT;
	CLEANUP(json_put) struct json_object *back = NULL;
	CLEANUP(ac_rev_delta_release) struct ac_rev_delta again = AC_REV_DELTA_INIT;
	struct err e = ERR_INIT;

	is_int(ac_rev_delta_decode(&d, vec_at(v, "delta"), &e), 0,
	    "a delta of the library %s", e.msg);
	ok(d.has_prev && d.delta.n_issued == 0 && d.delta.n_revoked == 1 &&
	    d.delta.revoked[0] == 2, "revokes index 2");
	back = ac_rev_delta_encode(&d);
	is_int(ac_rev_delta_decode(&again, back, &e), 0, "as Indy wraps it");
	ok(g2_equal(&again.accum, &d.accum) && g2_equal(&again.prev, &d.prev) &&
	    again.delta.n_revoked == 1, "it is the same");
}

/* What this library makes of its own comes back exactly. */
static void
test_own(struct world *w)
{
	CLEANUP(json_put) struct json_object *list = world_list(w, 7);
	CLEANUP(json_put) struct json_object *list_back = NULL, *reg_back = NULL;
	CLEANUP(json_put) struct json_object *state_json = NULL;
	CLEANUP(ac_rev_list_release) struct ac_rev_list l = AC_REV_LIST_INIT;
	struct ac_rev_state state = world_state(w, W_PERSON, 9).state, again;
	struct err e = ERR_INIT;

	must(ac_rev_list_decode(&l, list, &e), &e, "list");
	list_back = ac_rev_list_encode(l.rev_reg_id, l.issuer_id, &l.list,
	    &l.accum, l.timestamp);
	ok(same(list_back, list), "a list");
	reg_back = ac_rev_reg_encode(&w->reg);
	ok(same(reg_back, w->reg_json), "a registry");
	state_json = ac_rev_state_encode(&state);
	must(ac_rev_state_decode(&again, state_json, &e), &e, "state");
	ok(g2_equal(&again.witness, &state.witness) &&
	    g2_equal(&again.accum, &state.accum) && again.timestamp == 9,
	    "a state");
	put(state_json, "rev_reg", json_of("{}"));
	put(state_json, "rev_reg.accum",
	    json_object_get(vec_at(state_json, "accum")));
	json_object_object_del(state_json, "accum");
	is_int(ac_rev_state_decode(&again, state_json, &e), 0,
	    "and in Indy's form");
}

/* A list as a front hands it on: its bits instead of an array. */
static void
test_packed_list(struct world *w)
{
	static const char *const bad[] = {
		"{}", "{\"size\":7}", "{\"size\":1,\"bits\":\"AA==\"}", "{\"size\":7,\"bits\":\"AAA=\"}", "{\"size\":7,\"bits\":\"gA==\"}",
		"{\"size\":7,\"bits\":\"!\"}", "{\"size\":1000001,\"bits\":\"AA==\"}", "{\"size\":7,\"bits\":1}",
	};
	CLEANUP(json_put) struct json_object *list = world_list(w, 7);
	CLEANUP(ac_rev_list_release) struct ac_rev_list plain = AC_REV_LIST_INIT, packed = AC_REV_LIST_INIT;
	struct json_object *o = json_object_new_object();
	struct err e = ERR_INIT;
	char text[64];

	must(ac_rev_list_decode(&plain, list, &e), &e, "list");
	b64_encode(text, plain.list.bits, ACCUM_LIST_BYTES(plain.list.size));
	json_object_object_add(o, "size", json_object_new_int64(plain.list.size));
	json_object_object_add(o, "bits", json_object_new_string(text));
	put(list, "revocationList", o);
	must(ac_rev_list_decode(&packed, list, &e), &e, "packed");
	ok(accum_list_equal(&plain.list, &packed.list), "the same list");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(ac_rev_list_release) struct ac_rev_list none = AC_REV_LIST_INIT;

		put(list, "revocationList", json_of(bad[i]));
		is_int(ac_rev_list_decode(&none, list, &e), -1, "refused: %s", bad[i]);
	}
}

/* ---- refusals ----------------------------------------------------------- */

static int
decode_schema(struct json_object *o, struct err *e)
{
	CLEANUP(ac_schema_release) struct ac_schema s = AC_SCHEMA_INIT;

	return ac_schema_decode(&s, o, e);
}

static int
decode_def(struct json_object *o, struct err *e)
{
	CLEANUP(ac_cred_def_release) struct ac_cred_def d = AC_CRED_DEF_INIT;

	return ac_cred_def_decode(&d, o, e);
}

static int
decode_cred(struct json_object *o, struct err *e)
{
	CLEANUP(ac_credential_release) struct ac_credential c = AC_CREDENTIAL_INIT;

	return ac_credential_decode(&c, o, e);
}

static int
decode_list(struct json_object *o, struct err *e)
{
	CLEANUP(ac_rev_list_release) struct ac_rev_list l = AC_REV_LIST_INIT;

	return ac_rev_list_decode(&l, o, e);
}

static int
decode_reg(struct json_object *o, struct err *e)
{
	CLEANUP(ac_rev_reg_release) struct ac_rev_reg r = AC_REV_REG_INIT;

	return ac_rev_reg_decode(&r, o, e);
}

static int
decode_ask(struct json_object *o, struct err *e)
{
	CLEANUP(ac_pres_request_release) struct ac_pres_request r =
	    AC_PRES_REQUEST_INIT;

	return ac_pres_request_decode(&r, o, e);
}

struct refusal {
	const char *at, *value;		/* NULL value: the member is removed */
	const char *says;
};

/* refuse(o, decode, rows, n): each row put into a copy of o. */
static void
refuse(struct json_object *o, int (*decode)(struct json_object *, struct err *),
    const struct refusal *rows, size_t n)
{
	struct err e = ERR_INIT;

	is_int(decode(o, &e), 0, "as it is %s", e.msg);
	for (size_t i = 0; i < n; i++) {
		CLEANUP(json_put) struct json_object *bad = copy_of(o);
		struct err why = ERR_INIT;

		if (rows[i].value != NULL)
			put(bad, rows[i].at, json_of(rows[i].value));
		else
			json_object_object_del(bad, rows[i].at);
		is_int(decode(bad, &why), -1, "%s as %.40s", rows[i].at,
		    rows[i].value != NULL ? rows[i].value : "nothing");
		ok(strncmp(why.msg, rows[i].says, strlen(rows[i].says)) == 0 &&
		    (why.code == ERR_STRUCTURE || why.code == ERR_PAST_LIMIT),
		    "%s", why.msg);
	}
}
#define REFUSE(o, decode, rows) refuse(o, decode, rows, sizeof(rows) / sizeof(rows[0]))

static const struct refusal schema_rows[] = {
	{ "name", NULL, "name: " }, { "name", "1", "name: " },
	{ "name", "\"\"", "name: " }, { "version", "null", "version: " },
	{ "issuerId", NULL, "issuerId: is required" },
	{ "attrNames", "[]", "attrNames: " }, { "attrNames", "{}", "attrNames: " },
	{ "attrNames", "[\"a\", 1]", "attrNames[1]: " },
	{ "attrNames", "[\"a\", \"\"]", "attrNames[1]: " },
	{ "attrNames", "[\" A\", \"b\", \"a\"]", "attrNames[2]: is the same" },
	{ "attrNames", "[\"Master_Secret\"]", "attrNames[0]: is reserved" },
	{ "seqNo", "-1", "seqNo: " }, { "seqNo", "\"x\"", "seqNo: " },
	{ "more", "1", "more: is not known" },
};
static const struct refusal def_rows[] = {
	{ "type", "\"BBS\"", "type: must be CL" }, { "tag", "1", "tag: " },
	{ "issuerId", "null", "issuerId: is required" },
	{ "value", "[]", "value: " },
	{ "value.primary", "null", "value.primary: is required" },
	{ "value.primary.n", "\"12\"", "value.primary: key_modulus" },
	{ "value.primary.n", "\"012\"", "value.primary.n: " },
	{ "value.primary.n", "\"-0\"", "value.primary.n: " },
	{ "value.primary.n", "12", "value.primary.n: " },
	{ "value.primary.s", "\"1\"", "value.primary: key_element" },
	{ "value.primary.s", "\"0x1\"", "value.primary.s: " },
	{ "value.primary.r", "{}", "value.primary.r: " },
	{ "value.primary.r.Age", "\"5\"", "value.primary.r.Age: " },
	{ "value.primary.r.age", "\"+5\"", "value.primary.r.age: " },
	{ "value.primary.x", "\"5\"", "value.primary.x: " },
	{ "value.revocation.g", "\"1 00\"", "value.revocation.g: " },
	{ "value.revocation.g", "null", "value.revocation.g: is required" },
	{ "value.revocation.u", "\"\"", "value.revocation.u: " },
	{ "value.revocation.z", "\"\"", "value.revocation.z: is not known" },
};
static const struct refusal cred_rows[] = {
	{ "schema_id", "\"\"", "schema_id: " },
	{ "rev_reg_id", "null", "signature.r_credential: " },
	{ "values", "{}", "values: must have" },
	{ "values.age", "1", "values.age: " },
	{ "values.age", "{}", "values.age.raw: is required" },
	{ "values.AGE", "{\"raw\": \"1\"}", "values.AGE: is the same" },
	{ "values.age.encoded", "\"1a\"", "values.age.encoded: " },
	{ "values.age.encoded", "\"1157920892373161954235709850086879078532699846"
	    "65640564039457584007913129639936\"", "values.age.encoded: " },
	{ "signature.p_credential.e", "null", "signature.p_credential.e: " },
	{ "signature.r_credential.i", "0", "signature.r_credential.i: " },
	{ "signature.r_credential.i", "1000001", "signature.r_credential.i: " },
	{ "signature.r_credential.c", "\"abc\"", "signature.r_credential.c: " },
	{ "signature.r_credential.m2", "\"\"", "signature.r_credential.m2: " },
	{ "signature.r_credential.witness_signature", "{}",
	    "signature.r_credential.witness_signature.sigma_i: " },
	{ "signature_correctness_proof.c", "\"x\"",
	    "signature_correctness_proof.c: " },
	{ "witness", "{\"omega\": \"1\"}", "witness.omega: " },
	{ "rev_reg", "{\"a\": \"1\"}", "rev_reg.a: is not known" },
};
static const struct refusal list_rows[] = {
	{ "revocationList", "[0]", "revocationList: " },
	{ "revocationList", "[0, 2]", "revocationList[1]: " },
	{ "revocationList", "[0, \"1\"]", "revocationList[1]: " },
	{ "revRegDefId", NULL, "revRegDefId: " },
	{ "currentAccumulator", "\"1 1\"", "currentAccumulator: " },
	{ "timestamp", "-1", "timestamp: " },
	{ "timestamp", "\"1e3\"", "timestamp: " },
};
static const struct refusal reg_rows[] = {
	{ "revocDefType", "\"X\"", "revocDefType: " },
	{ "value.maxCredNum", "1", "value.maxCredNum: " },
	{ "value.maxCredNum", "1000001", "value.maxCredNum: " },
	{ "value.issuanceType", "\"X\"", "value.issuanceType: " },
	{ "value.publicKeys", "{}", "value.publicKeys.accumKey: " },
	{ "value.publicKeys.accumKey.z", "\"1 1\"", "value.publicKeys.accumKey.z: " },
	{ "value.tailsHash", "null", "value.tailsHash: " },
	{ "credDefId", "7", "credDefId: " },
};
static const struct refusal ask_rows[] = {
	{ "nonce", "\"x\"", "nonce: " }, { "nonce", "\"-1\"", "nonce: " },
	{ "nonce", "7", "nonce: " },
	{ "requested_attributes", NULL, "requested_attributes: " },
	{ "requested_attributes", "{}", "requested_attributes: asks for nothing" },
	{ "requested_attributes.a", "{}", "requested_attributes.a.name: " },
	{ "requested_attributes.a", "{\"name\": \"x\", \"names\": [\"y\"]}",
	    "requested_attributes.a.names: must not" },
	{ "requested_attributes.a", "{\"names\": []}", "requested_attributes.a.names: " },
	{ "requested_attributes.a", "{\"names\": [\"y\", \" Y\"]}",
	    "requested_attributes.a.names[1]: is the same" },
	{ "requested_attributes.a.name", "\"Master_secret\"",
	    "requested_attributes.a.name: is the link secret" },
	{ "requested_attributes.a.restrictions", "{\"x\": \"y\"}",
	    "requested_attributes.a.restrictions.x: " },
	{ "requested_attributes.a.non_revoked", "{\"from\": 2, \"to\": 1}",
	    "requested_attributes.a.non_revoked: " },
	{ "requested_predicates.p", "{\"name\": \"x\", \"p_type\": \"GE\", \"p_value\": 1}",
	    "requested_predicates.p.p_type: " },
	{ "requested_predicates.p", "{\"name\": \"x\", \"p_type\": \">\", "
	    "\"p_value\": 2147483648}", "requested_predicates.p.p_value: " },
	{ "non_revoked", "7", "non_revoked: " },
	{ "title", "7", "title: is not known" },
};

static void
test_refusals(struct world *w)
{
	CLEANUP(json_put) struct json_object *list = world_list(w, 7);
	CLEANUP(json_put) struct json_object *ask = json_of("{\"nonce\": \"1\", "
	    "\"name\": \"n\", \"version\": \"1\", \"ver\": \"2.0\", "
	    "\"requested_attributes\": {\"a\": {\"name\": \"x\"}}, "
	    "\"requested_predicates\": {}}");

	REFUSE(w->schema[0], decode_schema, schema_rows);
	REFUSE(w->def_json[0], decode_def, def_rows);
	REFUSE(w->cred_json[W_PERSON], decode_cred, cred_rows);
	REFUSE(list, decode_list, list_rows);
	REFUSE(w->reg_json, decode_reg, reg_rows);
	REFUSE(ask, decode_ask, ask_rows);
}

int
main(void)
{
	static struct world w;

	if (!vec_missing()) {
		test_definition();
		test_oldest_definition();
		test_credentials();
		test_requests();
		test_presentations();
		test_delta();
	}
	world_init(&w);
	test_own(&w);
	test_packed_list(&w);
	test_refusals(&w);
	world_release(&w);
	return done_testing();
}
