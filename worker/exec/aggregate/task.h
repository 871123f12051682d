#ifndef AGGREGATE_TASK_H
#define AGGREGATE_TASK_H
#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>
#include "../../../lib/base/buf.h"
#include "../../../lib/base/err.h"
#include "../../../lib/dap/task.h"
#include "../fork/fork.h"
/*
 * What a job of the aggregate service stands on (docs/design/aggregate.md): the
 * `on` of its frame, and the task in it, with its secrets.
 */
/* agg_take: fork_service.take of this service.  agg_on(j): the object; never NULL. */
int agg_take(struct fork_job *j, struct json_object *frame, struct err *e);
struct json_object *agg_on(const struct fork_job *j);

struct agg_task {
	struct dap_task t;
	struct dap_task_secrets secrets;
	struct prio3 *vdaf;
	struct buf config;		/* its TaskConfiguration; empty in 09 */
	int64_t	now_s;			/* the database's */
};
/*
 * agg_task_open(out, j, e): out must be zeroed.  0, or -1 with ERR_PROTO, also when
 * the secrets are another task's.  The process ends with its job, so nothing of it
 * is released.
 */
int agg_task_open(struct agg_task *out, struct fork_job *j, struct err *e);
static inline struct dap_slice
agg_task_config(const struct agg_task *a)
{
	return dap_slice(a->config.data, a->config.len);
}

/* What a batch is called: of time_interval the start as u64 seconds, of fixed_size
 * the batch id. */
struct agg_bucket {
	uint8_t	bytes[DAP_BATCH_ID];
	size_t	len;
};
/* agg_bucket_of_time(time_s, precision_s): the bucket that the time lies in. */
struct agg_bucket agg_bucket_of_time(int64_t time_s, int64_t precision_s);
struct agg_bucket agg_bucket_of_batch(const uint8_t id[DAP_BATCH_ID]);
int agg_bucket_get(struct json_object *o, const char *key, struct agg_bucket *out, struct err *e);
#endif
