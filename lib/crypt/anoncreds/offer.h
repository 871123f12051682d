#ifndef ANONCREDS_OFFER_H
#define ANONCREDS_OFFER_H
#include "cred_def.h"
/* CredentialOffer: which credential an issuer would sign, and the proof of its key. */
struct ac_offer {
	struct json_object *json;
	const char *schema_id, *cred_def_id;
	struct cl_key_proof key_proof;
	struct bn nonce;
};
#define AC_OFFER_INIT { .key_proof = CL_KEY_PROOF_INIT, .nonce = BN_INIT }
/* ac_offer_decode(out, o, e): form and bounds only; 0, or -1 ERR_STRUCTURE, ERR_PAST_LIMIT. */
int ac_offer_decode(struct ac_offer *out, struct json_object *o, struct err *e);
void ac_offer_release(struct ac_offer *f);
struct json_object *ac_offer_encode(const char *schema_id, const char *cred_def_id,
    const struct cl_key_proof *key_proof, const struct bn *nonce);
#endif
