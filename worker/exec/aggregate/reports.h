#ifndef AGGREGATE_REPORTS_H
#define AGGREGATE_REPORTS_H
#include "task.h"
/* The reports of a leader's job, by report id: the same for every run of it. */
#define AGG_SEGMENT_NAME	40	/* bytes, with the NUL */
struct agg_report {
	uint8_t	id[DAP_REPORT_ID];
	int64_t	time_s;			/* of one that was loaded */
	enum dap_report_error why;
	bool	summed;			/* the leader's half has it in its sum */
	uint8_t	*bytes;			/* that came with its row; NULL: it lies in a segment */
	size_t	n;			/* bytes */
	int64_t	offset;
	char	segment[AGG_SEGMENT_NAME];
};
struct agg_reports {
	struct agg_report *of;
	size_t	n;
	size_t	longest;		/* bytes, of those that lie in segments */
	int64_t	bound;			/* bytes: a longer one is none of this task */
	size_t	total;			/* bytes in segments so far */
	struct { char name[AGG_SEGMENT_NAME]; int fd; } open;	/* the segment that was read last: they lie in few */
};
#define AGG_REPORTS_INIT	{ .open = { .fd = -1 } }
#define AGG_REPORTS_MAX	10000
/*
 * agg_reports_read(out, j, a, e): ask for all of them; none is read yet.  One that is
 * longer than its task's can be is invalid_message; a job whose reports have over
 * 64 MiB drops what is beyond.  0, or -1.
 */
int agg_reports_read(struct agg_reports *out, struct fork_job *j, const struct agg_task *a, struct err *e);
/*
 * agg_report_load(rs, j, a, r, room, report, why, e): the report that r stands for,
 * from its row or from its segment; room has rs->longest bytes, into which report then
 * points.  *why is DAP_ACCEPTED, or DAP_INVALID_MESSAGE for bytes that are no report, or
 * another's.  0, or -1 when it cannot be read.
 */
int agg_report_load(struct agg_reports *rs, struct fork_job *j, const struct agg_task *a, struct agg_report *r,
    uint8_t *room, struct dap_report *report, enum dap_report_error *why, struct err *e);
#endif
