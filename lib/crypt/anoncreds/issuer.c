#include "issuer.h"

#include <string.h>

#include "../../base/cleanup.h"
#include "../accum/registry.h"

int
ac_issuer_schema(struct json_object **out, const char *issuer_id,
    const char *name, const char *version, struct json_object *attr_names,
    struct err *e)
{
	CLEANUP(json_put) struct json_object *o = ac_new_object();
	CLEANUP(ac_schema_release) struct ac_schema s = AC_SCHEMA_INIT;

	json_add_str(o, "issuerId", issuer_id);
	json_add_str(o, "name", name);
	json_add_str(o, "version", version);
	json_add(o, "attrNames", json_object_get(attr_names));
	if (ac_schema_decode(&s, o, e) == -1)
		return -1;
	*out = STEAL(o);
	return 0;
}

int
ac_issuer_cred_def(struct json_object **def, struct json_object **secret,
    struct json_object **key_proof, const struct ac_new_cred_def *in,
    struct err *e)
{
	CLEANUP(cl_pub_release) struct cl_pub pk = CL_PUB_INIT;
	CLEANUP(cl_priv_release) struct cl_priv sk = CL_PRIV_INIT;
	CLEANUP(cl_key_proof_release) struct cl_key_proof proof =
	    CL_KEY_PROOF_INIT;
	CLEANUP(accum_priv_wipe) struct accum_priv rev_sk = { 0 };
	struct accum_pub rev_pk;

	if (cl_key_make(&pk, &sk, &proof,
	    (const char *const *)in->schema->normal, in->schema->n_attrs,
	    in->p_half, in->q_half, in->watch, e) == -1)
		return -1;
	if (in->revocable)
		accum_key_new(&rev_pk, &rev_sk);
	*def = ac_cred_def_encode(in->schema_id, in->tag, in->issuer_id, &pk,
	    in->revocable ? &rev_pk : NULL);
	*secret = ac_cred_def_private_encode(&sk,
	    in->revocable ? &rev_sk : NULL);
	*key_proof = ac_key_proof_encode(&proof);
	return 0;
}

void
ac_issuer_offer(struct json_object **out, struct bn *nonce,
    const char *schema_id, const char *cred_def_id,
    const struct cl_key_proof *key_proof)
{
	cl_nonce(nonce);
	*out = ac_offer_encode(schema_id, cred_def_id, key_proof, nonce);
}

/* check_index: one of the registry, and in its list when a witness is wanted. */
static int
check_index(const struct ac_issue *in, struct err *e)
{
	if (in->index < 1 || in->index >= in->size)
		return err_set(e, ERR_REVOCATION_ID,
		    "index %u is not one of the registry", in->index);
	if (in->accum != NULL && (in->list == NULL ||
	    in->list->size != in->size ||
	    !accum_list_counts(in->list, in->index)))
		return err_set(e, ERR_REVOCATION_ID,
		    "index %u is not in the accumulator", in->index);
	return 0;
}

/* check: rule 12, as far as it can be seen here; and that in fits together. */
static int
check(const struct ac_issue *in, struct err *e)
{
	const char *name;
	enum cl_verdict v;

	if (strcmp(in->request->cred_def_id, in->offer->cred_def_id) != 0)
		return ac_bad(e, "request.cred_def_id", "is not the offer's");
	if (in->def->revocable != in->request->revocable)
		return ac_bad(e, "request.blinded_ms.ur", "must be there when "
		    "the definition is revocable, and only then");
	if (in->def->revocable != (in->rev_reg_id != NULL))
		return ac_bad(e, "registry", "must be there when the "
		    "definition is revocable, and only then");
	if (in->rev_reg_id != NULL && check_index(in, e) == -1)
		return -1;
	if (in->check_encoding && !ac_values_encoded_well(in->values, &name)) {
		ac_bad(e, name, "raw encodes to another number");
		return ac_under(e, "values");
	}
	v = cl_request_check(&in->request->blinded, &in->def->key,
	    &in->offer->nonce);
	return v == CL_HOLDS ? 0 : err_set(e, ERR_PROOF_REJECTED,
	    "request: %s", cl_verdict_word(v));
}

/* issue_revocation: the part for the index, and what goes with it. */
static void
issue_revocation(struct ac_credential *c, const struct ac_issue *in)
{
	struct fr m2;

	accum_scalar(&m2, &c->sig.m2);
	accum_issue(&c->rev, &in->def->rev, &in->secret->rev, in->gamma,
	    in->index, &m2, &in->request->ur, NULL);
	c->revocable = true;
	c->rev_reg_id = in->rev_reg_id;
	c->has_accum = c->has_witness = in->accum != NULL;
	if (in->accum == NULL)
		return;
	c->accum = *in->accum;
	accum_registry_witness(&c->witness, &in->def->rev, in->size, in->gamma,
	    in->accum, in->index);
}

int
ac_issuer_issue(struct json_object **out, const struct ac_issue *in,
    struct err *e)
{
	CLEANUP(cl_signature_release) struct cl_signature sig =
	    CL_SIGNATURE_INIT;
	CLEANUP(cl_signature_proof_release) struct cl_signature_proof proof =
	    CL_SIGNATURE_PROOF_INIT;
	CLEANUP(bn_release) struct bn m2 = BN_INIT;
	const char *holder = in->request->holder;
	struct ac_credential c = AC_CREDENTIAL_INIT;

	if (check(in, e) == -1)
		return -1;
	cl_context(&m2, holder, strlen(holder),
	    in->rev_reg_id != NULL ? (int64_t)in->index : -1);
	if (cl_sign(&sig, &proof, &in->def->key, &in->secret->key,
	    &in->request->blinded, &in->values->encoded, &m2,
	    &in->request->nonce, NULL, e) == -1)
		return -1;
	/* c borrows all it has: it is not released but encoded. */
	c.schema_id = in->offer->schema_id;
	c.cred_def_id = in->offer->cred_def_id;
	c.values = *in->values;
	c.sig = sig;
	c.proof = proof;
	if (in->rev_reg_id != NULL)
		issue_revocation(&c, in);
	*out = ac_credential_encode(&c);
	accum_cred_wipe(&c.rev);
	return 0;
}
