/* The reason code that follows from what was measured: one row per rule and per precedence. */
#include <errno.h>
#include <signal.h>

#include "../../lib/base/json.h"
#include "../../worker/sandbox/outcome.h"
#include "../tap.h"

#define EXIT(n)		((n) << 8)	/* wait status of exit n, of signal n */
#define KILLED(n)	(n)
#define TEXT_MAX	5000u

static struct spec spec;

static const struct {
	const char *name, *want;
	struct ending end;
} rows[] = {
	{ "success", NULL, { .started = true, .has_status = true } },
	{ "an exit", "NONZERO_EXIT", { .started = true, .has_status = true, .status = EXIT(3) } },
	{ "a signal", "SIGNALLED", { .started = true, .has_status = true, .status = KILLED(SIGSEGV) } },
	{ "an exception", "EXCEPTION", { .started = true, .has_status = true, .status = EXIT(1), .has_exception = true } },
	{ "an exception explains no other exit", "NONZERO_EXIT",
	  { .started = true, .has_status = true, .status = EXIT(2), .has_exception = true } },
	{ "an exception explains no success", NULL, { .started = true, .has_status = true, .has_exception = true } },
	{ "what we did wins over what it did", "TIMEOUT",
	  { .started = true, .has_status = true, .status = EXIT(3), .killed = "TIMEOUT" } },
	{ "a cancelled job before its start", "CANCELLED", { .killed = "CANCELLED" } },
	{ "memory", "OOM", { .started = true, .has_status = true, .status = KILLED(SIGKILL), .oom_kills = 1 } },
	{ "memory of a child, which failed the script", "OOM",
	  { .started = true, .has_status = true, .status = EXIT(1), .oom_kills = 2, .has_exception = true } },
	{ "memory of a child, which the script survived", NULL, { .started = true, .has_status = true, .oom_kills = 1 } },
	{ "memory while inputs are read", "OOM", { .binding = true, .has_status = true, .status = KILLED(SIGKILL), .oom_kills = 1 } },
	{ "a full disk", "DISK_FULL", { .started = true, .has_status = true, .status = EXIT(1), .disk_full = true } },
	{ "a full disk that was emptied", "DISK_FULL",
	  { .started = true, .has_status = true, .status = EXIT(1), .has_exception = true, .err_nospace = true } },
	{ "a full disk that did not matter", NULL, { .started = true, .has_status = true, .disk_full = true } },
	{ "processes", "PIDS_LIMIT", { .started = true, .has_status = true, .status = EXIT(1), .pids_denied = 5 } },
	{ "processes that did not matter", NULL, { .started = true, .has_status = true, .pids_denied = 5 } },
	{ "no status", "SANDBOX_FAILED", { .started = true } },
	{ "a step of ours", "SANDBOX_FAILED", { .setup = "x", .has_status = true, .status = EXIT(125) } },
	{ "a step of ours after success", "SANDBOX_FAILED", { .setup = "x", .started = true, .has_status = true } },
	{ "an exit before the jail was closed", "SANDBOX_FAILED", { .has_status = true, .status = EXIT(1) } },
	{ "an input", "INPUT_UNREADABLE", { .binding = true, .has_status = true, .status = EXIT(124), .bad_input = 0 } },
	{ "an input that kills its reader", "INPUT_UNREADABLE", { .binding = true, .has_status = true, .status = KILLED(SIGSEGV) } },
	{ "an input that is not there", "INPUT_UNREADABLE", { .bad_input = 0 } },
	{ "too much output", "OUTPUT_TOO_LARGE", { .started = true, .has_status = true, .too_large = "artifacts" } },
	{ "too much output of a failed script", "NONZERO_EXIT",
	  { .started = true, .has_status = true, .status = EXIT(3), .too_large = "artifacts" } },
	{ "missing output", "OUTPUT_MISSING", { .started = true, .has_status = true, .missing = "x" } },
};

/* Rows about inputs name theirs; elsewhere 0 in the initialiser means none. */
static bool
about_input(const char *name)
{
	return strcmp(name, "an input") == 0 || strcmp(name, "an input that is not there") == 0;
}

static void
test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ending n = rows[i].end;
		struct json_object *o;

		n.spec = &spec;
		if (!about_input(rows[i].name))
			n.bad_input = -1;
		is_str(outcome_reason(&n), rows[i].want, "%s", rows[i].name);
		o = outcome_json(&n, json_object_new_array(), json_object_new_array());
		is_str(json_object_get_string(json_object_object_get(o, "state")),
		    rows[i].want == NULL ? "completed" : "failed", "%s: state", rows[i].name);
		json_put(&o);
	}
}

static void
hear(struct ending *n, const char *text)
{
	struct json_object *o = json_tokener_parse(text);

	outcome_hear(n, o);
	json_put(&o);
}

static void
test_hear(void)
{
	struct ending n = { .spec = &spec, .bad_input = -1 };
	char *text = malloc(TEXT_MAX);
	size_t at;

	hear(&n, "{\"type\":\"\",\"message\":\"x\"}");
	hear(&n, "{\"type\":1,\"message\":\"x\"}");
	hear(&n, "{\"type\":\"E\"}");
	hear(&n, "{\"type\":\"E\",\"message\":\"x\",\"line\":-1}");
	ok(!n.has_exception, "malformed words are ignored");
	hear(&n, "{\"type\":\"OSError\",\"message\":\"no space\",\"line\":7,\"errno\":28,\"more\":[]}");
	ok(n.has_exception && n.err_nospace, "an errno is understood");
	is_int(n.line, 7, "a line too");
	hear(&n, "{\"type\":\"E\",\"message\":\"x\",\"line\":null,\"errno\":null}");
	ok(!n.err_nospace && n.line == 0, "the last words count");

	/* 2047 bytes fit: 682 characters of 3 bytes and one byte of the next, which must go. */
	at = (size_t)snprintf(text, TEXT_MAX, "{\"type\":\"E\",\"message\":\"");
	for (int i = 0; i < 1000; i++)
		at += (size_t)snprintf(text + at, TEXT_MAX - at, "\xe2\x82\xac");
	snprintf(text + at, TEXT_MAX - at, "\"}");
	hear(&n, text);
	ok(utf8_valid(n.message, strlen(n.message)), "a cut message is still UTF-8");
	is_int((int64_t)strlen(n.message), 2046, "and as long as it can be");
	free(text);
}

int
main(void)
{
	test_rows();
	test_hear();
	return done_testing();
}
