#ifndef DAP_BATCH_H
#define DAP_BATCH_H
#include "report.h"
/* Which reports belong together: queries of collectors, selectors of aggregators. */
#define DAP_BATCH_ID	32	/* bytes */
enum dap_mode { DAP_TIME_INTERVAL = 1, DAP_FIXED_SIZE = 2 };	/* 18: leader_selected; as on the wire */

struct dap_interval {
	uint64_t start, duration;	/* as on the wire: dap_time_s */
};
/*
 * Of a query: an interval; or a batch id; or (batch_id NULL) whatever batch the
 * leader chooses.  Queries of 18 never name a batch.
 */
struct dap_query {
	enum dap_mode mode;
	struct dap_interval interval;
	const uint8_t *batch_id;	/* DAP_BATCH_ID bytes, or NULL */
};
void dap_query_from(struct dap_query *out, const struct dap_profile *p, struct dap_reader *r);
void dap_query_put(struct buf *b, const struct dap_profile *p, const struct dap_query *q);

/* Of a batch: an interval or a batch id. */
struct dap_selector {
	enum dap_mode mode;
	struct dap_interval interval;
	const uint8_t *batch_id;	/* of DAP_FIXED_SIZE */
};
void dap_selector_from(struct dap_selector *out, const struct dap_profile *p, struct dap_reader *r);
void dap_selector_put(struct buf *b, const struct dap_profile *p, const struct dap_selector *s);

/* Extensions of jobs and of collections: (u16 type | data<2>)*. */
struct dap_extension {
	uint16_t type;
	struct dap_slice data;
};
/* dap_extension_from(out, list): the next of a list; at its end, or after a fault, out is of type 0. */
bool dap_extension_from(struct dap_extension *out, struct dap_reader *list);
#endif
