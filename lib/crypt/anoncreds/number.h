#ifndef ANONCREDS_NUMBER_H
#define ANONCREDS_NUMBER_H
#include "../bn254/wire.h"
#include "../cl/map.h"
#include "field.h"
#include "limit.h"
/*
 * Numbers, scalars and points as members of objects.  The text is bounded before
 * anything is converted; a refusal is ERR_STRUCTURE, or ERR_PAST_LIMIT for a
 * number of too many digits or bits, and names the field.
 */
/* ac_num(o, key, bits, out, e): canonical decimal text, magnitude of at most bits. */
int ac_num(struct json_object *o, const char *key, unsigned bits, struct bn *out, struct err *e);
/* ac_num_text(s, bits, out, e): such a text by itself; the error's path is "". */
int ac_num_text(const char *s, unsigned bits, struct bn *out, struct err *e);
/* ac_num_map(o, key, max, bits, out, e): {name: number} of at most max names. */
int ac_num_map(struct json_object *o, const char *key, size_t max, unsigned bits, struct cl_map *out, struct err *e);
int ac_scalar(struct json_object *o, const char *key, struct fr *out, struct err *e);
int ac_g1(struct json_object *o, const char *key, enum wire_infinity inf, struct g1 *out, struct err *e);
int ac_g2(struct json_object *o, const char *key, enum wire_infinity inf, struct g2 *out, struct err *e);
int ac_gt(struct json_object *o, const char *key, struct gt *out, struct err *e);

/* Building: the same forms, added to o. */
void ac_add_num(struct json_object *o, const char *key, const struct bn *a);
void ac_add_num_map(struct json_object *o, const char *key, const struct cl_map *m);
void ac_add_scalar(struct json_object *o, const char *key, const struct fr *a);
void ac_add_g1(struct json_object *o, const char *key, const struct g1 *a);
void ac_add_g2(struct json_object *o, const char *key, const struct g2 *a);
void ac_add_gt(struct json_object *o, const char *key, const struct gt *a);
/* ac_zeroed(n, size): calloc that ends the process rather than fail; n may be 0. */
void *ac_zeroed(size_t n, size_t size);
/* ac_new_object(), ac_new_array(): never NULL. */
struct json_object *ac_new_object(void);
struct json_object *ac_new_array(void);
/* ac_push(array, v): takes v; the others append a copy. */
void ac_push(struct json_object *array, struct json_object *v);
void ac_push_str(struct json_object *array, const char *s);
void ac_push_num(struct json_object *array, const struct bn *a);
void ac_push_i64(struct json_object *array, int64_t v);
#endif
