#ifndef ANONCREDS_REV_REG_H
#define ANONCREDS_REV_REG_H
#include "../accum/registry.h"
#include "number.h"
/* RevocationRegistryDefinition: the public, unchanging half of a registry. */
struct ac_rev_reg {
	struct json_object *json;
	const char *id;			/* NULL: not in the object (newer form) */
	const char *issuer_id;		/* NULL: legacy form */
	const char *cred_def_id, *tag, *tails_hash;
	const char *tails_location;	/* NULL: none */
	uint32_t size;			/* L, maxCredNum */
	bool	says_issuance;		/* legacy issuanceType is there: */
	enum accum_issuance issuance;	/* else by default */
	struct gt z;
};
#define AC_REV_REG_INIT { .json = NULL }
/* ac_rev_reg_decode(out, o, e): 0, or -1 with ERR_STRUCTURE. */
int ac_rev_reg_decode(struct ac_rev_reg *out, struct json_object *o, struct err *e);
void ac_rev_reg_release(struct ac_rev_reg *r);
/* ac_rev_reg_encode(r): of a new registry; issuer_id, cred_def_id, tag, tails_hash,
 * tails_location, size, issuance and z are read; issuance is written as the
 * legacy issuanceType, for the newer form leaves it out. */
struct json_object *ac_rev_reg_encode(const struct ac_rev_reg *r);
#endif
