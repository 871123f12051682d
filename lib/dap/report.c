#include "report.h"

#include <string.h>

#include "../crypt/sha256.h"
#include "extensions.h"

void
dap_metadata_from(struct dap_metadata *out, const struct dap_profile *p,
    struct dap_reader *r)
{
	struct dap_reader list;
	struct dap_extension x;

	out->id = dap_take(r, DAP_REPORT_ID, "report_id").p;
	out->time = dap_u64(r, "time");
	out->extensions = dap_slice(NULL, 0);
	if (!p->extensions)
		return;
	out->extensions = dap_vec(r, 2, 0, "public_extensions");
	list = dap_reader(out->extensions);
	while (dap_extension_from(&x, &list))
		continue;
	if (list.field != NULL)
		dap_bad(r, "public_extensions", list.fault);
}

void
dap_metadata_put(struct buf *b, const struct dap_profile *p,
    const struct dap_metadata *m)
{
	dap_put(b, dap_slice(m->id, DAP_REPORT_ID));
	dap_put_u64(b, m->time);
	if (p->extensions)
		dap_put_vec(b, 2, m->extensions);
}

bool
dap_time_s(const struct dap_profile *p, int64_t precision_s, uint64_t time,
    int64_t *s)
{
	return !__builtin_mul_overflow(time,
	    p->time_units ? (uint64_t)precision_s : 1, s);
}

uint64_t
dap_time_wire(const struct dap_profile *p, int64_t precision_s, int64_t s)
{
	uint64_t units = (uint64_t)(s / precision_s);

	return p->time_units ? units : units * (uint64_t)precision_s;
}

static void
report_from(struct dap_report *out, const struct dap_profile *p,
    struct dap_reader *r)
{
	const uint8_t *start = r->p;

	dap_metadata_from(&out->meta, p, r);
	out->public_share = dap_vec(r, 4, 0, "public_share");
	dap_ciphertext_from(&out->leader, r);
	dap_ciphertext_from(&out->helper, r);
	out->whole = dap_slice(start, (size_t)(r->p - start));
}

int
dap_report_read(const struct dap_profile *p, struct dap_report *out,
    struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);

	report_from(out, p, &r);
	return dap_end(&r, f);
}

void
dap_report_put(struct buf *b, const struct dap_profile *p,
    const struct dap_report *r)
{
	dap_metadata_put(b, p, &r->meta);
	dap_put_vec(b, 4, r->public_share);
	dap_ciphertext_put(b, &r->leader);
	dap_ciphertext_put(b, &r->helper);
}

int
dap_upload_check(const struct dap_profile *p, struct dap_slice in, size_t *n,
    struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);
	struct dap_report report;
	size_t got = 0;

	do {
		if (got == DAP_UPLOAD_MAX)
			return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE,
			    "more than %d reports", DAP_UPLOAD_MAX);
		report_from(&report, p, &r);
		if (dap_good(&r, f) == -1)
			return -1;
		got++;
	} while (p->many_reports && dap_more(&r));
	if (dap_end(&r, f) == -1)
		return -1;
	*n = got;
	return 0;
}

int
dap_upload_next(const struct dap_profile *p, struct dap_slice *in,
    struct dap_report *out)
{
	struct dap_reader r = dap_reader(*in);

	if (in->n == 0)
		return 0;
	report_from(out, p, &r);
	*in = dap_slice(r.p, r.n);
	return r.field == NULL;
}

void
dap_upload_error_put(struct buf *b, const struct dap_profile *p,
    const struct dap_upload_error *u)
{
	dap_put(b, dap_slice(u->id, DAP_REPORT_ID));
	dap_put_u8(b, dap_report_error_wire(p, u->why));
}

int
dap_upload_error_next(const struct dap_profile *p, struct dap_slice *in,
    struct dap_upload_error *out, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(*in);

	if (in->n == 0)
		return 0;
	out->id = dap_take(&r, DAP_REPORT_ID, "report_id").p;
	out->why = dap_report_error_from(p, dap_u8(&r, "error"));
	if (out->why == DAP_REPORT_ERROR_MAX)
		dap_bad(&r, "error", "is of no known kind");
	if (dap_good(&r, f) == -1)
		return -1;
	*in = dap_slice(r.p, r.n);
	return 1;
}

int
dap_input_share_read(const struct dap_profile *p, struct dap_input_share *out,
    struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in), list;
	struct dap_extension x;

	out->extensions = dap_vec(&r, 2, 0, "extensions");
	out->payload = dap_vec(&r, 4, p->extensions ? 1 : 0, "payload");
	list = dap_reader(out->extensions);
	while (dap_extension_from(&x, &list))
		continue;
	if (list.field != NULL)
		dap_bad(&r, "extensions", list.fault);
	return dap_end(&r, f);
}

void
dap_input_share_put(struct buf *b, const struct dap_input_share *s)
{
	dap_put_vec(b, 2, s->extensions);
	dap_put_vec(b, 4, s->payload);
}

void
dap_input_share_head(uint8_t out[DAP_INPUT_SHARE_HEAD], size_t payload)
{
	out[0] = out[1] = 0;	/* no extensions */
	for (unsigned i = 0; i < 4; i++)
		out[2 + i] = (uint8_t)(payload >> (8 * (3 - i)));
}

bool
dap_extensions_refused(const struct dap_metadata *meta,
    const struct dap_input_share *share)
{
	return meta->extensions.n > 0 || share->extensions.n > 0;
}

void
dap_input_share_aad_put(struct buf *b, const struct dap_profile *p,
    const uint8_t task_id[DAP_TASK_ID], struct dap_slice task_config,
    const struct dap_metadata *m, struct dap_slice public_share)
{
	dap_put(b, dap_slice(task_id, DAP_TASK_ID));
	if (p->task_configs)
		dap_put(b, task_config);
	dap_metadata_put(b, p, m);
	dap_put_vec(b, 4, public_share);
}

void
dap_checksum_add(uint8_t sum[DAP_CHECKSUM], const uint8_t id[DAP_REPORT_ID])
{
	uint8_t one[SHA256_LEN];

	sha256(one, id, DAP_REPORT_ID);
	for (size_t i = 0; i < sizeof(one); i++)
		sum[i] ^= one[i];
}
