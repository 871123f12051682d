#include "task.h"

#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "bytes.h"

int
agg_take(struct fork_job *j, struct json_object *frame, struct err *e)
{
	struct json_object *on;

	if (json_get_obj(frame, "on", &on, e) == -1)
		return -1;
	fork_set_own(j, on);
	return 0;
}

struct json_object *
agg_on(const struct fork_job *j)
{
	return fork_own(j);
}

int
agg_task_open(struct agg_task *out, struct fork_job *j, struct err *e)
{
	struct json_object *task;

	if (json_get_obj(agg_on(j), "task", &task, e) == -1 ||
	    json_get_i64(agg_on(j), "now", 0, INT64_MAX / 1000000, &out->now_s, e) == -1 ||
	    dap_task_from(&out->t, task, e) == -1 ||
	    dap_task_secrets_from(&out->secrets, &out->t, fork_secrets(j), e) == -1) {
		e->code = ERR_PROTO;
		return err_wrap(e, "task");
	}
	dap_task_forget(fork_secrets(j));
	out->vdaf = dap_task_prio3(&out->t, e);
	buf_init(&out->config, 1024 + 2 * DAP_URL_MAX);
	dap_task_config_put(&out->config, &out->t);
	return out->vdaf == NULL || out->config.failed ? err_wrap(e, "task") : 0;
}

struct agg_bucket
agg_bucket_of_time(int64_t time_s, int64_t precision_s)
{
	struct agg_bucket b = { .len = 8 };
	uint64_t start = (uint64_t)(time_s - time_s % precision_s);

	for (int i = 0; i < 8; i++)
		b.bytes[i] = (uint8_t)(start >> (56 - 8 * i));
	return b;
}

struct agg_bucket
agg_bucket_of_batch(const uint8_t id[DAP_BATCH_ID])
{
	struct agg_bucket b = { .len = DAP_BATCH_ID };

	memcpy(b.bytes, id, DAP_BATCH_ID);
	return b;
}

int
agg_bucket_get(struct json_object *o, const char *key, struct agg_bucket *out, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *p = NULL;
	size_t n;

	if (bytes_get(o, key, sizeof(out->bytes), &p, &n, e) == -1)
		return -1;
	*out = (struct agg_bucket){ .len = n };
	memcpy(out->bytes, p, n);
	return 0;
}
