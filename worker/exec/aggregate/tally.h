#ifndef AGGREGATE_TALLY_H
#define AGGREGATE_TALLY_H
#include "task.h"
/*
 * What a job makes of its reports: an outcome for each, and for each bucket the
 * sum of the output shares, their count, the checksum of their ids and the times
 * between which they lie.
 */
struct agg_tally;
/*
 * agg_tally_new(a, n, more): of a job of n reports, whose end is one frame with this
 * tally and an answer of `more` bytes in it (0: none).
 */
struct agg_tally *agg_tally_new(const struct agg_task *a, size_t n, size_t more);
/*
 * agg_tally_room(t, b): whether a report of this bucket can be taken: the frame has
 * FRAME_MAX bytes, and sums get what outcomes and answer leave of it.  agg_tally_add:
 * a good report, whose output share is out_share; NULL: it comes with others, by
 * agg_tally_share(t, b, sum), which adds the sum of such of a bucket and nothing where
 * there is none.
 */
bool agg_tally_room(struct agg_tally *t, const struct agg_bucket *b);
void agg_tally_add(struct agg_tally *t, const struct agg_bucket *b, const uint8_t id[DAP_REPORT_ID], int64_t time_s,
    const uint8_t *out_share);
void agg_tally_share(struct agg_tally *t, const struct agg_bucket *b, const uint8_t *sum);
/* agg_tally_count(t, b): good reports of this bucket so far. */
int64_t agg_tally_count(struct agg_tally *t, const struct agg_bucket *b);
/* agg_tally_note(t, id, why, b, time_s): the outcome of one report, whichever; b and
 * its time are there where they are known. */
void agg_tally_note(struct agg_tally *t, const uint8_t id[DAP_REPORT_ID], enum dap_report_error why,
    const struct agg_bucket *b, int64_t time_s);
/* agg_tally_write(t): {outcomes, parts} for agg_commit; the caller's.  The sums are
 * wiped and t is freed: it is the last call. */
struct json_object *agg_tally_write(struct agg_tally *t);
#endif
