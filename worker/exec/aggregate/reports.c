#include "reports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "bytes.h"
#include "slurp.h"

#define BYTES_MAX	(4u << 20)	/* of a report: the most that max_report_bytes can be */
#define TOTAL_MAX	(64u << 20)	/* of a job, in segments */
#define SEGMENT_NAME	36		/* characters: a uuid */

/* ---- the list ----------------------------------------------------------- */

/* in_segment: where its bytes lie in a file that the front wrote; r->why says why they are
 * not to be read. */
static int
in_segment(struct agg_reports *rs, struct agg_report *r, struct json_object *o, struct err *e)
{
	const char *name;
	int64_t length;

	if (json_get_str(o, "segment", SEGMENT_NAME, SEGMENT_NAME, &name, e) == -1 ||
	    json_get_i64(o, "offset", 0, INT64_MAX / 2, &r->offset, e) == -1 ||
	    json_get_i64(o, "length", 1, INT64_MAX / 2, &length, e) == -1)
		return -1;
	if (length > rs->bound || (size_t)length > TOTAL_MAX - rs->total) {
		r->why = length > rs->bound ? DAP_INVALID_MESSAGE : DAP_REPORT_DROPPED;
		return 0;
	}
	memcpy(r->segment, name, SEGMENT_NAME + 1);
	r->n = (size_t)length;
	rs->total += r->n;
	if (r->n > rs->longest)
		rs->longest = r->n;
	return 0;
}

static int
read_one(struct agg_reports *rs, struct agg_report *r, struct json_object *o, struct err *e)
{
	r->why = DAP_ACCEPTED;
	if (bytes_get_id(o, "id", r->id, sizeof(r->id), e) == -1)
		return -1;
	if (!json_object_object_get_ex(o, "bytes", NULL))
		return in_segment(rs, r, o, e);
	if (bytes_get(o, "bytes", BYTES_MAX, &r->bytes, &r->n, e) == -1)
		return -1;
	if ((int64_t)r->n > rs->bound)
		r->why = DAP_INVALID_MESSAGE;
	return 0;
}

/* read_page: those of one answer. */
static int
read_page(struct agg_reports *out, struct json_object *page, struct err *e)
{
	size_t n = json_object_array_length(page);

	if (n > AGG_REPORTS_MAX - out->n)
		return err_set(e, ERR_LIMIT, "over %d reports", AGG_REPORTS_MAX);
	if (n == 0)
		return 0;
	out->of = reallocarray(out->of, out->n + n, sizeof(*out->of));
	if (out->of == NULL)
		abort();
	memset(out->of + out->n, 0, n * sizeof(*out->of));
	for (size_t i = 0; i < n; i++, out->n++)
		if (read_one(out, &out->of[out->n], json_object_array_get_idx(page, i), e) == -1)
			return err_wrap(e, "report %zu", out->n);
	return 0;
}

int
agg_reports_read(struct agg_reports *out, struct fork_job *j, const struct agg_task *a, struct err *e)
{
	CLEANUP(cleanup_free) char *after = NULL;
	struct dap_task_bound bound;
	int rc;

	if (dap_task_bound(&a->t, &bound, e) == -1)
		return -1;
	out->bound = bound.report_max_bytes < BYTES_MAX ? bound.report_max_bytes : BYTES_MAX;
	do {
		CLEANUP(json_put) struct json_object *value = NULL;
		struct json_object *args = json_object_new_object(), *page;
		const char *next = NULL;

		if (after != NULL)
			json_add_str(args, "after", after);
		if (fork_ask(j, "agg_reports", args, &value, NULL, e) == -1)
			return -1;
		if (value == NULL || json_get_arr(value, "reports", 0, AGG_REPORTS_MAX, &page, e) == -1 ||
		    (rc = json_opt_str(value, "after", 1, 256, &next, e)) == -1)
			return err_set(e, ERR_PROTO, "agg_reports: no list");
		if (read_page(out, page, e) == -1)
			return -1;
		free(after);
		after = rc == 1 ? strdup(next) : NULL;
		if (rc == 1 && after == NULL)
			abort();
	} while (rc == 1);
	return 0;
}

/* ---- a report ----------------------------------------------------------- */

static int
open_segment(struct agg_reports *rs, struct fork_job *j, const char *name, struct err *e)
{
	if (rs->open.fd != -1 && strcmp(rs->open.name, name) == 0)
		return 0;
	cleanup_close(&rs->open.fd);
	rs->open.fd = fork_file_in(j, name, e);
	if (rs->open.fd == -1)
		return -1;
	memcpy(rs->open.name, name, sizeof(rs->open.name));
	return 0;
}

int
agg_report_load(struct agg_reports *rs, struct fork_job *j, const struct agg_task *a, struct agg_report *r,
    uint8_t *room, struct dap_report *report, enum dap_report_error *why, struct err *e)
{
	const uint8_t *bytes = r->bytes != NULL ? r->bytes : room;
	struct dap_fault f = DAP_FAULT_INIT;

	if (r->bytes == NULL && (open_segment(rs, j, r->segment, e) == -1 ||
	    slurp_part(rs->open.fd, r->offset, room, r->n, e) == -1))
		return err_wrap(e, "report %zu", (size_t)(r - rs->of));
	*why = dap_report_read(a->t.profile, report, dap_slice(bytes, r->n), &f) == 0 &&
	    memcmp(report->meta.id, r->id, sizeof(r->id)) == 0 &&
	    dap_time_s(a->t.profile, a->t.time_precision_s, report->meta.time, &r->time_s) ?
	    DAP_ACCEPTED : DAP_INVALID_MESSAGE;
	return 0;
}
