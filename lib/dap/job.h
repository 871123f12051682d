#ifndef DAP_JOB_H
#define DAP_JOB_H
#include "batch.h"
/*
 * Aggregation jobs: the leader's requests, the helper's answers.  Lists are
 * checked whole before the first element is given out.
 */
#define DAP_JOB_ID		16	/* bytes */
#define DAP_JOB_REPORTS_MAX	10000	/* of one job */

/* One report on its way to the helper. */
struct dap_prepare_init {
	struct dap_metadata meta;
	struct dap_slice public_share;
	struct dap_ciphertext helper;
	struct dap_slice message;	/* ping-pong */
};
struct dap_job_init {
	enum dap_mode mode;		/* of 18: DAP_FIXED_SIZE when there is a batch id */
	const uint8_t *batch_id;	/* of DAP_FIXED_SIZE */
	uint8_t	verify_key_id;		/* of 18; we have key 0 only */
	struct dap_slice reports;	/* for dap_prepare_init_next */
	size_t	n;			/* 1..DAP_JOB_REPORTS_MAX */
};
/*
 * dap_job_init_read: also that ids are distinct, and that there is no
 * aggregation parameter (invalidMessage; 18: invalidAggregationParameter).  18:
 * an unknown extension is unsupportedExtension.  That the mode is the task's, is
 * the caller's to check.
 */
int dap_job_init_read(const struct dap_profile *p, struct dap_job_init *out, struct dap_slice in, struct dap_fault *f);
/* dap_prepare_init_next: 1 with the next of a checked list, 0 at its end. */
int dap_prepare_init_next(const struct dap_profile *p, struct dap_slice *reports, struct dap_prepare_init *out);
/* The request is written in pieces: head, each report, end with what head returned. */
size_t dap_job_init_head_put(struct buf *b, const struct dap_profile *p, enum dap_mode mode, const uint8_t *batch_id);
void dap_prepare_init_put(struct buf *b, const struct dap_profile *p, const struct dap_prepare_init *i);
void dap_list_end(struct buf *b, const struct dap_profile *p, size_t at);

/* What the helper says of one report. */
enum dap_resp { DAP_RESP_CONTINUE, DAP_RESP_FINISHED, DAP_RESP_REJECT };	/* as on the wire */
struct dap_prepare_resp {
	const uint8_t *id;
	enum dap_resp kind;
	struct dap_slice message;	/* of DAP_RESP_CONTINUE */
	enum dap_report_error why;	/* of DAP_RESP_REJECT; DAP_REPORT_ERROR_MAX is never read */
};
struct dap_job_resp {
	struct dap_slice reports;
	size_t	n;
};
int dap_job_resp_read(const struct dap_profile *p, struct dap_job_resp *out, struct dap_slice in, struct dap_fault *f);
int dap_prepare_resp_next(const struct dap_profile *p, struct dap_slice *reports, struct dap_prepare_resp *out);
/* dap_job_resp_head_put, then each report, then dap_list_end. */
size_t dap_job_resp_head_put(struct buf *b, const struct dap_profile *p);
void dap_prepare_resp_put(struct buf *b, const struct dap_profile *p, const struct dap_prepare_resp *r);

/* A continuation; with Prio3 there is none, the answer to a good one is stepMismatch. */
struct dap_job_continue {
	uint16_t step;			/* not 0 */
	size_t	n;
};
int dap_job_continue_read(const struct dap_profile *p, struct dap_job_continue *out, struct dap_slice in,
    struct dap_fault *f);
#endif
