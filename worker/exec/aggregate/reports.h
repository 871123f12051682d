#ifndef AGGREGATE_REPORTS_H
#define AGGREGATE_REPORTS_H
#include "task.h"
/* The reports of a leader's job, by report id: the same for every run of it. */
struct agg_report {
	uint8_t	id[DAP_REPORT_ID];
	int64_t	time_s;			/* of one that is DAP_ACCEPTED */
	const uint8_t *bytes;		/* report points into them; they live as long as the process; NULL: not read */
	struct dap_report report;	/* of one that is DAP_ACCEPTED so far */
	enum dap_report_error why;
	uint8_t	*state;			/* of VDAF preparation, the caller's; NULL: not begun.  Secret */
};
struct agg_reports {
	struct agg_report *of;
	size_t	n;
};
#define AGG_REPORTS_MAX	10000
/*
 * agg_reports_read(out, j, a, e): ask for all of them and read their bytes, from
 * the answers or from segments.  One whose bytes are no report, or another's, is
 * invalid_message, and so is one that is longer than its task's can be, unread; a job
 * whose reports have over 64 MiB drops what is beyond.  0, or -1.
 */
int agg_reports_read(struct agg_reports *out, struct fork_job *j, const struct agg_task *a, struct err *e);
#endif
