/*
 * What a script may put on the wrapper's socket, and its streams.
 * Reaches: worker/sandbox/outcome.c worker/sandbox/capture.c
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/json.h"
#include "../../worker/sandbox/capture.h"
#include "../../worker/sandbox/outcome.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* report: with whatever else was measured, it makes an outcome that reads as JSON. */
static void
report(struct ending n, size_t seed)
{
	struct json_object *o, *again = NULL;
	const char *text;

	n.status = (seed & 1) != 0 ? 256 : 9;
	n.disk_full = (seed & 2) != 0;
	n.oom_kills = (seed & 4) != 0;
	n.pids_denied = (seed & 8) != 0;
	n.truncated = (seed & 16) != 0;
	n.too_large = (seed & 32) != 0 ? "name" : NULL;
	n.missing = (seed & 64) != 0 ? "name" : NULL;
	snprintf(n.killed, sizeof(n.killed), "%s", (seed & 128) != 0 ? "TIMEOUT" : "");
	o = outcome_json(&n, json_object_new_array(), json_object_new_array());
	text = json_text(o);
	if (json_parse(&again, text, strlen(text), NULL) == -1)
		abort();
	json_put(&again);
	json_put(&o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf clean = BUF_INIT;
	struct spec spec = SPEC_INIT;
	struct ending n = { .spec = &spec, .bad_input = -1, .started = true, .has_status = true };
	struct json_object *o = NULL;

	if (size < 1u << 16) {
		capture_clean(&clean, data, size, true);
		if (!clean.failed && clean.data != NULL && (!utf8_valid(clean.data, clean.len) ||
		    strlen(clean.data) != clean.len))
			abort();
	}
	buf_release(&clean);
	if (json_parse(&o, (const char *)data, size, NULL) == 0 && json_object_is_type(o, json_type_object)) {
		outcome_hear(&n, o);
		if (outcome_reason(&n) != NULL)		/* words never turn a success into anything else */
			abort();
		if (!utf8_valid(n.message, strlen(n.message)))
			abort();
		report(n, size);
	}
	json_put(&o);
	return 0;
}
