#include "reports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "bytes.h"
#include "room.h"
#include "slurp.h"

#define BYTES_MAX	(4u << 20)	/* of a report: the most that max_report_bytes can be */
#define TOTAL_MAX	(64u << 20)	/* of a job, in segments */

/* The segment that was read last: reports of a job lie in few. */
struct source { char name[40]; int fd; };

static int
open_segment(struct source *s, struct fork_job *j, const char *name, struct err *e)
{
	if (s->fd != -1 && strcmp(s->name, name) == 0)
		return 0;
	cleanup_close(&s->fd);
	s->fd = fork_file_in(j, name, e);
	if (s->fd == -1)
		return -1;
	memcpy(s->name, name, strlen(name) + 1);
	return 0;
}

/* Room for the bytes of a page's reports in segments. */
struct room { uint8_t *p; size_t left; int64_t longest; };

/* from_segment: bytes of a file that the front wrote; *why says why they are not read. */
static int
from_segment(struct source *s, struct fork_job *j, struct json_object *o, struct room *room, const uint8_t **out,
    size_t *n, enum dap_report_error *why, struct err *e)
{
	const char *name;
	int64_t offset, length;

	if (json_get_str(o, "segment", 36, 36, &name, e) == -1 || json_get_i64(o, "offset", 0, INT64_MAX / 2, &offset, e) == -1 ||
	    json_get_i64(o, "length", 1, INT64_MAX / 2, &length, e) == -1)
		return -1;
	if (length > room->longest || (size_t)length > room->left) {
		*why = length > room->longest ? DAP_INVALID_MESSAGE : DAP_REPORT_DROPPED;
		return 0;
	}
	if (open_segment(s, j, name, e) == -1)
		return -1;
	if (slurp_part(s->fd, offset, room->p, (size_t)length, e) == -1)
		return -1;
	*out = room->p;
	*n = (size_t)length;
	room->p += length;
	room->left -= (size_t)length;
	return 0;
}

/* from_row: bytes that came with the answer. */
static int
from_row(struct json_object *o, const uint8_t **out, size_t *n, struct err *e)
{
	uint8_t *p;

	if (bytes_get(o, "bytes", BYTES_MAX, &p, n, e) == -1)
		return -1;
	*out = p;
	return 0;
}

static int
read_one(struct agg_report *r, struct source *s, struct room *room, struct fork_job *j, const struct agg_task *a,
    struct json_object *o, struct err *e)
{
	struct dap_fault f = DAP_FAULT_INIT;
	size_t n = 0;
	int rc;

	if (bytes_get_id(o, "id", r->id, sizeof(r->id), e) == -1)
		return -1;
	rc = json_object_object_get_ex(o, "bytes", NULL) ? from_row(o, &r->bytes, &n, e) :
	    from_segment(s, j, o, room, &r->bytes, &n, &r->why, e);
	if (rc == -1 || r->bytes == NULL)
		return rc;
	r->why = (int64_t)n <= room->longest &&
	    dap_report_read(a->t.profile, &r->report, dap_slice(r->bytes, n), &f) == 0 &&
	    memcmp(r->report.meta.id, r->id, sizeof(r->id)) == 0 &&
	    dap_time_s(a->t.profile, a->t.time_precision_s, r->report.meta.time, &r->time_s) ?
	    DAP_ACCEPTED : DAP_INVALID_MESSAGE;
	return 0;
}

/* measure: bytes of a page's reports in segments; they are read into one room, as far as the
 * job's is enough. */
static int
measure(struct json_object *page, size_t *total, struct room *room, struct err *e)
{
	for (size_t i = 0; i < json_object_array_length(page); i++) {
		int64_t length = 0;

		if (json_opt_i64(json_object_array_get_idx(page, i), "length", 1, INT64_MAX / 2, &length, e) == -1)
			return -1;
		room->left += length <= room->longest ? (size_t)length : 0;
	}
	if (room->left > TOTAL_MAX - *total)
		room->left = TOTAL_MAX - *total;
	*total += room->left;
	room->p = room_new(room->left);
	return 0;
}

/* read_page: those of one answer. */
static int
read_page(struct agg_reports *out, struct source *s, struct fork_job *j, const struct agg_task *a,
    struct json_object *page, int64_t longest, size_t *total, struct err *e)
{
	size_t n = json_object_array_length(page);
	struct room room = { .longest = longest };

	if (n > AGG_REPORTS_MAX - out->n)
		return err_set(e, ERR_LIMIT, "over %d reports", AGG_REPORTS_MAX);
	if (n == 0 || measure(page, total, &room, e) == -1)
		return n == 0 ? 0 : -1;
	out->of = reallocarray(out->of, out->n + n, sizeof(*out->of));
	if (out->of == NULL)
		abort();
	memset(out->of + out->n, 0, n * sizeof(*out->of));
	for (size_t i = 0; i < n; i++, out->n++)
		if (read_one(&out->of[out->n], s, &room, j, a, json_object_array_get_idx(page, i), e) == -1)
			return err_wrap(e, "report %zu", out->n);
	return 0;
}

int
agg_reports_read(struct agg_reports *out, struct fork_job *j, const struct agg_task *a, struct err *e)
{
	CLEANUP(cleanup_free) char *after = NULL;
	struct source s = { .fd = -1 };
	struct dap_task_bound bound;
	size_t total = 0;
	int rc;

	if (dap_task_bound(&a->t, &bound, e) == -1)
		return -1;
	if (bound.report_max_bytes > BYTES_MAX)
		bound.report_max_bytes = BYTES_MAX;
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
		if (read_page(out, &s, j, a, page, bound.report_max_bytes, &total, e) == -1)
			return -1;
		free(after);
		after = rc == 1 ? strdup(next) : NULL;
		if (rc == 1 && after == NULL)
			abort();
	} while (rc == 1);
	cleanup_close(&s.fd);
	return 0;
}
