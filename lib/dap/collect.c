#include "collect.h"

#include "extensions.h"

/* collect_req_from: *param and *extensions are checked after the whole is read. */
struct req_parts {
	struct dap_slice param, extensions;
};
static void
collect_req_from(struct dap_collect_req *out, struct req_parts *parts,
    const struct dap_profile *p, struct dap_reader *r)
{
	const uint8_t *start = r->p;

	dap_query_from(&out->query, p, r);
	parts->param = dap_vec(r, 4, 0, "agg_param");
	parts->extensions = dap_slice(NULL, 0);
	if (p->extensions)
		parts->extensions = dap_vec(r, 2, 0, "extensions");
	out->whole = dap_slice(start, (size_t)(r->p - start));
}

static int
parts_check(const struct dap_profile *p, const struct req_parts *parts,
    struct dap_fault *f)
{
	static const uint16_t known[] = { 0 };	/* none is */

	if (dap_agg_param_check(p, parts->param, f) == -1)
		return -1;
	return dap_extensions_check(parts->extensions, known,
	    DAP_WORD_INVALID_EXTENSION, f);
}

int
dap_collect_req_read(const struct dap_profile *p, struct dap_collect_req *out,
    struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);
	struct req_parts parts;

	collect_req_from(out, &parts, p, &r);
	if (dap_end(&r, f) == -1)
		return -1;
	return parts_check(p, &parts, f);
}

void
dap_collect_req_put(struct buf *b, const struct dap_profile *p,
    const struct dap_query *q)
{
	const struct dap_slice none = { .n = 0 };

	dap_query_put(b, p, q);
	dap_put_vec(b, 4, none);	/* agg_param */
	if (p->extensions)
		dap_put_vec(b, 2, none);
}

/* within: whether the selector lies in the query; for 18. */
static bool
within(const struct dap_selector *s, const struct dap_query *q)
{
	uint64_t s_end, q_end;

	if (s->mode != q->mode)
		return false;
	if (s->mode == DAP_FIXED_SIZE)
		return true;	/* its query names no batch */
	return !__builtin_add_overflow(s->interval.start,
	    s->interval.duration, &s_end) &&
	    !__builtin_add_overflow(q->interval.start, q->interval.duration,
	    &q_end) && s->interval.start >= q->interval.start && s_end <= q_end;
}

int
dap_share_req_read(const struct dap_profile *p, struct dap_share_req *out,
    struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);
	struct req_parts parts = { .param = { .n = 0 } };

	*out = (struct dap_share_req){ .count = 0 };
	if (p->extensions)
		collect_req_from(&out->collect, &parts, p, &r);
	dap_selector_from(&out->selector, p, &r);
	if (!p->extensions)
		parts.param = dap_vec(&r, 4, 0, "agg_param");
	out->count = dap_u64(&r, "report_count");
	out->checksum = dap_take(&r, DAP_CHECKSUM, "checksum").p;
	if (dap_end(&r, f) == -1 || parts_check(p, &parts, f) == -1)
		return -1;
	if (p->extensions && !within(&out->selector, &out->collect.query))
		return dap_fault_set(f, DAP_WORD_BATCH_INVALID,
		    "the selector is not within the query");
	return 0;
}

void
dap_share_req_put(struct buf *b, const struct dap_profile *p,
    const struct dap_share_req *s)
{
	const struct dap_slice none = { .n = 0 };

	if (p->extensions)
		dap_put(b, s->collect.whole);
	dap_selector_put(b, p, &s->selector);
	if (!p->extensions)
		dap_put_vec(b, 4, none);	/* agg_param */
	dap_put_u64(b, s->count);
	dap_put(b, dap_slice(s->checksum, DAP_CHECKSUM));
}

int
dap_collection_read(const struct dap_profile *p, struct dap_collection *out,
    struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);
	struct dap_selector s = { .mode = 0 };

	*out = (struct dap_collection){ .mode = 0 };
	if (!p->mode_configs)
		dap_partial_from(&s, &r);
	out->mode = s.mode;
	out->batch_id = s.batch_id;
	out->count = dap_u64(&r, "report_count");
	out->interval.start = dap_u64(&r, "interval: start");
	out->interval.duration = dap_u64(&r, "interval: duration");
	dap_ciphertext_from(&out->leader, &r);
	dap_ciphertext_from(&out->helper, &r);
	return dap_end(&r, f);
}

void
dap_collection_put(struct buf *b, const struct dap_profile *p,
    const struct dap_collection *c)
{
	if (!p->mode_configs)
		dap_partial_put(b, c->mode, c->batch_id);
	dap_put_u64(b, c->count);
	dap_put_u64(b, c->interval.start);
	dap_put_u64(b, c->interval.duration);
	dap_ciphertext_put(b, &c->leader);
	dap_ciphertext_put(b, &c->helper);
}

void
dap_agg_share_aad_put(struct buf *b, const struct dap_profile *p,
    const uint8_t task_id[DAP_TASK_ID], struct dap_slice task_config,
    const struct dap_selector *s, struct dap_slice collect_req)
{
	const struct dap_slice none = { .n = 0 };

	dap_put(b, dap_slice(task_id, DAP_TASK_ID));
	if (p->task_configs) {
		dap_put(b, task_config);
		dap_put(b, collect_req);
	} else {
		dap_put_vec(b, 4, none);	/* agg_param */
		dap_selector_put(b, p, s);
	}
}
