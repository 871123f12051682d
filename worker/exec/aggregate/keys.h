#ifndef AGGREGATE_KEYS_H
#define AGGREGATE_KEYS_H
#include "task.h"
/*
 * The node's HPKE keys that the reports of a job name, each asked for when it is
 * first needed and ready for many messages.
 */
struct agg_keys;
/* agg_keys_new: for input shares of this task; lives as long as the process. */
struct agg_keys *agg_keys_new(struct fork_job *j, const struct agg_task *a);

/* What a report is to its holder once it is open: plain owns the bytes that share
 * points into. */
struct agg_opened {
	uint8_t	*plain;
	struct dap_input_share share;
};
/*
 * agg_keys_open(k, meta, public_share, c, out, e): open and decode a report's input
 * share.  *why is DAP_ACCEPTED and out->plain the caller's (free, after wiping
 * c->payload.n bytes), or says what is wrong with it: an unknown config id, what
 * does not open, what is no PlaintextInputShare, an extension (we know none).
 * Returns 0, or -1 when it could not be asked.
 */
int agg_keys_open(struct agg_keys *k, const struct dap_metadata *meta, struct dap_slice public_share,
    const struct dap_ciphertext *c, struct agg_opened *out, enum dap_report_error *why, struct err *e);
#endif
