#ifndef DAP_COLLECTOR_H
#define DAP_COLLECTOR_H
#include "../crypt/secret.h"
#include "collect.h"
#include "task.h"
/* The collector's end: both aggregate shares are opened and added up. */
struct dap_result {
	uint64_t count;
	int64_t	start_s, duration_s;
	struct prio3_sum *sum;		/* owned */
	size_t	n;
	bool	named;			/* 09 and DAP_FIXED_SIZE: batch_id says which batch it was */
	uint8_t	batch_id[DAP_BATCH_ID];
};
#define DAP_RESULT_INIT { .sum = NULL }
void dap_result_release(struct dap_result *r);	/* safe on zeroed */
/*
 * dap_collection_open(t, key, q, body, out, e): body answers the query q of task
 * t; key is the private half of its collector_hpke_config.  0, or -1 with
 * ERR_PROTO: not a collection, of another batch, below the minimum, shares that
 * do not open or are none of this VDAF, or a sum that so many measurements cannot
 * have (tasks without noise).
 */
int dap_collection_open(const struct dap_task *t, const struct secret *key, const struct dap_query *q,
    struct dap_slice body, struct dap_result *out, struct err *e);
/*
 * dap_result_json(t, r): {"report_count","interval":{"start","duration"},"batch_id"?,"result"};
 * result is a number or an array of them, as the VDAF has it, below zero only
 * where noise brought it there; the caller's.
 */
struct json_object *dap_result_json(const struct dap_task *t, const struct dap_result *r);
#endif
