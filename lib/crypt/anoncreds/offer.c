#include "offer.h"

#include "../../base/cleanup.h"

static const char *const members[] = {
	"schema_id", "cred_def_id", "key_correctness_proof", "nonce",
	"method_name", NULL,
};

static int
read_all(struct ac_offer *f, struct err *e)
{
	struct json_object *proof;

	if (ac_members(f->json, members, SIZE_MAX, e) == -1 ||
	    ac_text(f->json, "schema_id", AC_ID_MAX, &f->schema_id, e) == -1 ||
	    ac_text(f->json, "cred_def_id", AC_ID_MAX, &f->cred_def_id, e) == -1 ||
	    ac_num(f->json, "nonce", AC_NONCE_BITS, &f->nonce, e) == -1 ||
	    ac_sub(f->json, "key_correctness_proof", &proof, e) == -1)
		return -1;
	if (bn_sign(&f->nonce) == -1)
		return ac_bad(e, "nonce", "must not be negative");
	if (ac_key_proof_decode(&f->key_proof, proof, e) == -1)
		return ac_under(e, "key_correctness_proof");
	return 0;
}

int
ac_offer_decode(struct ac_offer *out, struct json_object *o, struct err *e)
{
	CLEANUP(ac_offer_release) struct ac_offer f = AC_OFFER_INIT;

	f.json = json_object_get(o);
	if (read_all(&f, e) == -1)
		return -1;
	*out = f;
	f = (struct ac_offer)AC_OFFER_INIT;
	return 0;
}

void
ac_offer_release(struct ac_offer *f)
{
	cl_key_proof_release(&f->key_proof);
	bn_release(&f->nonce);
	json_object_put(f->json);
	*f = (struct ac_offer)AC_OFFER_INIT;
}

struct json_object *
ac_offer_encode(const char *schema_id, const char *cred_def_id,
    const struct cl_key_proof *key_proof, const struct bn *nonce)
{
	struct json_object *o = ac_new_object();

	json_add_str(o, "schema_id", schema_id);
	json_add_str(o, "cred_def_id", cred_def_id);
	json_add(o, "key_correctness_proof", ac_key_proof_encode(key_proof));
	ac_add_num(o, "nonce", nonce);
	return o;
}
