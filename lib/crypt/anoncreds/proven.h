#ifndef ANONCREDS_PROVEN_H
#define ANONCREDS_PROVEN_H
#include "cred_def.h"
#include "restriction.h"
#include "schema.h"
/*
 * What one sub-proof says of its credential, for restrictions: identifiers and
 * revealed values that the proof covers, and nothing else.
 */
struct ac_proven_value { const char *normal, *raw; };
struct ac_proven {
	const char *schema_id, *cred_def_id;
	const char *rev_reg_id;		/* NULL: none, or nothing was proven of it */
	const struct ac_cred_def *def;
	const struct ac_schema *schema;	/* NULL: not given */
	struct ac_proven_value *values;	/* revealed, raw encodes to what was signed; its own */
	size_t	n_values;
};
void ac_proven_release(struct ac_proven *p);
/* ac_proven_show(p, normal, raw): one more revealed value; both borrowed. */
void ac_proven_show(struct ac_proven *p, const char *normal, const char *raw);
/* ac_proven_tag: an ac_tag_fn; arg is a struct ac_proven. */
enum ac_known ac_proven_tag(void *arg, const char *tag, const char *value);
/* ac_proven_met(p, r): whether the credential meets r. */
bool ac_proven_met(struct ac_proven *p, const struct ac_restriction *r);
/*
 * ac_proven_schema_fits(p): whether the schema id is the definition's, which an
 * older definition gives by its number on the ledger.
 */
bool ac_proven_schema_fits(const struct ac_proven *p);
#endif
