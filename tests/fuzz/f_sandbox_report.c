/* What a script may put on the wrapper's socket, and its streams. */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/json.h"
#include "../../worker/sandbox/capture.h"
#include "../../worker/sandbox/outcome.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	}
	json_put(&o);
	return 0;
}
