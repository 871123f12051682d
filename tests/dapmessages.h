#ifndef DAPMESSAGES_H
#define DAPMESSAGES_H
/*
 * Every DAP message as a function that reads it and writes it again: there is
 * one encoding of each, so the bytes must be the same.  For the unit test and
 * the fuzz target.
 */
#include <stdlib.h>

#include "../lib/base/buf.h"
#include "../lib/dap/collect.h"
#include "../lib/dap/job.h"

/* 0: out has the message again; 1: it was read, but is said otherwise by us (a
 * report error that 18 has two numbers for); -1: refused. */
typedef int again_fn(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f);

static int
again_config(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_hpke_config c;

	(void)p;
	if (dap_hpke_config_read(&c, in, f) == -1)
		return -1;
	dap_hpke_config_put(out, &c);
	return 0;
}

static int
again_configs(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_hpke_config c[DAP_HPKE_CONFIGS_MAX];
	size_t n;

	(void)p;
	if (dap_hpke_configs_read(c, &n, in, f) == -1)
		return -1;
	dap_hpke_configs_put(out, c, n);
	return n == DAP_HPKE_CONFIGS_MAX;	/* later ones are not kept */
}

static int
again_ciphertext(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_ciphertext c;

	(void)p;
	if (dap_ciphertext_read(&c, in, f) == -1)
		return -1;
	dap_ciphertext_put(out, &c);
	return 0;
}

static int
again_report(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_report r;

	if (dap_report_read(p, &r, in, f) == -1)
		return -1;
	dap_report_put(out, p, &r);
	return 0;
}

static int
again_upload(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_report r;
	size_t n, got = 0;

	if (dap_upload_check(p, in, &n, f) == -1)
		return -1;
	for (; dap_upload_next(p, &in, &r) == 1; got++)
		dap_put(out, r.whole);
	if (got != n)
		abort();
	return 0;
}

static int
again_upload_errors(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_upload_error u;
	int more, other = 0;

	while ((more = dap_upload_error_next(p, &in, &u, f)) == 1) {
		dap_upload_error_put(out, p, &u);
		other |= p->said_as[u.why] != DAP_ACCEPTED;
	}
	return more == -1 ? -1 : other;
}

static int
again_input_share(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_input_share s;

	if (dap_input_share_read(p, &s, in, f) == -1)
		return -1;
	dap_input_share_put(out, &s);
	return 0;
}

static int
again_job_init(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_prepare_init i;
	struct dap_job_init j;
	size_t at, got = 0;

	if (dap_job_init_read(p, &j, in, f) == -1)
		return -1;
	at = dap_job_init_head_put(out, p, j.mode, j.batch_id);
	for (; dap_prepare_init_next(p, &j.reports, &i) == 1; got++)
		dap_prepare_init_put(out, p, &i);
	dap_list_end(out, p, at);
	if (got != j.n)
		abort();
	return 0;
}

static int
again_job_resp(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_prepare_resp r;
	struct dap_job_resp j;
	size_t at, got = 0;
	int other = 0;

	if (dap_job_resp_read(p, &j, in, f) == -1)
		return -1;
	at = dap_job_resp_head_put(out, p);
	for (; dap_prepare_resp_next(p, &j.reports, &r) == 1; got++) {
		dap_prepare_resp_put(out, p, &r);
		other |= r.kind == DAP_RESP_REJECT && p->said_as[r.why] != DAP_ACCEPTED;
	}
	dap_list_end(out, p, at);
	if (got != j.n)
		abort();
	return other;
}

static int
again_job_continue(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_job_continue c;

	if (dap_job_continue_read(p, &c, in, f) == -1)
		return -1;
	dap_put(out, in);	/* only ever refused: nothing writes one */
	return 0;
}

static int
again_collect_req(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_collect_req c;

	if (dap_collect_req_read(p, &c, in, f) == -1)
		return -1;
	dap_collect_req_put(out, p, &c.query);
	return 0;
}

static int
again_share_req(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_share_req s;

	if (dap_share_req_read(p, &s, in, f) == -1)
		return -1;
	dap_share_req_put(out, p, &s);
	return 0;
}

static int
again_collection(struct buf *out, const struct dap_profile *p, struct dap_slice in, struct dap_fault *f)
{
	struct dap_collection c;

	if (dap_collection_read(p, &c, in, f) == -1)
		return -1;
	dap_collection_put(out, p, &c);
	return 0;
}

enum message {
	M_CONFIG, M_CONFIGS, M_CIPHERTEXT, M_REPORT, M_UPLOAD, M_UPLOAD_ERRORS, M_INPUT_SHARE, M_JOB_INIT, M_JOB_RESP,
	M_JOB_CONTINUE, M_COLLECT_REQ, M_SHARE_REQ, M_COLLECTION, M_MAX
};
static const struct {
	const char *name;
	again_fn *again;
} messages[M_MAX] = {
	[M_CONFIG] = { "HpkeConfig", again_config },
	[M_CONFIGS] = { "HpkeConfigList", again_configs },
	[M_CIPHERTEXT] = { "HpkeCiphertext", again_ciphertext },
	[M_REPORT] = { "Report", again_report },
	[M_UPLOAD] = { "upload", again_upload },
	[M_UPLOAD_ERRORS] = { "UploadErrors", again_upload_errors },
	[M_INPUT_SHARE] = { "PlaintextInputShare", again_input_share },
	[M_JOB_INIT] = { "AggregationJobInitReq", again_job_init },
	[M_JOB_RESP] = { "AggregationJobResp", again_job_resp },
	[M_JOB_CONTINUE] = { "AggregationJobContinueReq", again_job_continue },
	[M_COLLECT_REQ] = { "CollectionReq", again_collect_req },
	[M_SHARE_REQ] = { "AggregateShareReq", again_share_req },
	[M_COLLECTION] = { "Collection", again_collection },
};
#endif
