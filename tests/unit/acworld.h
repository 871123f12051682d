#ifndef TEST_ACWORLD_H
#define TEST_ACWORLD_H
/*
 * Issuer, holder and verifier in one process: two definitions over one modulus
 * (one of them revocable), a registry, three credentials of one holder.  Needs no
 * vectors and makes no primes.
 */
#include "../../lib/crypt/accum/registry.h"
#include "../../lib/crypt/anoncreds/holder.h"
#include "../../lib/crypt/anoncreds/ids.h"
#include "../../lib/crypt/anoncreds/issuer.h"
#include "../../lib/crypt/anoncreds/present.h"
#include "anoncreds.h"

/* Halves of safe primes of 1024 bits, for tests only. */
#define TEST_P_HALF \
    "88857208872994619784371037338436253557643866337825863599752170350156" \
    "07510002338074522673229585237831301398058701434106419796932426042976" \
    "82234817534801393920021907525148095322926836525129401150137569450913" \
    "28203972139907852478122122526553919636485973074953547339127228080230" \
    "778566510734038660249795970325388403"
#define TEST_Q_HALF \
    "85211592061187027484028520578934204976521125179131089988589999442440" \
    "68566740586765243167471631870500723341711258357767934547642104258578" \
    "14443244182732515737778005671738096950484531741722706074090695409484" \
    "11628315406576436887835901125705744059131079313871064069441406884531" \
    "238625442281061162675794351128135991"

#define W_ISSUER	"NcYxiDXkpYi6ov5FcYDi1e"
#define W_GVT		W_ISSUER ":2:gvt:1.0"
#define W_GVT_DEF	W_ISSUER ":3:CL:" W_GVT ":tag"
#define W_WORK		W_ISSUER ":2:work:2.0"
#define W_WORK_DEF	W_ISSUER ":3:CL:" W_WORK ":tag"
#define W_REG		W_ISSUER ":4:" W_GVT_DEF ":CL_ACCUM:r1"
#define W_SIZE		8		/* L of the registry */
#define W_NOW		1000		/* timestamp of the first list */
#define W_DEFS		2
#define W_CREDS		3

/* What is issued: person and their double of gvt, then work. */
enum { W_PERSON, W_DOUBLE, W_JOB };

struct world {
	struct json_object *schema[W_DEFS], *def_json[W_DEFS];
	struct json_object *secret_json[W_DEFS], *key_proof_json[W_DEFS];
	struct json_object *reg_json;
	struct ac_cred_def def[W_DEFS];
	struct ac_cred_def_private secret[W_DEFS];
	struct cl_key_proof key_proof[W_DEFS];
	struct ac_rev_reg reg;
	struct fr gamma;
	struct accum_list list;
	struct g2 accum;
	struct bn link;
	struct json_object *cred_json[W_CREDS];	/* as kept by the holder */
	struct ac_credential cred[W_CREDS];
};

AC_FN void
must(int rc, const struct err *e, const char *what)
{
	if (rc == -1) {
		printf("Bail out! %s: %s\n", what, e->msg);
		exit(1);
	}
}

static const char *const w_ids[W_DEFS] = { W_GVT_DEF, W_WORK_DEF };
static const char *const w_schemas[W_DEFS] = { W_GVT, W_WORK };

AC_FN void
world_def(struct world *w, int i, const char *name, const char *version,
    const char *attrs)
{
	CLEANUP(json_put) struct json_object *names = json_of(attrs);
	CLEANUP(ac_schema_release) struct ac_schema schema = AC_SCHEMA_INIT;
	CLEANUP(bn_release) struct bn p = BN_INIT, q = BN_INIT;
	struct err e = ERR_INIT;

	must(bn_from_dec(&p, TEST_P_HALF, strlen(TEST_P_HALF), 1024, &e), &e, "p'");
	must(bn_from_dec(&q, TEST_Q_HALF, strlen(TEST_Q_HALF), 1024, &e), &e, "q'");
	must(ac_issuer_schema(&w->schema[i], W_ISSUER, name, version, names, &e),
	    &e, "schema");
	must(ac_schema_decode(&schema, w->schema[i], &e), &e, "schema");
	must(ac_issuer_cred_def(&w->def_json[i], &w->secret_json[i],
	    &w->key_proof_json[i], &(struct ac_new_cred_def){
	    .issuer_id = W_ISSUER, .schema_id = w_schemas[i], .tag = "tag",
	    .schema = &schema, .revocable = i == 0, .p_half = &p,
	    .q_half = &q }, &e), &e, "definition");
	must(ac_cred_def_decode(&w->def[i], w->def_json[i], &e), &e, "definition");
	must(ac_cred_def_private_decode(&w->secret[i], w->secret_json[i],
	    &w->def[i], &e), &e, "private half");
	must(ac_key_proof_decode(&w->key_proof[i], w->key_proof_json[i], &e),
	    &e, "key proof");
}

AC_FN void
world_registry(struct world *w)
{
	struct ac_rev_reg r = { .issuer_id = W_ISSUER, .cred_def_id = W_GVT_DEF,
	    .tag = "r1", .tails_hash = "none", .size = W_SIZE };
	struct err e = ERR_INIT;

	fr_random(&w->gamma);
	accum_registry_z(&r.z, &w->def[0].rev, W_SIZE, &w->gamma);
	w->reg_json = ac_rev_reg_encode(&r);
	must(ac_rev_reg_decode(&w->reg, w->reg_json, &e), &e, "registry");
	must(accum_list_new(&w->list, W_SIZE, ACCUM_BY_DEFAULT, &e), &e, "list");
	accum_registry_value(&w->accum, &w->def[0].rev, &w->list, &w->gamma);
}

/* An issuance between its steps; what a test may spoil. */
struct issuance {
	int	def;
	struct json_object *offer_json, *request_json, *meta_json, *cred_json;
	struct ac_offer offer;
	struct ac_cred_request request;
	struct ac_cred_request_meta meta;
	struct ac_values values;
	struct ac_issue issue;
	struct ac_credential cred;
	struct ac_accept accept;
};
AC_FN void
issuance_release(struct issuance *s)
{
	ac_offer_release(&s->offer);
	ac_cred_request_release(&s->request);
	ac_cred_request_meta_release(&s->meta);
	ac_values_release(&s->values);
	ac_credential_release(&s->cred);
	json_object_put(s->offer_json);
	json_object_put(s->request_json);
	json_object_put(s->meta_json);
	json_object_put(s->cred_json);
}

/* issuance_begin(s, w, def, index, values): up to the decoded request. */
AC_FN void
issuance_begin(struct issuance *s, struct world *w, int def, uint32_t index,
    const char *values)
{
	CLEANUP(json_put) struct json_object *v = json_of(values);
	CLEANUP(bn_release) struct bn nonce = BN_INIT;
	struct err e = ERR_INIT;

	*s = (struct issuance){ .def = def, .offer = AC_OFFER_INIT,
	    .request = AC_CRED_REQUEST_INIT, .meta = AC_CRED_REQUEST_META_INIT,
	    .values = AC_VALUES_INIT, .cred = AC_CREDENTIAL_INIT };
	ac_issuer_offer(&s->offer_json, &nonce, w_schemas[def], w_ids[def],
	    &w->key_proof[def]);
	must(ac_offer_decode(&s->offer, s->offer_json, &e), &e, "offer");
	must(ac_holder_request(&s->request_json, &s->meta_json, &(struct ac_want){
	    .offer = &s->offer, .def = &w->def[def], .link = &w->link,
	    .link_secret_name = "main", .kind = AC_ENTROPY, .holder = "entropy" },
	    &e), &e, "request");
	must(ac_cred_request_decode(&s->request, s->request_json, &e), &e, "request");
	must(ac_cred_request_meta_decode(&s->meta, s->meta_json, &e), &e, "metadata");
	must(ac_values_decode(&s->values, v, &e), &e, "values");
	s->issue = (struct ac_issue){ .def = &w->def[def],
	    .secret = &w->secret[def], .offer = &s->offer,
	    .request = &s->request, .values = &s->values,
	    .check_encoding = true, .rev_reg_id = def == 0 ? W_REG : NULL,
	    .size = W_SIZE, .index = index, .gamma = &w->gamma,
	    .list = &w->list, .accum = def == 0 ? &w->accum : NULL };
	s->accept = (struct ac_accept){ .def = &w->def[def], .meta = &s->meta,
	    .link = &w->link, .rev_reg = def == 0 ? &w->reg : NULL,
	    .check_encoding = true };
}

/* issuance_issue(s): up to the decoded credential. */
AC_FN void
issuance_issue(struct issuance *s)
{
	struct err e = ERR_INIT;

	must(ac_issuer_issue(&s->cred_json, &s->issue, &e), &e, "issue");
	must(ac_credential_decode(&s->cred, s->cred_json, &e), &e, "credential");
}

AC_FN void
world_credential(struct world *w, int i, int def, uint32_t index,
    const char *values)
{
	CLEANUP(issuance_release) struct issuance s;
	struct err e = ERR_INIT;

	issuance_begin(&s, w, def, index, values);
	issuance_issue(&s);
	must(ac_holder_accept(&w->cred_json[i], &s.cred, &s.accept, &e), &e,
	    "accept");
	must(ac_credential_decode(&w->cred[i], w->cred_json[i], &e), &e,
	    "kept credential");
}

AC_FN void
world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->link = (struct bn)BN_INIT;
	for (int i = 0; i < W_DEFS; i++) {
		w->def[i] = (struct ac_cred_def)AC_CRED_DEF_INIT;
		w->secret[i] = (struct ac_cred_def_private)AC_CRED_DEF_PRIVATE_INIT;
		w->key_proof[i] = (struct cl_key_proof)CL_KEY_PROOF_INIT;
	}
	for (int i = 0; i < W_CREDS; i++)
		w->cred[i] = (struct ac_credential)AC_CREDENTIAL_INIT;
	cl_link_secret(&w->link);
	world_def(w, 0, "gvt", "1.0",
	    "[\"First Name\", \"age\", \"height\", \"zero\"]");
	world_def(w, 1, "work", "2.0", "[\"title\", \"salary\"]");
	world_registry(w);
	world_credential(w, W_PERSON, 0, 1, "{\"First Name\": \"Alex\", "
	    "\"age\": \"28\", \"height\": \"175\", \"zero\": \"0\"}");
	world_credential(w, W_DOUBLE, 0, 3, "{\"First Name\": \"Xela\", "
	    "\"age\": \"17\", \"height\": \"175\", \"zero\": \"0\"}");
	world_credential(w, W_JOB, 1, 0,
	    "{\"title\": \"cook\", \"salary\": \"-3\"}");
}

AC_FN void
world_release(struct world *w)
{
	for (int i = 0; i < W_DEFS; i++) {
		ac_cred_def_release(&w->def[i]);
		ac_cred_def_private_release(&w->secret[i]);
		cl_key_proof_release(&w->key_proof[i]);
		json_object_put(w->schema[i]);
		json_object_put(w->def_json[i]);
		json_object_put(w->secret_json[i]);
		json_object_put(w->key_proof_json[i]);
	}
	for (int i = 0; i < W_CREDS; i++) {
		ac_credential_release(&w->cred[i]);
		json_object_put(w->cred_json[i]);
	}
	ac_rev_reg_release(&w->reg);
	json_object_put(w->reg_json);
	accum_list_release(&w->list);
	bn_release(&w->link);
}

/* world_list(w, timestamp): the registry's list as it is now. */
AC_FN struct json_object *
world_list(const struct world *w, int64_t timestamp)
{
	return ac_rev_list_encode(W_REG, W_ISSUER, &w->list, &w->accum, timestamp);
}

/* world_args(w): what a verifier is given: all objects, one list at W_NOW. */
AC_FN struct json_object *
world_args(const struct world *w)
{
	struct json_object *o = json_of("{\"schemas\": {}, \"cred_defs\": {}, "
	    "\"rev_reg_defs\": {}, \"status_lists\": []}");

	for (int i = 0; i < W_DEFS; i++) {
		json_add(vec_at(o, "schemas"), w_schemas[i],
		    json_object_get(w->schema[i]));
		json_add(vec_at(o, "cred_defs"), w_ids[i],
		    json_object_get(w->def_json[i]));
	}
	json_add(vec_at(o, "rev_reg_defs"), W_REG, json_object_get(w->reg_json));
	json_object_array_add(vec_at(o, "status_lists"), world_list(w, W_NOW));
	return o;
}

/* world_revoke(w, index): the list and the accumulator after it. */
AC_FN void
world_revoke(struct world *w, uint32_t index)
{
	struct accum_delta d = ACCUM_DELTA_INIT;
	struct err e = ERR_INIT;

	must(accum_delta_of(&d, &w->list, &index, 1, true, &e), &e, "revoke");
	accum_registry_change(&w->accum, &w->def[0].rev, W_SIZE, &w->gamma, &d);
	must(accum_delta_apply(&w->list, &d, &e), &e, "revoke");
	accum_delta_release(&d);
}

/* world_state(w, cred, timestamp): the holder's state for the present list, made
 * from gamma, so only right for who is not revoked. */
AC_FN struct ac_held_state
world_state(const struct world *w, int cred, int64_t timestamp)
{
	static const char *const ids[W_CREDS] = { "person", "double", "job" };
	struct ac_held_state s = { .cred_id = ids[cred],
	    .state = { .accum = w->accum, .timestamp = timestamp } };

	accum_registry_witness(&s.state.witness, &w->def[0].rev, W_SIZE,
	    &w->gamma, &w->accum, w->cred[cred].rev.index);
	return s;
}

/* Everything a holder needs for one presentation. */
struct showing {
	struct json_object *args;
	struct ac_pres_request request;
	struct ac_selection selection;
	struct ac_objects objects;
	struct ac_held held[W_CREDS];
	struct ac_held_state states[W_CREDS];
	struct ac_present in;
};
/* showing_init(s, w, request, selection): both JSON, borrowed. */
AC_FN void
showing_init(struct showing *s, struct world *w, struct json_object *request,
    struct json_object *selection)
{
	struct err e = ERR_INIT;

	*s = (struct showing){ .args = world_args(w),
	    .request = AC_PRES_REQUEST_INIT, .selection = AC_SELECTION_INIT,
	    .objects = AC_OBJECTS_INIT };
	must(ac_pres_request_decode(&s->request, request, &e), &e, "request");
	must(ac_selection_decode(&s->selection, selection, &e), &e, "selection");
	must(ac_objects_decode(&s->objects, s->args, &e), &e, "objects");
	s->held[W_PERSON] = (struct ac_held){ "person", &w->cred[W_PERSON] };
	s->held[W_DOUBLE] = (struct ac_held){ "double", &w->cred[W_DOUBLE] };
	s->held[W_JOB] = (struct ac_held){ "job", &w->cred[W_JOB] };
	s->states[0] = world_state(w, W_PERSON, W_NOW);
	s->states[1] = world_state(w, W_DOUBLE, W_NOW);
	s->in = (struct ac_present){ .request = &s->request,
	    .selection = &s->selection, .held = s->held, .n_held = W_CREDS,
	    .states = s->states, .n_states = 2, .objects = &s->objects,
	    .link = &w->link };
}
AC_FN void
showing_release(struct showing *s)
{
	ac_pres_request_release(&s->request);
	ac_selection_release(&s->selection);
	ac_objects_release(&s->objects);
	json_object_put(s->args);
}
#endif
