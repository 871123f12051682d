/*
 * A status list on its way to a job: its revocationList, L numbers 0 or 1, as {"size",
 * "bits"}, the bits as lib/crypt/accum/list.h has them, in base64.  A list of 100,000 is
 * 200 KB of JSON, which PostgreSQL and the worker would write out and read again a
 * dozen times; so it is 17 KB.  lib/crypt/anoncreds/rev_list.h reads both.
 */
#include <stdlib.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/crypt/accum/list.h"
#include "field.h"

#define LIST "revocationList"

/* bit_of: 0 or 1 of a number or a truth; -1 for anything else. */
static int
bit_of(struct json_object *v)
{
	int64_t n;

	if (!json_object_is_type(v, json_type_int) && !json_object_is_type(v, json_type_boolean))
		return -1;
	n = json_object_get_int64(v);
	return n == 0 || n == 1 ? (int)n : -1;
}

/* pack: the list in its short form; NULL when it has not its form: the job says where. */
static struct json_object *
pack(struct json_object *list)
{
	size_t n = json_object_array_length(list), bytes = ACCUM_LIST_BYTES(n);
	CLEANUP(cleanup_free) uint8_t *bits = NULL;
	CLEANUP(cleanup_free) char *text = NULL;
	struct json_object *o;

	if (n < ACCUM_SIZE_MIN || n > ACCUM_SIZE_MAX)
		return NULL;
	bits = calloc(1, bytes);
	text = malloc(B64_LEN(bytes));
	if (bits == NULL || text == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		int bit = bit_of(json_object_array_get_idx(list, i));

		if (bit == -1)
			return NULL;
		bits[i / 8] |= (uint8_t)(bit << (i % 8));
	}
	b64_encode(text, bits, bytes);
	o = json_object_new_object();
	json_add_i64(o, "size", (int64_t)n);
	json_add_str(o, "bits", text);
	return o;
}

int
f_status_list(const struct field *f UNUSED, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	struct json_object *list = NULL, *packed = NULL, *o;

	if (!json_object_is_type(v, json_type_object))
		return err_set(e, ERR_VALIDATION, "%s must be an object", at);
	if (json_object_object_get_ex(v, LIST, &list)) {
		if (!json_object_is_type(list, json_type_array))
			return err_set(e, ERR_VALIDATION, "%s." LIST " must be an array", at);
		packed = pack(list);
	}
	if (packed == NULL) {
		*out = json_object_get(v);
		return 0;
	}
	o = json_object_new_object();
	json_object_object_foreach(v, key, member)
		json_add(o, key, member == list ? packed : json_object_get(member));
	*out = o;
	return 0;
}
