/* The frame "job": defaults, bounds, and names that become paths. */
#include "../../lib/base/json.h"
#include "../../worker/sandbox/spec.h"
#include "../tap.h"

#define HEAD "{\"t\":\"job\",\"id\":\"j\",\"dir\":\"/spool/1\",\"timeout_ms\":5000,\"spec\":"
#define INPUT(v, a, k) "{\"variable\":\"" v "\",\"asset_id\":\"" a "\",\"kind\":\"" k "\"}"

static int
parse(struct spec *s, const char *text, struct err *e)
{
	struct json_object *o = json_tokener_parse(text);
	int rc = spec_parse(s, o, e);

	json_put(&o);
	return rc;
}

static void
test_defaults(void)
{
	struct spec s = SPEC_INIT;
	struct err e = ERR_INIT;

	is_int(parse(&s, HEAD "{}}", &e), 0, "an empty specification");
	is_int(s.limits.memory_mb, 512, "memory");
	is_int(s.limits.disk_mb, 1024, "disk");
	is_int(s.limits.wall_s, 600, "wall");
	is_int(s.timeout_ms, 5000, "the frame's deadline");
	ok(!s.fresh, "a zygote");
	spec_release(&s);
	is_int(parse(&s, HEAD "{\"isolation\":\"job\",\"limits\":{\"cpus\":8},\"inputs\":[" INPUT("x", "data_1", "csv") "],"
	    "\"outputs\":[\"*.csv\"]}}", &e), 0, "a full one");
	is_int(s.limits.cpus, 8, "a ceiling is allowed");
	ok(s.fresh && s.n_inputs == 1 && s.n_outputs == 1, "everything is there");
	is_str(s.inputs[0].asset_id, "data_1", "by name");
	spec_release(&s);
}

static void
test_refused(void)
{
	static const struct { const char *text, *word; } rows[] = {
		{ "{}", "id" }, { "{\"id\":\"j\"}", "dir" }, { "{\"id\":\"j\",\"dir\":\"/x\"}", "spec" },
		{ "{\"id\":\"j\",\"dir\":\"relative\",\"spec\":{}}", "dir" },
		{ HEAD "{\"limits\":{\"cpus\":0}}}", "cpus" }, { HEAD "{\"limits\":{\"cpus\":9}}}", "cpus" },
		{ HEAD "{\"limits\":{\"memory_mb\":\"1\"}}}", "memory_mb" }, { HEAD "{\"limits\":[]}}", "limits" },
		{ HEAD "{\"isolation\":\"none\"}}", "isolation" },
		{ HEAD "{\"inputs\":[" INPUT("a/b", "x", "csv") "]}}", "variable" },
		{ HEAD "{\"inputs\":[" INPUT("..", "x", "csv") "]}}", "variable" },
		{ HEAD "{\"inputs\":[" INPUT("a", "../x", "csv") "]}}", "asset_id" },
		{ HEAD "{\"inputs\":[" INPUT("a", "x\\ny", "csv") "]}}", "asset_id" },
		{ HEAD "{\"inputs\":[" INPUT("a", "x", "exe") "]}}", "kind" },
		{ HEAD "{\"inputs\":[" INPUT("a", "x", "csv") "," INPUT("a", "y", "csv") "]}}", "twice" },
		{ HEAD "{\"inputs\":[1]}}", "inputs[0]" }, { HEAD "{\"outputs\":[\"\"]}}", "outputs[0]" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct spec s = SPEC_INIT;
		struct err e = ERR_INIT;

		is_int(parse(&s, rows[i].text, &e), -1, "refused: %s", rows[i].word);
		if (!ok(strstr(e.msg, rows[i].word) != NULL, "and named"))
			printf("# %s\n", e.msg);
		ok(s.frame == NULL, "nothing is kept");
	}
}

int
main(void)
{
	test_defaults();
	test_refused();
	return done_testing();
}
