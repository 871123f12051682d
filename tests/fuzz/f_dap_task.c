/*
 * Tasks as JSON, and what is sealed of them: what is taken is written as a task
 * that is taken again and written the same, has an instance and, in 18, a
 * configuration.
 * Reaches: lib/dap/task.c lib/dap/task_config.c lib/dap/task_json.c lib/dap/task_vdaf.c
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/dap/task.h"

#define MEASUREMENT_MAX 4096	/* instances above it are not made: they take long */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
again(const struct dap_task *t, const struct dap_task_secrets *s)
{
	CLEANUP(json_put) struct json_object *o = dap_task_json(t), *o2 = NULL, *sealed = dap_task_secrets_json(t, s);
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets back = DAP_TASK_SECRETS_INIT;
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct dap_task read;

	if (dap_task_from(&read, o, NULL) == -1)
		abort();
	o2 = dap_task_json(&read);
	if (strcmp(json_text(o), json_text(o2)) != 0 || dap_task_secrets_from(&back, t, sealed, NULL) == -1)
		abort();
	dap_task_config_put(&b, t);
	if (b.failed || (b.len > 0) != t->profile->task_configs)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	struct json_object *vdaf;
	struct dap_task t;
	struct err e = ERR_INIT;
	int64_t length = 0;

	if (size > 8192 || json_parse(&o, (const char *)data, size, &e) == -1)
		return 0;
	if (json_object_object_get_ex(o, "vdaf", &vdaf) && json_object_is_type(vdaf, json_type_object)) {
		(void)json_opt_i64(vdaf, "length", 0, INT64_MAX, &length, NULL);
		if (length > MEASUREMENT_MAX)
			return 0;
	}
	if (dap_task_parse(&t, &s, DAP_NODE_ROLES | DAP_ROLES(DAP_CLIENT), o, &e) == -1) {
		if (e.code != ERR_VALIDATION || e.msg[0] == '\0')
			abort();
		return 0;
	}
	again(&t, &s);
	return 0;
}
