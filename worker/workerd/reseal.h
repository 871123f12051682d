#ifndef WORKERD_RESEAL_H
#define WORKERD_RESEAL_H
#include <json-c/json.h>
#include "../../lib/base/err.h"
/*
 * Rows on their way from one node key to the next (job keys.rewrap,
 * docs/design/keys.md).  They stand in an answer as "reseal": a list of
 * {"form", "sealed" (base64), "at"?: {"table","id","tenant"}}, as core.ask_sealed_page
 * makes it; "large": true stands for a text that no answer carries.  The runner that passes them on sees ciphertext only.
 */
struct vault;
/*
 * reseal_answer(v, value, e): of each row of value's "reseal" set "state", and put what
 * is to be written in place of "sealed".  0, or -1 with ERR_PROTO when the list
 * has not its form.  A value without the list stays as it is.
 *
 *   form "row"     sealed under a key of its table, id and tenant (seal_row)
 *   form "box"     to the node's public half (seal_box); "sealed" becomes a box to the new one
 *   form "read"    the same, and only looked at: its job opens it and ends
 *   state "new"    rests under the node key already
 *   state "old"    rested under the other key; or is large, and nobody knows
 *   state "lost"   opens under neither, or is damaged
 *
 * "sealed" is there afterwards only in rows that are old and to be written.
 */
int reseal_answer(const struct vault *v, struct json_object *value, struct err *e);
#endif
