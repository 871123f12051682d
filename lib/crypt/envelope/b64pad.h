#ifndef ENVELOPE_B64PAD_H
#define ENVELOPE_B64PAD_H
#include <json-c/json.h>
#include "../../base/buf.h"
#include "../../base/err.h"
/*
 * Base64url as envelopes have it: with padding when written, with or without
 * when read.
 */
/* b64pad(p, n): the text of n bytes as a JSON string. */
struct json_object *b64pad(const void *p, size_t n);
/*
 * b64pad_bytes(out, o, name, min, max, e): append the bytes of the text member
 * name of o, min to max of them.  ERR_STRUCTURE naming it.
 */
int b64pad_bytes(struct buf *out, struct json_object *o, const char *name, size_t min, size_t max, struct err *e);
#endif
