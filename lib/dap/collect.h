#ifndef DAP_COLLECT_H
#define DAP_COLLECT_H
#include "batch.h"
/* Collections: what a collector asks, what the aggregators ask each other, what comes out. */

struct dap_collect_req {
	struct dap_query query;
	struct dap_slice whole;		/* its bytes: 18 has them in associated data */
};
/* dap_collect_req_read: no aggregation parameter, no extension that is unknown
 * (unsupportedExtension) or out of order (invalidExtension). */
int dap_collect_req_read(const struct dap_profile *p, struct dap_collect_req *out, struct dap_slice in,
    struct dap_fault *f);
void dap_collect_req_put(struct buf *b, const struct dap_profile *p, const struct dap_query *q);

struct dap_share_req {
	struct dap_selector selector;
	struct dap_collect_req collect;	/* of 18: what the collector asked */
	uint64_t count;
	const uint8_t *checksum;	/* DAP_CHECKSUM bytes */
};
/* dap_share_req_read: in 18 the selector lies within the query, else batchInvalid. */
int dap_share_req_read(const struct dap_profile *p, struct dap_share_req *out, struct dap_slice in,
    struct dap_fault *f);
/* dap_share_req_put: collect.whole is copied (18), the rest encoded. */
void dap_share_req_put(struct buf *b, const struct dap_profile *p, const struct dap_share_req *s);

struct dap_collection {
	enum dap_mode mode;		/* of 09; 18 does not say */
	const uint8_t *batch_id;	/* of 09 and DAP_FIXED_SIZE */
	uint64_t count;
	struct dap_interval interval;
	struct dap_ciphertext leader, helper;
};
int dap_collection_read(const struct dap_profile *p, struct dap_collection *out, struct dap_slice in,
    struct dap_fault *f);
void dap_collection_put(struct buf *b, const struct dap_profile *p, const struct dap_collection *c);

/*
 * The associated data of an aggregate share.  09 binds the selector; 18 the
 * TaskConfiguration and the whole of the collector's request.
 */
void dap_agg_share_aad_put(struct buf *b, const struct dap_profile *p, const uint8_t task_id[DAP_TASK_ID],
    struct dap_slice task_config, const struct dap_selector *s, struct dap_slice collect_req);
#endif
