/*
 * Strict JSON: no crash, and what is accepted is the same value after it was
 * written and read again.
 * Reaches: lib/base/json.c lib/base/json_parse.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(json_put) struct json_object *o = NULL, *again = NULL;
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	const char *text;
	int64_t i;

	json_escape(&b, (const char *)data, size);
	if (!b.failed && b.data != NULL && !utf8_valid(b.data, b.len))
		abort();
	if (json_parse(&o, (const char *)data, size, &e) == -1)
		return 0;
	text = json_text(o);
	if (json_parse(&again, text, strlen(text), &e) == -1 ||
	    !json_object_equal(o, again))
		abort();
	if (json_object_is_type(o, json_type_object)) {
		json_opt_i64(o, "i", -10, 10, &i, &e);
		json_opt_str(o, "s", 0, 10, &text, &e);
	}
	return 0;
}
