/* What of a task is bound into associated data in profile 18. */
#include <string.h>

#include "extensions.h"
#include "task_extension.h"
#include "task_vdaf.h"

#define TASK_INTERVAL	1	/* the one task extension */

void
task_extensions_put(struct buf *b, const struct dap_task *t)
{
	size_t at;

	if (t->task_duration == 0)
		return;
	dap_put_u16(b, TASK_INTERVAL);
	at = dap_open_vec(b, 2);
	dap_put_u64(b, dap_time_wire(t->profile, t->time_precision_s,
	    t->task_start));
	dap_put_u64(b, dap_time_wire(t->profile, t->time_precision_s,
	    t->task_duration));
	dap_close_vec(b, 2, at);
}

int
task_extensions_read(struct dap_task *t, struct dap_slice list, struct err *e)
{
	static const uint16_t known[] = { TASK_INTERVAL, 0 };
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_reader r = dap_reader(list), data;
	struct dap_extension x;
	uint64_t start, duration;

	if (dap_extensions_check(list, known, DAP_WORD_INVALID_EXTENSION,
	    &f) == -1)
		return err_set(e, ERR_VALIDATION, "extensions: %s", f.what);
	while (dap_extension_from(&x, &r)) {
		data = dap_reader(x.data);
		start = dap_u64(&data, "task_interval");
		duration = dap_u64(&data, "task_interval");
		if (dap_end(&data, &f) == -1 || duration == 0 ||
		    !dap_time_s(t->profile, t->time_precision_s, start,
		    &t->task_start) ||
		    !dap_time_s(t->profile, t->time_precision_s, duration,
		    &t->task_duration))
			return err_set(e, ERR_VALIDATION,
			    "extensions: task_interval is not an interval");
	}
	return 0;
}

void
dap_task_config_put(struct buf *b, const struct dap_task *t)
{
	size_t at;

	if (!t->profile->task_configs)
		return;
	dap_put_vec(b, 1, dap_slice(t->task_info, strlen(t->task_info)));
	dap_put_vec(b, 2, dap_slice(t->leader_url, strlen(t->leader_url)));
	dap_put_vec(b, 2, dap_slice(t->helper_url, strlen(t->helper_url)));
	dap_put_u64(b, (uint64_t)t->time_precision_s);
	dap_put_u64(b, (uint64_t)t->min_batch_size);
	dap_put_u8(b, (uint8_t)t->mode);
	dap_put_u16(b, 0);	/* batch_config: neither mode has any */
	task_vdaf_put(b, &t->vdaf);
	at = dap_open_vec(b, 2);
	task_extensions_put(b, t);
	dap_close_vec(b, 2, at);
}
