#include "outcome.h"

#include "../../lib/base/json.h"

static const struct { enum err_code code; const char *reason; } reasons[] = {
	{ ERR_TIMEOUT,		"TIMEOUT" },
	{ ERR_CANCELLED,	"CANCELLED" },
	{ ERR_SANDBOX,		"SANDBOX_FAILED" },
};

static const char *
reason_of(enum err_code code)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].code == code)
			return reasons[i].reason;
	return "INTERNAL";
}

struct json_object *
outcome_new(const struct err *why, bool started, const struct run_usage *u)
{
	struct json_object *o = json_object_new_object();
	struct json_object *usage = json_object_new_object();

	json_add_str(o, "state", why == NULL ? "completed" : "failed");
	json_add_str(o, "reason", why == NULL ? NULL : reason_of(why->code));
	json_add_bool(o, "started", started);
	json_add_i64(usage, "wall_ms", u->wall_ms);
	json_add_i64(usage, "cpu_ms", u->cpu_ms);
	json_add_i64(usage, "memory_peak_bytes", u->memory_peak_bytes);
	json_add(o, "usage", usage);
	json_add(o, "files", json_object_new_array());
	return o;
}
