#ifndef ANONCREDS_ISSUER_H
#define ANONCREDS_ISSUER_H
#include "../accum/list.h"
#include "cred_def.h"
#include "cred_request.h"
#include "credential.h"
#include "offer.h"
#include "schema.h"
/*
 * What an issuer does.  Everything in this folder is pure: decoded structs (or
 * texts) in, objects as on the wire out, which are the caller's (json_put).  No
 * storage and no clock: that a nonce is ours and fresh, that an index is used
 * once, the job sees to.  Errors are those of the service: ERR_STRUCTURE,
 * ERR_PAST_LIMIT, and ERR_PROOF_REJECTED with the word of what was refused.
 */
/* ac_issuer_schema(out, issuer_id, name, version, attr_names, e): attr_names is an
 * array of 1-125 names, unique after normalisation. */
int ac_issuer_schema(struct json_object **out, const char *issuer_id, const char *name,
    const char *version, struct json_object *attr_names, struct err *e);

struct ac_new_cred_def {
	const char *issuer_id, *schema_id, *tag;
	const struct ac_schema *schema;
	bool	revocable;
	const struct bn *p_half, *q_half;	/* safe primes' halves, of the pool or fresh */
	const struct cl_key_watch *watch;	/* or NULL */
};
/*
 * ac_issuer_cred_def(def, secret, key_proof, in, e): a CredentialDefinition, its
 * private half and the proof of its key.  Attributes are in the schema's order.
 */
int ac_issuer_cred_def(struct json_object **def, struct json_object **secret,
    struct json_object **key_proof, const struct ac_new_cred_def *in, struct err *e);

/* ac_issuer_offer(out, nonce, schema_id, cred_def_id, key_proof): nonce gets the
 * fresh nonce that the job has to remember. */
void ac_issuer_offer(struct json_object **out, struct bn *nonce, const char *schema_id,
    const char *cred_def_id, const struct cl_key_proof *key_proof);

struct ac_issue {
	const struct ac_cred_def *def;
	const struct ac_cred_def_private *secret;
	const struct ac_offer *offer;
	const struct ac_cred_request *request;
	const struct ac_values *values;
	bool	check_encoding;		/* refuse values whose raw encodes to another number */
	const char *rev_reg_id;		/* NULL: the definition is not revocable */
	uint32_t size, index;		/* of the registry; 1..size-1 */
	const struct fr *gamma;
	/*
	 * The registry's list with its accumulator, to add rev_reg and a witness; or
	 * NULL both.  index must count in the list: with gamma a witness could be
	 * made for any index, and one for a revoked index could not be taken back.
	 */
	const struct accum_list *list;
	const struct g2 *accum;
};
/*
 * ac_issuer_issue(out, in, e): the Credential.  The request is checked before
 * anything is signed (rule 12): it is for the offer's definition, U in range,
 * its proof over the offer's nonce.  ERR_REVOCATION_ID: index (no such, or
 * it does not count in list); ERR_STRUCTURE: values that the definition does not have.
 */
int ac_issuer_issue(struct json_object **out, const struct ac_issue *in, struct err *e);
#endif
