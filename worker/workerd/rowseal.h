#ifndef WORKERD_ROWSEAL_H
#define WORKERD_ROWSEAL_H
#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>
#include "../../lib/base/err.h"
#include "../../lib/crypt/wbuf.h"
/*
 * What rests in rows sealed to the node: opened for the one job that may have
 * it, sealed in what a job wants written.  A member seal_x of a write becomes
 * sealed_x (base64), bound to its table, row and tenant.
 */
struct job;

/* rowseal_open: a sealed value of a row into out (appended). */
int rowseal_open(const struct job *j, const char *table, const char *id,
    const uint8_t *p, size_t n, struct wbuf *out, struct err *e);
/* rowseal_open_answer: the members sealed_x of an answer's value, opened, as
 * members x of *opened (the caller's; NULL when it has none).  They are taken
 * out of the value.  Its "sealed_at" {"table","id"} says whose they are. */
int rowseal_open_answer(const struct job *j, struct json_object *said, struct json_object **opened, struct err *e);
/* rowseal_outcome: seal in place.  The texts that were clear are wiped. */
int rowseal_outcome(const struct job *j, struct json_object *outcome, struct err *e);
#endif
