#ifndef ANONCREDS_VALUES_H
#define ANONCREDS_VALUES_H
#include "attr.h"
#include "number.h"
/* Attribute values of a credential: as people read them and as they are signed. */
#define AC_VALUE_BITS	256	/* magnitude of an encoded value */
struct ac_value {
	const char *name;		/* as written; in the JSON */
	const char *raw;
	char	*normal;		/* as compared and signed; its own */
};
struct ac_values {
	struct json_object *json;
	size_t	n;
	struct ac_value at[AC_ATTRS_MAX];
	struct cl_map encoded;		/* by normal name */
};
#define AC_VALUES_INIT { .encoded = CL_MAP_INIT }
/*
 * ac_values_decode(out, o, e): {name: {raw, encoded?}} or {name: raw}, names
 * unique after normalisation; what has no encoded gets that of raw.
 * Returns 0, or -1 with ERR_STRUCTURE, ERR_PAST_LIMIT.
 */
int ac_values_decode(struct ac_values *out, struct json_object *o, struct err *e);
void ac_values_release(struct ac_values *v);
/* ac_values_encode(v): {name: {raw, encoded}}, names as written; the caller's. */
struct json_object *ac_values_encode(const struct ac_values *v);
/* ac_values_find(v, normal): NULL when there is none. */
const struct ac_value *ac_values_find(const struct ac_values *v, const char *normal);
/* ac_values_encoded_well(v): rule 10: every raw encodes to what was signed; else
 * *name is the first that does not. */
bool ac_values_encoded_well(const struct ac_values *v, const char **name);
#endif
