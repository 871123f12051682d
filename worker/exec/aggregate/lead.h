#ifndef AGGREGATE_LEAD_H
#define AGGREGATE_LEAD_H
#include "../../../lib/crypt/vdaf/prio3.h"
#include "reports.h"
/*
 * The leader's half of a job's reports: each is read, opened, begun to verify and
 * added up while it is in the cache, before the helper has said what it thinks of it.
 * Nothing stays of a report of thousands of elements but the seed that its answer is
 * compared with; what is refused afterwards is prepared once more, and taken away.
 */
struct agg_lead;
struct agg_lead *agg_lead_new(struct fork_job *j, const struct agg_task *a, struct agg_reports *reports);
/* agg_lead_free(l): sum and seeds are wiped. */
void agg_lead_free(struct agg_lead *l);

/*
 * agg_lead_put: a report's part of the request, when our half of it is good: what it
 * is, and the message for the helper, both for the time of the call.  false: the
 * request has no room for it.
 */
typedef bool agg_lead_put(void *arg, const struct dap_report *report, struct dap_slice message);
/*
 * agg_lead_prepare(l, put, arg, e): every report that is DAP_ACCEPTED, in their order;
 * its `why` says afterwards whether it is in sum and request.  0, or -1 when it could
 * not be read or asked.
 */
int agg_lead_prepare(struct agg_lead *l, agg_lead_put *put, void *arg, struct err *e);
/* agg_lead_agrees(l, r, message): the helper's answer to a report in the sum. */
enum prio3_why agg_lead_agrees(const struct agg_lead *l, const struct agg_report *r, struct dap_slice message);
/*
 * agg_lead_sum(l, sum, e): the sum of the output shares of those that are still
 * DAP_ACCEPTED, l's own: what became something else is taken away first.  0, or -1,
 * also with ERR_INTERNAL when one of these is not what it was.
 */
int agg_lead_sum(struct agg_lead *l, const uint8_t **sum, struct err *e);
#endif
