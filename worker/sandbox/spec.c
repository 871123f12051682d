#include "spec.h"

#include <stddef.h>
#include <string.h>

#include "../../lib/base/json.h"

#define WALL_MS_MAX	(86400LL * 1000)

/* Defaults and ceilings: compute.script(7). */
static const struct {
	const char *key;
	size_t	at;
	int64_t	def, max;
} limits[] = {
	{ "cpus", offsetof(struct spec_limits, cpus), 1, 8 },
	{ "memory_mb", offsetof(struct spec_limits, memory_mb), 512, 32768 },
	{ "wall_s", offsetof(struct spec_limits, wall_s), 600, 86400 },
	{ "disk_mb", offsetof(struct spec_limits, disk_mb), 1024, 65536 },
	{ "pids", offsetof(struct spec_limits, pids), 128, 1024 },
	{ "artifacts", offsetof(struct spec_limits, artifacts), 64, 1024 },
	{ "output_mb", offsetof(struct spec_limits, output_mb), 256, 8192 },
	{ "log_kb", offsetof(struct spec_limits, log_kb), 1024, 16384 },
};

static const char *const kinds[] = { "csv", "tsv", "jsonl", "parquet", "npy", "tar", "file" };

bool
spec_name_ok(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= SPEC_NAME_MAX && s[0] != '.' &&
	    strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static bool
kind_ok(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

static int
parse_limits(struct spec *s, struct err *e)
{
	struct json_object *o = NULL;
	int there = json_opt_obj(s->spec, "limits", &o, e);

	if (there == -1)
		return -1;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		int64_t *v = (int64_t *)((char *)&s->limits + limits[i].at);

		*v = limits[i].def;
		if (there == 1 && json_opt_i64(o, limits[i].key, 1, limits[i].max, v, e) == -1)
			return err_wrap(e, "limits");
	}
	return 0;
}

static int
parse_input(struct spec_input *in, struct json_object *o, struct err *e)
{
	if (json_get_str(o, "variable", 1, SPEC_NAME_MAX, &in->variable, e) == -1 ||
	    json_get_str(o, "asset_id", 1, SPEC_NAME_MAX, &in->asset_id, e) == -1 ||
	    json_get_str(o, "kind", 1, 16, &in->kind, e) == -1)
		return -1;
	if (!spec_name_ok(in->variable) || strpbrk(in->variable, ".-") != NULL)
		return err_set(e, ERR_VALIDATION, "variable: not an identifier");
	if (!spec_name_ok(in->asset_id))
		return err_set(e, ERR_VALIDATION, "asset_id: not a name");
	if (!kind_ok(in->kind))
		return err_set(e, ERR_VALIDATION, "kind: not a known kind");
	return 0;
}

static int
parse_inputs(struct spec *s, struct err *e)
{
	struct json_object *a = NULL;
	int there = json_opt_arr(s->spec, "inputs", 0, SPEC_INPUTS_MAX, &a, e);

	if (there != 1)
		return there;
	for (size_t i = 0; i < json_object_array_length(a); i++) {
		if (parse_input(&s->inputs[i], json_object_array_get_idx(a, i), e) == -1)
			return err_wrap(e, "inputs[%zu]", i);
		for (size_t j = 0; j < i; j++)
			if (strcmp(s->inputs[j].variable, s->inputs[i].variable) == 0)
				return err_set(e, ERR_VALIDATION, "inputs[%zu]: variable: twice", i);
	}
	s->n_inputs = json_object_array_length(a);
	return 0;
}

static int
parse_outputs(struct spec *s, struct err *e)
{
	struct json_object *a = NULL;
	int there = json_opt_arr(s->spec, "outputs", 0, SPEC_OUTPUTS_MAX, &a, e);

	if (there != 1)
		return there;
	for (size_t i = 0; i < json_object_array_length(a); i++) {
		struct json_object *o = json_object_array_get_idx(a, i);

		if (!json_object_is_type(o, json_type_string) ||
		    json_object_get_string_len(o) < 1 || json_object_get_string_len(o) > 128)
			return err_set(e, ERR_VALIDATION, "outputs[%zu]: not a name", i);
		s->outputs[i] = json_object_get_string(o);
	}
	s->n_outputs = json_object_array_length(a);
	return 0;
}

int
spec_parse(struct spec *s, struct json_object *frame, struct err *e)
{
	struct spec t = SPEC_INIT;
	const char *isolation = "zygote";

	if (json_get_str(frame, "id", 1, 64, &t.id, e) == -1 ||
	    json_get_str(frame, "dir", 2, PATH_MAX / 2, &t.dir, e) == -1 ||
	    json_get_obj(frame, "spec", &t.spec, e) == -1)
		return -1;
	if (t.dir[0] != '/')
		return err_set(e, ERR_VALIDATION, "dir: not an absolute path");
	if (parse_limits(&t, e) == -1 || parse_inputs(&t, e) == -1 || parse_outputs(&t, e) == -1 ||
	    json_opt_str(t.spec, "isolation", 1, 16, &isolation, e) == -1)
		return err_wrap(e, "spec");
	if (strcmp(isolation, "zygote") != 0 && strcmp(isolation, "job") != 0)
		return err_set(e, ERR_VALIDATION, "spec: isolation: neither zygote nor job");
	t.fresh = strcmp(isolation, "job") == 0;
	t.timeout_ms = t.limits.wall_s * 1000;
	if (json_opt_i64(frame, "timeout_ms", 1, WALL_MS_MAX, &t.timeout_ms, e) == -1)
		return -1;
	t.frame = json_object_get(frame);
	*s = t;
	return 0;
}

void
spec_release(struct spec *s)
{
	json_put(&s->frame);
	*s = (struct spec)SPEC_INIT;
}
