#ifndef ANONCREDS_SCHEMA_H
#define ANONCREDS_SCHEMA_H
#include "attr.h"
#include "field.h"
/*
 * Schema: which attributes a credential has.  A decoded object holds the JSON it
 * came from: its texts live as long as it does.
 */
struct ac_schema {
	struct json_object *json;
	const char *id;			/* NULL: not in the object (newer form) */
	const char *issuer_id;		/* NULL: legacy form */
	const char *name, *version;
	int64_t	seq_no;			/* on the ledger; 0: unknown */
	size_t	n_attrs;
	const char *attrs[AC_ATTRS_MAX];	/* as written */
	char	*normal[AC_ATTRS_MAX];	/* as compared and signed; its own */
};
#define AC_SCHEMA_INIT { .json = NULL }
/*
 * ac_schema_decode(out, o, e): {name, version, attrNames[1-125], issuerId}, or
 * legacy with id, ver, seqNo.  Names are unique after normalisation, and none
 * of them is master_secret.  Returns 0, or -1 with ERR_STRUCTURE naming the
 * field; out is zeroed or released before.
 */
int ac_schema_decode(struct ac_schema *out, struct json_object *o, struct err *e);
void ac_schema_release(struct ac_schema *s);
#endif
