#ifndef BASE_JSON_H
#define BASE_JSON_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "buf.h"
#include "err.h"
/*
 * Strict JSON over json-c: UTF-8 checked, depth 16, no trailing bytes, no NUL,
 * no duplicate keys.  Every getter names the key in its ERR_VALIDATION.
 * Objects returned by getters are borrowed from o.
 */
#define JSON_DEPTH 16
/* json_parse(out, p, n, e): whole text; *out is the caller's (json_put).
 * ERR_INVALID_REQUEST when it is not JSON. */
int json_parse(struct json_object **out, const char *p, size_t n, struct err *e);
void json_put(struct json_object **o);		/* for CLEANUP(json_put) */
/* json_known(o, keys, e): 0 when o is an object whose every key is in keys
 * (NULL-terminated); else ERR_VALIDATION naming the first stranger. */
int json_known(struct json_object *o, const char *const *keys, struct err *e);
/* Required members: 0, or -1 with ERR_VALIDATION.  min/max: bytes, values, elements. */
int json_get_str(struct json_object *o, const char *key, size_t min, size_t max, const char **out, struct err *e);
int json_get_i64(struct json_object *o, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e);
int json_get_bool(struct json_object *o, const char *key, bool *out, struct err *e);
int json_get_obj(struct json_object *o, const char *key, struct json_object **out, struct err *e);
int json_get_arr(struct json_object *o, const char *key, size_t min, size_t max, struct json_object **out, struct err *e);
/* Optional: 1 there, 0 absent (out untouched; null counts as absent), -1 error. */
int json_opt_str(struct json_object *o, const char *key, size_t min, size_t max, const char **out, struct err *e);
int json_opt_i64(struct json_object *o, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e);
int json_opt_bool(struct json_object *o, const char *key, bool *out, struct err *e);
int json_opt_obj(struct json_object *o, const char *key, struct json_object **out, struct err *e);
int json_opt_arr(struct json_object *o, const char *key, size_t min, size_t max, struct json_object **out, struct err *e);
/* Building: add to an object; abort on out of memory. */
void json_add_str(struct json_object *o, const char *key, const char *s);	/* NULL s: null */
void json_add_strn(struct json_object *o, const char *key, const char *s, size_t n);
void json_add_i64(struct json_object *o, const char *key, int64_t v);
void json_add_bool(struct json_object *o, const char *key, bool v);
void json_add(struct json_object *o, const char *key, struct json_object *v);	/* takes v */
const char *json_text(struct json_object *o);	/* compact; borrowed from o */
/* json_escape(b, p, n): append n bytes as the inside of a JSON string;
 * invalid UTF-8 becomes U+FFFD. */
void json_escape(struct buf *b, const char *p, size_t n);
bool utf8_valid(const char *p, size_t n);
#endif
