#ifndef AGGREGATE_SHARE_H
#define AGGREGATE_SHARE_H
#include "../../../lib/dap/collect.h"
#include "task.h"
/* This node's share of a batch: the parts that its jobs left, summed, blurred if
 * the task says so, and sealed to the collector. */
struct agg_share {
	uint8_t	*sum;			/* vdaf->out_share_bytes; secret */
	int64_t	count;
	struct json_object *noise;	/* text for seal_noise; NULL: none */
};
/* agg_share_merge(out, j, a, e): all parts of the job's batch, and the noise of this
 * run: what a run that ends without its result drew was seen by nobody. */
int agg_share_merge(struct agg_share *out, struct fork_job *j, const struct agg_task *a, struct err *e);
/*
 * agg_share_seal(out, s, a, selector, collect_req, e): append the HpkeCiphertext for
 * the collector, and wipe the sum.  collect_req: the whole of the collector's
 * request (18).
 */
int agg_share_seal(struct buf *out, struct agg_share *s, const struct agg_task *a, const struct dap_selector *selector,
    struct dap_slice collect_req, struct err *e);

/* What the database knows of the batch that the job is about. */
struct agg_batch {
	bool	ready;			/* nothing of it is under way any more */
	int64_t	count, t_min, t_max;
	uint8_t	checksum[DAP_CHECKSUM];
	bool	named;
	uint8_t	batch_id[DAP_BATCH_ID];	/* named: of fixed_size */
};
/* agg_batch_ask(out, j, on, e): on is the job's collection or share: {mode, batch_id?, …}. */
int agg_batch_ask(struct agg_batch *out, struct fork_job *j, struct json_object *on, struct err *e);
#endif
