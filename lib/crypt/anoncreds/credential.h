#ifndef ANONCREDS_CREDENTIAL_H
#define ANONCREDS_CREDENTIAL_H
#include "../accum/issue.h"
#include "../cl/issue.h"
#include "values.h"
/*
 * Credential: as issued (v is v'', vr is vr''), or as kept by its holder (v' + v'',
 * vr' + vr'').  Nothing in the object says which.
 */
struct ac_credential {
	struct json_object *json;	/* what the texts live in; NULL while it is made */
	const char *schema_id, *cred_def_id;
	const char *rev_reg_id;		/* NULL: not revocable */
	struct ac_values values;
	struct cl_signature sig;
	struct cl_signature_proof proof;
	bool	revocable;		/* rev is there, and rev_reg_id */
	struct accum_cred rev;
	bool	has_accum, has_witness;	/* what the issuer may add for its list */
	struct g2 accum, witness;
};
#define AC_CREDENTIAL_INIT { .values = AC_VALUES_INIT, .sig = CL_SIGNATURE_INIT, \
	.proof = CL_SIGNATURE_PROOF_INIT }
/*
 * ac_credential_decode(out, o, e): form, bounds, curve and order of points; that
 * both g_i are one.  ERR_STRUCTURE, ERR_PAST_LIMIT.
 */
int ac_credential_decode(struct ac_credential *out, struct json_object *o, struct err *e);
void ac_credential_release(struct ac_credential *c);	/* wipes the numbers */
/* ac_credential_encode(c): names as on the wire; the caller's. */
struct json_object *ac_credential_encode(const struct ac_credential *c);
#endif
