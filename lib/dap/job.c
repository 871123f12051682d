#include "job.h"

#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "extensions.h"

#define LEADER_SELECTED_BATCH_ID 1	/* the one extension of jobs */

/* list_from: a body's list, counted or to its end. */
static struct dap_slice
list_from(const struct dap_profile *p, struct dap_reader *r)
{
	return p->counted_lists ? dap_vec(r, 4, 1, "list of reports") :
	    dap_rest(r, 1, "list of reports");
}

/* list_open: room for the length where there is one; goes to dap_list_end. */
static size_t
list_open(struct buf *b, const struct dap_profile *p)
{
	return p->counted_lists ? dap_open_vec(b, 4) : 0;
}

void
dap_list_end(struct buf *b, const struct dap_profile *p, size_t at)
{
	if (p->counted_lists)
		dap_close_vec(b, 4, at);
}

static void
prepare_init_from(struct dap_prepare_init *out, const struct dap_profile *p,
    struct dap_reader *r)
{
	dap_metadata_from(&out->meta, p, r);
	out->public_share = dap_vec(r, 4, 0, "public_share");
	dap_ciphertext_from(&out->helper, r);
	out->message = dap_vec(r, 4, p->extensions ? 1 : 0, "payload");
}

/* in_report: a fault inside a list says of which report. */
static int
in_report(size_t i, const struct dap_reader *r, struct dap_fault *f)
{
	return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE, "report %zu: %s %s",
	    i, r->field, r->fault);
}

static int
by_id(const void *a, const void *b)
{
	return memcmp(a, b, DAP_REPORT_ID);
}

/* distinct: no two of n ids are equal; sorts them. */
static bool
distinct(uint8_t (*id)[DAP_REPORT_ID], size_t n)
{
	qsort(id, n, sizeof(*id), by_id);
	for (size_t i = 1; i < n; i++)
		if (by_id(id[i - 1], id[i]) == 0)
			return false;
	return true;
}

/* inits_check: every report of the list; *n is their number. */
static int
inits_check(const struct dap_profile *p, struct dap_slice list, size_t *n,
    struct dap_fault *f)
{
	CLEANUP(cleanup_free) uint8_t (*id)[DAP_REPORT_ID] =
	    malloc(DAP_JOB_REPORTS_MAX * sizeof(*id));
	struct dap_reader r = dap_reader(list);
	struct dap_prepare_init i;
	size_t got = 0;

	if (id == NULL)
		abort();
	while (dap_more(&r)) {
		if (got == DAP_JOB_REPORTS_MAX)
			return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE,
			    "more than %d reports", DAP_JOB_REPORTS_MAX);
		prepare_init_from(&i, p, &r);
		if (r.field != NULL)
			return in_report(got, &r, f);
		memcpy(id[got++], i.meta.id, DAP_REPORT_ID);
	}
	if (!distinct(id, got))
		return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE,
		    "two reports have the same id");
	*n = got;
	return 0;
}

/* extensions_18: of a job; the batch id is the only one there is. */
static int
extensions_18(struct dap_job_init *out, struct dap_slice list,
    struct dap_fault *f)
{
	static const uint16_t known[] = { LEADER_SELECTED_BATCH_ID, 0 };
	struct dap_reader r = dap_reader(list);
	struct dap_extension x;

	if (dap_extensions_check(list, known, DAP_WORD_INVALID_MESSAGE,
	    f) == -1)
		return -1;
	out->mode = DAP_TIME_INTERVAL;
	while (dap_extension_from(&x, &r)) {
		if (x.data.n != DAP_BATCH_ID)
			return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE,
			    "batch_id has %zu bytes", x.data.n);
		out->mode = DAP_FIXED_SIZE;
		out->batch_id = x.data.p;
	}
	return 0;
}

int
dap_job_init_read(const struct dap_profile *p, struct dap_job_init *out,
    struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);
	struct dap_slice param, extensions = { .n = 0 };
	struct dap_selector s = { .mode = 0 };

	*out = (struct dap_job_init){ .mode = 0 };
	if (p->extensions)
		out->verify_key_id = dap_u8(&r, "verification_key_id");
	param = dap_vec(&r, 4, 0, "agg_param");
	if (p->extensions)
		extensions = dap_vec(&r, 2, 0, "extensions");
	else
		dap_partial_from(&s, &r);
	out->mode = s.mode;
	out->batch_id = s.batch_id;
	out->reports = list_from(p, &r);
	if (dap_end(&r, f) == -1 || dap_agg_param_check(p, param, f) == -1 ||
	    (p->extensions && extensions_18(out, extensions, f) == -1))
		return -1;
	if (out->verify_key_id != 0)
		return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE,
		    "verification_key_id %u is not known",
		    out->verify_key_id);
	return inits_check(p, out->reports, &out->n, f);
}

int
dap_prepare_init_next(const struct dap_profile *p, struct dap_slice *reports,
    struct dap_prepare_init *out)
{
	struct dap_reader r = dap_reader(*reports);

	if (reports->n == 0)
		return 0;
	prepare_init_from(out, p, &r);
	*reports = dap_slice(r.p, r.n);
	return r.field == NULL;
}

size_t
dap_job_init_head_put(struct buf *b, const struct dap_profile *p,
    enum dap_mode mode, const uint8_t *batch_id)
{
	const struct dap_slice none = { .n = 0 };

	if (p->extensions)
		dap_put_u8(b, 0);	/* verification_key_id */
	dap_put_vec(b, 4, none);	/* agg_param */
	if (p->extensions) {
		size_t at = dap_open_vec(b, 2);

		if (mode == DAP_FIXED_SIZE) {
			dap_put_u16(b, LEADER_SELECTED_BATCH_ID);
			dap_put_vec(b, 2, dap_slice(batch_id, DAP_BATCH_ID));
		}
		dap_close_vec(b, 2, at);
	} else {
		dap_partial_put(b, mode, batch_id);
	}
	return list_open(b, p);
}

void
dap_prepare_init_put(struct buf *b, const struct dap_profile *p,
    const struct dap_prepare_init *i)
{
	dap_metadata_put(b, p, &i->meta);
	dap_put_vec(b, 4, i->public_share);
	dap_ciphertext_put(b, &i->helper);
	dap_put_vec(b, 4, i->message);
}

static void
prepare_resp_from(struct dap_prepare_resp *out, const struct dap_profile *p,
    struct dap_reader *r)
{
	*out = (struct dap_prepare_resp){
		.id = dap_take(r, DAP_REPORT_ID, "report_id").p,
		.kind = dap_u8(r, "kind of answer"),
	};
	switch (out->kind) {
	case DAP_RESP_CONTINUE:
		out->message = dap_vec(r, 4, p->extensions ? 1 : 0, "payload");
		break;
	case DAP_RESP_FINISHED:
		break;
	case DAP_RESP_REJECT:
		out->why = dap_report_error_from(p, dap_u8(r, "report error"));
		if (out->why == DAP_REPORT_ERROR_MAX)
			dap_bad(r, "report error", "is of no known kind");
		break;
	default:
		dap_bad(r, "kind of answer", "is of no known kind");
	}
}

int
dap_job_resp_read(const struct dap_profile *p, struct dap_job_resp *out,
    struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in), list;
	struct dap_prepare_resp resp;

	*out = (struct dap_job_resp){ .reports = list_from(p, &r) };
	if (dap_end(&r, f) == -1)
		return -1;
	list = dap_reader(out->reports);
	while (dap_more(&list)) {
		prepare_resp_from(&resp, p, &list);
		if (list.field != NULL)
			return in_report(out->n, &list, f);
		out->n++;
	}
	return 0;
}

int
dap_prepare_resp_next(const struct dap_profile *p, struct dap_slice *reports,
    struct dap_prepare_resp *out)
{
	struct dap_reader r = dap_reader(*reports);

	if (reports->n == 0)
		return 0;
	prepare_resp_from(out, p, &r);
	*reports = dap_slice(r.p, r.n);
	return r.field == NULL;
}

size_t
dap_job_resp_head_put(struct buf *b, const struct dap_profile *p)
{
	return list_open(b, p);
}

void
dap_prepare_resp_put(struct buf *b, const struct dap_profile *p,
    const struct dap_prepare_resp *r)
{
	dap_put(b, dap_slice(r->id, DAP_REPORT_ID));
	dap_put_u8(b, (uint8_t)r->kind);
	if (r->kind == DAP_RESP_CONTINUE)
		dap_put_vec(b, 4, r->message);
	else if (r->kind == DAP_RESP_REJECT)
		dap_put_u8(b, dap_report_error_wire(p, r->why));
}

int
dap_job_continue_read(const struct dap_profile *p,
    struct dap_job_continue *out, struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in), list;

	*out = (struct dap_job_continue){ .step = dap_u16(&r, "step") };
	list = dap_reader(list_from(p, &r));
	if (dap_end(&r, f) == -1)
		return -1;
	if (out->step == 0)
		return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE,
		    "step is 0");
	while (dap_more(&list)) {
		dap_take(&list, DAP_REPORT_ID, "report_id");
		dap_vec(&list, 4, p->extensions ? 1 : 0, "payload");
		if (list.field != NULL)
			return in_report(out->n, &list, f);
		out->n++;
	}
	return 0;
}
