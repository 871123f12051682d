#ifndef ANONCREDS_CRED_DEF_H
#define ANONCREDS_CRED_DEF_H
#include "../accum/key.h"
#include "../cl/key.h"
#include "number.h"
/*
 * CredentialDefinition: an issuer's public keys for one schema; its private half;
 * the proof that the public half was made well.  Source: specification 3.6.
 */
struct ac_cred_def {
	struct json_object *json;	/* what the texts below live in */
	const char *id;			/* NULL: not in the object (newer form) */
	const char *issuer_id;		/* NULL: legacy form */
	const char *schema_id, *tag;	/* schema_id: may be a number on the ledger */
	struct cl_pub key;		/* ready; an older `rms` is its master_secret */
	bool	revocable;
	struct accum_pub rev;		/* when revocable */
};
#define AC_CRED_DEF_INIT { .key = CL_PUB_INIT }
/*
 * ac_cred_def_decode(out, o, e): the key is checked as cl_pub_ready does, points
 * for curve and order.  Attribute names must be in their normal form, 1-125 of
 * them besides master_secret.  Returns 0, or -1 with ERR_STRUCTURE,
 * ERR_PAST_LIMIT; out is released or as initialised before.
 */
int ac_cred_def_decode(struct ac_cred_def *out, struct json_object *o, struct err *e);
void ac_cred_def_release(struct ac_cred_def *d);
/* ac_cred_def_encode(...): the wire's form of new keys; the caller's. */
struct json_object *ac_cred_def_encode(const char *schema_id, const char *tag,
    const char *issuer_id, const struct cl_pub *key, const struct accum_pub *rev /* or NULL */);

struct ac_cred_def_private {		/* secret */
	struct cl_priv key;		/* ready */
	struct accum_priv rev;		/* when the definition is revocable */
};
#define AC_CRED_DEF_PRIVATE_INIT { .key = CL_PRIV_INIT }
/* ac_cred_def_private_decode(out, o, def, e): value{p_key, r_key} of def;
 * ERR_STRUCTURE also when the halves do not belong together. */
int ac_cred_def_private_decode(struct ac_cred_def_private *out, struct json_object *o,
    const struct ac_cred_def *def, struct err *e);
void ac_cred_def_private_release(struct ac_cred_def_private *p);	/* wipes */
struct json_object *ac_cred_def_private_encode(const struct cl_priv *key, const struct accum_priv *rev /* or NULL */);

/* The key proof: {c, xz_cap, xr_cap[[name, number], ...]}; its order is hashed. */
int ac_key_proof_decode(struct cl_key_proof *out, struct json_object *o, struct err *e);
struct json_object *ac_key_proof_encode(const struct cl_key_proof *p);
#endif
