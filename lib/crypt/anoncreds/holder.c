#include "holder.h"

#include <string.h>

#include "../../base/cleanup.h"

/* rejected: ERR_PROOF_REJECTED with what was refused and why. */
static int
rejected(struct err *e, const char *what, const char *word)
{
	return err_set(e, ERR_PROOF_REJECTED, "%s: %s", what, word);
}

int
ac_holder_request(struct json_object **request, struct json_object **meta,
    const struct ac_want *want, struct err *e)
{
	CLEANUP(cl_request_release) struct cl_request blinded = CL_REQUEST_INIT;
	CLEANUP(bn_release) struct bn v_prime = BN_INIT, nonce = BN_INIT;
	CLEANUP(fr_wipe) struct fr vr_prime = { { 0 } };
	bool revocable = want->def->revocable;
	enum cl_verdict v;
	struct g1 ur;

	v = cl_key_check(&want->def->key, &want->offer->key_proof);
	if (v != CL_HOLDS)
		return rejected(e, "key_correctness_proof", cl_verdict_word(v));
	if (cl_request_make(&blinded, &v_prime, &want->def->key, want->link,
	    &want->offer->nonce, NULL, e) == -1)
		return -1;
	if (revocable) {
		fr_random(&vr_prime);
		accum_request(&ur, &want->def->rev, &vr_prime);
	}
	cl_nonce(&nonce);
	*request = ac_cred_request_encode(want->kind, want->holder,
	    want->offer->cred_def_id, &blinded, revocable ? &ur : NULL, &nonce);
	*meta = ac_cred_request_meta_encode(&v_prime,
	    revocable ? &vr_prime : NULL, &nonce, want->link_secret_name,
	    want->holder);
	return 0;
}

/* fits: the parts of in belong together. */
static int
fits(const struct ac_credential *c, const struct ac_accept *in, struct err *e)
{
	const char *name;

	if (c->revocable != in->def->revocable)
		return ac_bad(e, "credential.rev_reg_id", "must be there when "
		    "the definition is revocable, and only then");
	if (c->revocable && in->rev_reg == NULL)
		return ac_bad(e, "rev_reg_def", "is required");
	if (c->revocable && !in->meta->revocable)
		return ac_bad(e, "credential", "is not what was asked for");
	if (c->revocable && c->rev.index >= in->rev_reg->size)
		return ac_bad(e, "credential.signature.r_credential.i",
		    "is not an index of the registry");
	if (c->revocable &&
	    strcmp(in->rev_reg->cred_def_id, c->cred_def_id) != 0)
		return ac_bad(e, "rev_reg_def.credDefId",
		    "is not the credential's");
	if (in->def->id != NULL && strcmp(in->def->id, c->cred_def_id) != 0)
		return ac_bad(e, "cred_def.id", "is not the credential's");
	if (in->check_encoding && !ac_values_encoded_well(&c->values, &name)) {
		ac_bad(e, name, "raw encodes to another number");
		return ac_under(e, "credential.values");
	}
	return 0;
}

/* accept_revocation: the pairings, and the witness when one came. */
static int
accept_revocation(struct ac_credential *c, const struct ac_accept *in,
    struct err *e)
{
	enum accum_verdict v;
	struct fr m2;

	accum_scalar(&m2, &c->sig.m2);
	v = accum_accept(&c->rev, &in->def->rev, &m2, &in->meta->vr_prime);
	if (v != ACCUM_HOLDS)
		return rejected(e, "credential.signature.r_credential",
		    accum_verdict_word(v));
	if (c->has_accum && c->has_witness && !accum_witness_holds(&c->rev,
	    &in->def->rev, &in->rev_reg->z, &c->accum, &c->witness))
		return rejected(e, "credential.witness", "witness_wrong");
	return 0;
}

int
ac_holder_accept(struct json_object **out, struct ac_credential *c,
    const struct ac_accept *in, struct err *e)
{
	CLEANUP(bn_release) struct bn m2 = BN_INIT;
	const char *holder = in->meta->holder;
	enum cl_verdict v;

	if (fits(c, in, e) == -1)
		return -1;
	if (holder != NULL)
		cl_context(&m2, holder, strlen(holder),
		    c->revocable ? (int64_t)c->rev.index : -1);
	else
		bn_set(&m2, &c->sig.m2);
	v = cl_signature_accept(&c->sig, &c->proof, &in->def->key,
	    &c->values.encoded, in->link, &in->meta->v_prime, &m2,
	    &in->meta->nonce);
	if (v != CL_HOLDS)
		return rejected(e, "credential.signature", cl_verdict_word(v));
	if (c->revocable && accept_revocation(c, in, e) == -1)
		return -1;
	*out = ac_credential_encode(c);
	return 0;
}
