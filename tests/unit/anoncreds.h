#ifndef TEST_ANONCREDS_H
#define TEST_ANONCREDS_H
/*
 * Presentations of the published vectors as a verifier gets them: the vectors of
 * the reference library have bare proofs, which are put into the objects of the
 * wire here.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/anoncreds/verify.h"
#include "../vectors.h"

#define AC_FN __attribute__((unused)) static

struct ac_case {			/* JSON; all its own */
	struct json_object *request, *pres, *args;
	struct ac_verify_opts opts;
};
AC_FN void
case_release(struct ac_case *c)
{
	json_object_put(c->request);
	json_object_put(c->pres);
	json_object_put(c->args);
}

/* json_of(text): the caller's. */
AC_FN struct json_object *
json_of(const char *text)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	if (json_parse(&o, text, strlen(text), &e) == -1) {
		printf("Bail out! %s in %s\n", e.msg, text);
		exit(1);
	}
	return o;
}

AC_FN struct json_object *
copy_of(struct json_object *o)
{
	return json_of(json_text(o));
}

/* put(o, path, v): v (taken) becomes the member at "a.b.c"; NULL v: null. */
AC_FN void
put(struct json_object *o, const char *path, struct json_object *v)
{
	char up[256];
	const char *last = strrchr(path, '.');

	if (last != NULL) {
		snprintf(up, sizeof(up), "%.*s", (int)(last - path), path);
		o = vec_at(o, up);
		path = last + 1;
	}
	if (json_object_is_type(o, json_type_array))
		json_object_array_put_idx(o, strtoul(path, NULL, 10), v);
	else
		json_add(o, path, v);
}

/* The verifier's side of a case, decoded once. */
struct ac_side {
	struct ac_pres_request request;
	struct ac_objects objects;
	const struct ac_case *c;
};
/* side_init: 0, or -1 when the verifier's own objects are refused. */
AC_FN int
side_init(struct ac_side *s, const struct ac_case *c)
{
	struct err e = ERR_INIT;

	*s = (struct ac_side){ .request = AC_PRES_REQUEST_INIT,
	    .objects = AC_OBJECTS_INIT, .c = c };
	if (ac_pres_request_decode(&s->request, c->request, &e) == 0 &&
	    ac_objects_decode(&s->objects, c->args, &e) == 0)
		return 0;
	if (getenv("AC_WHERE") != NULL)
		printf("# %s\n", e.msg);
	return -1;
}
AC_FN void
side_release(struct ac_side *s)
{
	ac_pres_request_release(&s->request);
	ac_objects_release(&s->objects);
}
/* side_verdict(s): "valid", or the reason; static text. */
AC_FN const char *
side_verdict(const struct ac_side *s)
{
	struct ac_verdict v;

	ac_verify(&v, &s->request, s->c->pres, &s->objects, &s->c->opts);
	if (!v.valid && getenv("AC_WHERE") != NULL)
		printf("# %s: %s\n", v.reason, v.where);
	return v.valid ? "valid" : v.reason;
}
/* verdict_of(c): the same of a case; "error" when the verifier's own objects are
 * refused. */
AC_FN const char *
verdict_of(const struct ac_case *c)
{
	CLEANUP(side_release) struct ac_side s;

	return side_init(&s, c) == 0 ? side_verdict(&s) : "error";
}

#define GVT_DEF		"NcYxiDXkpYi6ov5FcYDi1e:3:CL:1:tag"
#define GVT_SCHEMA	"NcYxiDXkpYi6ov5FcYDi1e:2:gvt:1.0"
#define GVT_REG		"NcYxiDXkpYi6ov5FcYDi1e:4:" GVT_DEF ":CL_ACCUM:r1"

/* wire_def(public): a CredentialDefinition of {p_key, r_key}. */
AC_FN struct json_object *
wire_def(struct json_object *p_key, struct json_object *r_key)
{
	struct json_object *o = json_of("{\"issuerId\": \"NcYxiDXkpYi6ov5FcYDi1e\", "
	    "\"schemaId\": \"" GVT_SCHEMA "\", \"type\": \"CL\", \"tag\": \"tag\", "
	    "\"value\": {}}");

	put(o, "value.primary", copy_of(p_key));
	if (r_key != NULL)
		put(o, "value.revocation", copy_of(r_key));
	return o;
}

/* wire_reg(z): a RevocationRegistryDefinition of that definition. */
AC_FN struct json_object *
wire_reg(const char *z)
{
	struct json_object *o = json_of("{\"issuerId\": \"NcYxiDXkpYi6ov5FcYDi1e\", "
	    "\"revocDefType\": \"CL_ACCUM\", \"credDefId\": \"" GVT_DEF "\", "
	    "\"tag\": \"r1\", \"value\": {\"maxCredNum\": 5, "
	    "\"publicKeys\": {\"accumKey\": {}}, \"tailsHash\": "
	    "\"EvfQG8gdhVn1NSA7XVEQwcib9bXaK5JAagjB1cGqrnic\"}}");

	put(o, "value.publicKeys.accumKey.z", json_object_new_string(z));
	return o;
}

/* wire_pres(proof): a Presentation that reveals name, and whose predicates are
 * answered under "p0", "p1", ... */
AC_FN struct json_object *
wire_pres(struct json_object *proof, const char *encoded)
{
	struct json_object *o = json_of("{\"requested_proof\": {\"revealed_attrs\": "
	    "{\"a\": {\"sub_proof_index\": 0, \"raw\": \"Alex\"}}, "
	    "\"self_attested_attrs\": {}, \"unrevealed_attrs\": {}, "
	    "\"predicates\": {}}, \"identifiers\": [{\"schema_id\": \"" GVT_SCHEMA
	    "\", \"cred_def_id\": \"" GVT_DEF "\", \"rev_reg_id\": \"" GVT_REG
	    "\", \"timestamp\": 100}]}");
	size_t n = json_object_array_length(vec_at(proof,
	    "proofs.0.primary_proof.ge_proofs"));
	char path[64];

	put(o, "requested_proof.revealed_attrs.a.encoded",
	    json_object_new_string(encoded));
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "requested_proof.predicates.p%zu", i);
		put(o, path, json_of("{\"sub_proof_index\": 0}"));
	}
	put(o, "proof", copy_of(proof));
	return o;
}

/* wire_request(nonce, preds): asks for name and the predicates of the library. */
AC_FN struct json_object *
wire_request(const char *nonce, struct json_object *preds)
{
	static const char *const types[][2] = {
		{ "GE", ">=" }, { "GT", ">" }, { "LE", "<=" }, { "LT", "<" },
	};
	struct json_object *o = json_of("{\"name\": \"n\", \"version\": \"0.1\", "
	    "\"requested_attributes\": {\"a\": {\"name\": \"name\", "
	    "\"non_revoked\": {\"from\": 50, \"to\": 150}}}, "
	    "\"requested_predicates\": {}}");
	char path[64];

	put(o, "nonce", json_object_new_string(nonce));
	for (size_t i = 0; i < json_object_array_length(preds); i++) {
		struct json_object *p = json_object_array_get_idx(preds, i);
		struct json_object *ask = json_object_new_object();

		json_add_str(ask, "name", vec_text(p, "attr_name"));
		for (size_t t = 0; t < 4; t++)
			if (strcmp(types[t][0], vec_text(p, "p_type")) == 0)
				json_add_str(ask, "p_type", types[t][1]);
		json_add_i64(ask, "p_value",
		    json_object_get_int64(vec_at(p, "value")));
		snprintf(path, sizeof(path), "requested_predicates.p%zu", i);
		put(o, path, ask);
	}
	return o;
}

/* wire_args(def, reg, accum): the verifier's objects, a list at time 100. */
AC_FN struct json_object *
wire_args(struct json_object *def, struct json_object *reg, const char *accum)
{
	struct json_object *o = json_of("{\"cred_defs\": {}, \"rev_reg_defs\": {}, "
	    "\"status_lists\": [{\"revRegDefId\": \"" GVT_REG "\", \"timestamp\": 100, "
	    "\"revocationList\": [0, 0, 1, 0, 0]}]}");

	json_add(vec_at(o, "cred_defs"), GVT_DEF, def);
	json_add(vec_at(o, "rev_reg_defs"), GVT_REG, reg);
	put(o, "status_lists.0.currentAccumulator", json_object_new_string(accum));
	return o;
}

/* case_refgen(i): presentation 0..2 of refgen-default-L5. */
AC_FN struct ac_case
case_refgen(int i)
{
	CLEANUP(json_put) struct json_object *all =
	    vec_json("anoncreds/refgen-default-L5/presentations.json");
	CLEANUP(json_put) struct json_object *def =
	    vec_json("anoncreds/refgen-default-L5/credential_definition.json");
	CLEANUP(json_put) struct json_object *reg =
	    vec_json("anoncreds/refgen-default-L5/revocation_registry.json");
	struct json_object *one = json_object_array_get_idx(all, (size_t)i);

	return (struct ac_case){
	    .request = wire_request(vec_text(one, "nonce"),
	    vec_at(one, "sub_proof_request.predicates")),
	    .pres = wire_pres(vec_at(one, "proof"), vec_text(one,
	    "proof.proofs.0.primary_proof.eq_proof.revealed_attrs.name")),
	    .args = wire_args(wire_def(vec_at(def, "public_key.p_key"),
	    vec_at(def, "public_key.r_key")),
	    wire_reg(vec_text(reg, "public_key.z")),
	    vec_text(one, "registry.accum")),
	};
}

/* case_legacy(): clsig-legacy-revocation-proof.json. */
AC_FN struct ac_case
case_legacy(void)
{
	CLEANUP(json_put) struct json_object *o =
	    vec_json("anoncreds/clsig-legacy-revocation-proof.json");

	return (struct ac_case){
	    .request = wire_request(vec_text(o, "nonce"),
	    vec_at(o, "sub_proof_request.predicates")),
	    .pres = wire_pres(vec_at(o, "proof"), vec_text(o,
	    "proof.proofs.0.primary_proof.eq_proof.revealed_attrs.name")),
	    .args = wire_args(wire_def(vec_at(o, "credential_public_key.p_key"),
	    vec_at(o, "credential_public_key.r_key")),
	    wire_reg(vec_text(o, "revocation_key_public.z")),
	    vec_text(o, "registry.accum")),
	};
}

/* case_indy(name): indy-presentation-*.json, which has all but the names of the
 * verifier's arguments. */
AC_FN struct ac_case
case_indy(const char *name)
{
	CLEANUP(json_put) struct json_object *o = vec_json(name);
	struct json_object *defs, *args = json_object_new_object();
	struct json_object *map = json_object_new_object(), *def;

	if (json_object_object_get_ex(o, "credential_definitions", &defs)) {
		json_object_object_foreach(defs, id, v) {
			json_add(map, vec_text(v, "id"), json_object_get(v));
			(void)id;
		}
		json_add(args, "schemas",
		    json_object_get(vec_at(o, "schemas")));
	} else {
		def = vec_at(o, "credential_definition");
		json_add(map, vec_text(def, "id"), json_object_get(def));
	}
	json_add(args, "cred_defs", map);
	return (struct ac_case){
	    .request = json_object_get(vec_at(o, "presentation_request")),
	    .pres = json_object_get(vec_at(o, "presentation")), .args = args };
}
#endif
