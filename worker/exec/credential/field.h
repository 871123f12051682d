#ifndef CREDENTIAL_FIELD_H
#define CREDENTIAL_FIELD_H
#include "../../../lib/crypt/wbuf.h"
#include "cred.h"
/* Fields of requests that are more than a string.  Errors name the field. */

/* field_b64(j, name, max, out, e): base64 of at most max bytes, decoded into out
 * (appended).  0, or -1 with ERR_STRUCTURE or ERR_PAST_LIMIT. */
int field_b64(const struct fork_job *j, const char *name, size_t max, struct wbuf *out, struct err *e);
/* field_add_b64: p as a base64 member of o. */
void field_add_b64(struct json_object *o, const char *key, const void *p, size_t n);
/* field_object: an object; 1 there, 0 absent or null, -1 with ERR_STRUCTURE. */
int field_object(const struct fork_job *j, const char *name, struct json_object **out, struct err *e);
/* field_int: a number of the request, or what *out was: 0, or -1 with ERR_STRUCTURE. */
int field_int(const struct fork_job *j, const char *name, int64_t min, int64_t max, int64_t *out, struct err *e);
#endif
