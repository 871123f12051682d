/* Kinds: a spec is taken when every name is safe as a file name, and refused by the key. */
#include "../tap.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/kind/k_compute_script.h"
#include "../../lib/kind/k_prio1_run.h"
#include "../../lib/kind/k_system_canary.h"
#include "../../lib/kind/k_system_noop.h"

#define SHA	"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define HEAD	"{\"image\":\"data\",\"image_digest\":\"sha256:" SHA "\",\"inputs\":["
#define INPUT(v, a, k, s, st) "{\"variable\":\"" v "\",\"asset_id\":\"" a "\",\"kind\":\"" k \
	"\",\"sha256\":\"" s "\",\"size\":5,\"store\":\"" st "\"}"

static struct json_object *
spec(const char *text)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	if (json_parse(&o, text, strlen(text), &e) == -1) {
		printf("# %s: %s\n", e.msg, text);
		abort();
	}
	return o;
}

static void
test_table(void)
{
	static const char *const names[] = { "compute.script", "system.noop", "system.canary" };

	for (size_t i = 0; i < 3; i++) {
		const struct kind *k = kind_find(names[i]);

		ok(k != NULL && strcmp(k->name, names[i]) == 0, "%s is known", names[i]);
	}
	ok(kind_find("system.retain") == NULL, "what runs in SQL is not ours");
	ok(kind_find("") == NULL, "nor is nothing");
}

static void
test_compute(void)
{
	CLEANUP(json_put) struct json_object *o = spec(HEAD INPUT("x", "data_456", "csv", SHA, "pg") ","
	    INPUT("t", "a.b-c", "tar", SHA, "dir") "],\"params\":{},\"limits\":{}}");
	struct err e = ERR_INIT;
	void *args = NULL;
	const struct compute_args *a;

	if (!is_int(kind_parse(&k_compute_script, &args, o, &e), 0, "two inputs"))
		return;
	a = args;
	is_str(a->image, "data", "image");
	is_int((int64_t)a->n_inputs, 2, "both are there");
	ok(!a->inputs[0].tar && a->inputs[1].tar, "the tar is known as one");
	is_str(a->inputs[1].asset_id, "a.b-c", "names are kept");
	kind_args_free(&k_compute_script, args);
}

static void
refuse(const struct kind *k, const char *text, const char *word, const char *what)
{
	CLEANUP(json_put) struct json_object *o = spec(text);
	struct err e = ERR_INIT;
	void *args = NULL;

	is_int(kind_parse(k, &args, o, &e), -1, "%s: refused", what);
	ok(args == NULL && strstr(e.msg, word) != NULL, "%s: names %s: %s", what, word, e.msg);
}

static void
test_compute_refusals(void)
{
	const struct kind *k = &k_compute_script;

	refuse(k, HEAD INPUT("../x", "a", "csv", SHA, "pg") "]}", "variable", "a variable that climbs");
	refuse(k, HEAD INPUT("1x", "a", "csv", SHA, "pg") "]}", "variable", "a variable that begins with a digit");
	refuse(k, HEAD INPUT("x", ".a", "csv", SHA, "pg") "]}", "asset_id", "an asset with a leading dot");
	refuse(k, HEAD INPUT("x", "a/b", "csv", SHA, "pg") "]}", "asset_id", "an asset with a slash");
	refuse(k, HEAD INPUT("x", "a", "exe", SHA, "pg") "]}", "kind", "an unknown kind");
	refuse(k, HEAD INPUT("x", "a", "csv", SHA, "ftp") "]}", "store", "an unknown store");
	refuse(k, HEAD INPUT("x", "a", "csv", "../../../../../../../../../../../../../../../../../../../etc/passwd", "pg")
	    "]}", "sha256", "a path for a digest");
	refuse(k, "{\"image\":\"data\",\"image_digest\":\"latest\",\"inputs\":[]}", "image_digest", "a tag for a digest");
	refuse(k, "{\"inputs\":[]}", "image", "no image");
	refuse(k, "{\"image\":\"d\",\"image_digest\":\"sha256:" SHA "\"}", "inputs", "no inputs");
}

static void
test_system(void)
{
	CLEANUP(json_put) struct json_object *nap = spec("{\"sleep_ms\":250}");
	CLEANUP(json_put) struct json_object *egg = spec("{\"image\":\"d\",\"image_digest\":\"sha256:" SHA
	    "\",\"inputs\":[],\"marker\":\"Ab12\",\"code\":\"print()\"}");
	struct err e = ERR_INIT;
	void *args = NULL;

	is_int(kind_parse(&k_system_noop, &args, nap, &e), 0, "noop");
	is_int(((struct noop_args *)args)->sleep_ms, 250, "its pause");
	kind_args_free(&k_system_noop, args);
	is_int(kind_parse(&k_system_noop, &args, NULL, &e), 0, "noop without a spec");
	is_int(((struct noop_args *)args)->sleep_ms, 0, "does not pause");
	kind_args_free(&k_system_noop, args);
	is_int(kind_parse(&k_system_canary, &args, egg, &e), 0, "canary");
	is_str(((struct canary_args *)args)->marker, "Ab12", "its marker");
	kind_args_free(&k_system_canary, args);

	refuse(&k_system_noop, "{\"sleep_ms\":-1}", "sleep_ms", "a pause below nothing");
	refuse(&k_system_noop, "{\"sleep_ms\":3600001}", "sleep_ms", "a pause over an hour");
	refuse(&k_system_noop, "{\"sleep\":1}", "sleep", "a stranger's key");
	refuse(&k_system_canary, "{\"image\":\"d\",\"image_digest\":\"sha256:" SHA "\",\"inputs\":[],\"marker\":\"a\\\"b\"}",
	    "marker", "a marker that would be program text");
}

static void
test_prio1_run(void)
{
	CLEANUP(json_put) struct json_object *o = spec("{\"config\":\"nightly.a\",\"date\":\"2024-05-31\"}");
	struct err e = ERR_INIT;
	void *args = NULL;

	if (is_int(kind_parse(&k_prio1_run, &args, o, &e), 0, "a run by its settings and date"))
		is_str(((const struct prio1_run_args *)args)->date, "2024-05-31", "the date is kept");
	kind_args_free(&k_prio1_run, args);
	refuse(&k_prio1_run, "{}", "config", "a run without settings");
	refuse(&k_prio1_run, "{\"config\":\"../x\"}", "config", "settings that climb");
	refuse(&k_prio1_run, "{\"config\":\"a/b\"}", "config", "settings in a folder");
	refuse(&k_prio1_run, "{\"config\":\".a\"}", "config", "settings that hide");
	refuse(&k_prio1_run, "{\"config\":\"a\",\"date\":\"2024-5-031\"}", "date", "a date that is none");
	refuse(&k_prio1_run, "{\"config\":\"a\",\"date\":\"2024-05-31T\"}", "date", "a date that goes on");
	refuse(&k_prio1_run, "{\"config\":\"a\",\"state_id\":\"0123456789abcdef0123456789abcde/\"}", "state_id", "a state folder that is none");
	refuse(&k_prio1_run, "{\"config\":\"a\",\"env\":{}}", "env", "settings of the caller's");
}

static void
test_too_long(void)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct err e = ERR_INIT;
	void *args = NULL;
	char text[5000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	json_add_str(o, "sleep_ms", text);
	is_int(kind_parse(&k_system_noop, &args, o, &e), -1, "a spec over its bound");
	is_int(e.code, ERR_LIMIT, "is refused before it is read");
}

int
main(void)
{
	test_table();
	test_compute();
	test_compute_refusals();
	test_system();
	test_prio1_run();
	test_too_long();
	return done_testing();
}
