#ifndef ANONCREDS_RESTRICTION_H
#define ANONCREDS_RESTRICTION_H
#include <stdbool.h>
#include "field.h"
/*
 * What a verifier wants of the credential behind a referent: WQL over tags.
 *
 *	{"tag": "value"}  {"tag": {"$neq": "value"}}  {"tag": {"$in": ["a", "b"]}}
 *	{"$and": [Q, ...]}  {"$or": [Q, ...]}  {"$not": Q}
 *	several members: all of them; an array of queries: one of them
 *
 * Tags: schema_id, schema_issuer_did, schema_name, schema_version, issuer_did,
 * issuer_id, cred_def_id, rev_reg_id, attr::<name>::value, attr::<name>::marker.
 * Source: specification 3.6, 4 rule 11.
 */
struct ac_restriction;
/*
 * ac_restriction_parse(out, o, e): o is the member `restrictions`; *out is NULL
 * when it asks for nothing (NULL, [], {}), else the caller's.  Borrows from o.
 * At most AC_WQL_DEPTH levels and AC_WQL_NODES conditions; tags, operators and
 * values are all checked here.  Returns 0, or -1 with ERR_STRUCTURE.
 */
int ac_restriction_parse(struct ac_restriction **out, struct json_object *o, struct err *e);
void ac_restriction_free(struct ac_restriction *r);

/* Whether a tag has a value, as far as it was proven. */
enum ac_known { AC_NO, AC_YES, AC_UNKNOWN };
typedef enum ac_known (*ac_tag_fn)(void *arg, const char *tag, const char *value);
/*
 * ac_restriction_met(r, tag, arg): r evaluated; NULL is met.  What nobody proved
 * is neither true nor false: "not X" does not hold because X is unknown.
 */
bool ac_restriction_met(const struct ac_restriction *r, ac_tag_fn tag, void *arg);
/* ac_restriction_attr(tag, name, value): whether tag is attr::<name>::value (then
 * *value) or attr::<name>::marker; name gets its normal form. */
bool ac_restriction_attr(const char *tag, char name[], bool *value);
#endif
