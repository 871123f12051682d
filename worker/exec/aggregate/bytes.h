#ifndef AGGREGATE_BYTES_H
#define AGGREGATE_BYTES_H
#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>
#include "../../../lib/base/err.h"
/*
 * Bytes as members of objects: base64 or, for ids, base64url.  Getters return 0,
 * or -1 with ERR_PROTO naming the member: what they read came from this node.
 */
/* bytes_get(o, key, max, out, n, e): *out is the caller's (free), *n is 1..max. */
int bytes_get(struct json_object *o, const char *key, size_t max, uint8_t **out, size_t *n, struct err *e);
/* bytes_get_fixed, bytes_get_id, bytes_get_hex: exactly n bytes: base64, base64url, hex. */
int bytes_get_fixed(struct json_object *o, const char *key, uint8_t *out, size_t n, struct err *e);
int bytes_get_id(struct json_object *o, const char *key, uint8_t *out, size_t n, struct err *e);
int bytes_get_hex(struct json_object *o, const char *key, uint8_t *out, size_t n, struct err *e);
void bytes_add(struct json_object *o, const char *key, const void *p, size_t n);
void bytes_add_id(struct json_object *o, const char *key, const void *p, size_t n);
void bytes_add_hex(struct json_object *o, const char *key, const void *p, size_t n);
#endif
