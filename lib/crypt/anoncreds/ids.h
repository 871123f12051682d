#ifndef ANONCREDS_IDS_H
#define ANONCREDS_IDS_H
#include <stdbool.h>
#include <stddef.h>
#include "../../base/buf.h"
/*
 * Legacy ids: what an id of the Indy ledger says of its object.
 *
 *	schema		did:2:name:version
 *	definition	did:3:CL:<schema id, or its number on the ledger>:tag
 *	registry	did:4:<definition id>:CL_ACCUM:tag
 *
 * did is the bare identifier, 21 or 22 characters of base58.  Ids that are not
 * of this form are opaque.  Source: specification 3.1.
 */
struct ac_part {		/* a piece of an id; not NUL-terminated */
	const char *p;
	size_t	len;
};
struct ac_schema_id { struct ac_part did, name, version; };
/* ac_ids_schema(id, out): whether id is a schema's, then its parts. */
bool ac_ids_schema(const char *id, struct ac_schema_id *out);
/* ac_ids_issuer(id, kind, did): whether id is legacy of that kind ('2', '3', '4'),
 * then whose it is. */
bool ac_ids_issuer(const char *id, char kind, struct ac_part *did);
/* ac_part_is(part, text). */
bool ac_part_is(const struct ac_part *part, const char *text);

/* What a new object of that issuer is called; appended to b. */
void ac_ids_make_schema(struct buf *b, const char *issuer, const char *name, const char *version);
void ac_ids_make_cred_def(struct buf *b, const char *issuer, const char *schema, const char *tag);
void ac_ids_make_registry(struct buf *b, const char *issuer, const char *cred_def, const char *tag);
#endif
