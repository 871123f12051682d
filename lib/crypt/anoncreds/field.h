#ifndef ANONCREDS_FIELD_H
#define ANONCREDS_FIELD_H
#include "../../base/json.h"
/*
 * Members of outside objects.  A refusal is ERR_STRUCTURE, or ERR_PAST_LIMIT for
 * a number of too many digits or bits, and begins with the path of the field:
 * "value.primary.n: ...", "proofs[2].primary_proof: ...".
 */
/* ac_under(e, fmt, ...): puts the name of the object that holds the field in
 * front of the path in e; a code that is neither of the two becomes ERR_STRUCTURE.
 * Returns -1. */
int ac_under(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* ac_bad(e, key, why): "key: why"; returns -1.  key "" is the object itself. */
int ac_bad(struct err *e, const char *key, const char *why);
/* ac_clean(text): text that was cut inside a character becomes UTF-8 again: what
 * is not ASCII in it, '?'. */
void ac_clean(char *text);
/*
 * ac_members(o, known, max, e): o is an object of at most max members, and each
 * of them stands in known (NULL-terminated; NULL: any name of 1..AC_ID_MAX bytes).
 */
int ac_members(struct json_object *o, const char *const *known, size_t max, struct err *e);
/* ac_sub(o, key, &out, e): the member, which must be an object; ac_opt_sub: 1, or
 * 0 when it is absent or null. */
int ac_sub(struct json_object *o, const char *key, struct json_object **out, struct err *e);
int ac_opt_sub(struct json_object *o, const char *key, struct json_object **out, struct err *e);
/* ac_arr(o, key, min, max, &out, e): an array; ac_opt_arr: 1, or 0 as above. */
int ac_arr(struct json_object *o, const char *key, size_t min, size_t max, struct json_object **out, struct err *e);
int ac_opt_arr(struct json_object *o, const char *key, size_t min, size_t max, struct json_object **out, struct err *e);
/* ac_string(v, max): the text of a string of 1..max bytes without NUL, else NULL. */
const char *ac_string(struct json_object *v, size_t max);
/* ac_text(o, key, max, &out, e): a string of 1..max bytes, borrowed from o. */
int ac_text(struct json_object *o, const char *key, size_t max, const char **out, struct err *e);
int ac_opt_text(struct json_object *o, const char *key, size_t max, const char **out, struct err *e);
/* ac_raw(o, key, &out, e): the value of an attribute, 0..AC_RAW_MAX bytes. */
int ac_raw(struct json_object *o, const char *key, const char **out, struct err *e);
/*
 * ac_opt_i64: a JSON integer min..max, or the same as a string (agents of the
 * family send seqNo, maxCredNum and timestamps either way).  1, 0 absent, -1.
 */
int ac_opt_i64(struct json_object *o, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e);
/* ac_i64: the same, required. */
int ac_i64(struct json_object *o, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e);
#endif
