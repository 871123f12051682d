#include "collector.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../crypt/hpke/hpke.h"
#include "../crypt/wbuf.h"

#define WORK_MAX	(16u << 20)	/* bytes; two shares of the largest measurement */

void
dap_result_release(struct dap_result *r)
{
	free(r->sum);
	*r = (struct dap_result)DAP_RESULT_INIT;
}

/* selector_of: what the aggregators sealed for; 09 says which batch it was. */
static int
selector_of(struct dap_selector *out, const struct dap_profile *p,
    const struct dap_query *q, const struct dap_collection *c, struct err *e)
{
	*out = (struct dap_selector){
		.mode = q->mode,
		.interval = q->interval,
		.batch_id = c->batch_id,
	};
	if (p->mode_configs)
		return 0;	/* 18 binds the request instead */
	if (c->mode != q->mode || (q->mode == DAP_FIXED_SIZE &&
	    q->batch_id != NULL &&
	    memcmp(q->batch_id, c->batch_id, DAP_BATCH_ID) != 0))
		return err_set(e, ERR_PROTO, "the collection is of another batch");
	return 0;
}

/* What both shares have in common. */
struct opening {
	const struct dap_task *task;
	const struct secret *key;
	const struct prio3 *prio3;
	const struct buf *aad;
};

/* open_share: the aggregate share of one aggregator, into out. */
static int
open_share(const struct opening *o, enum dap_role from,
    const struct dap_ciphertext *box, uint8_t *out, struct err *e)
{
	CLEANUP(hpke_opener_release) struct hpke_opener opener =
	    HPKE_OPENER_INIT;
	struct dap_hpke_config config;
	uint8_t info[DAP_LABEL_MAX];
	size_t n = dap_agg_share_info(info, o->task->profile, from);

	dap_task_collector(o->task, &config);
	if (box->config_id != config.id)
		return err_set(e, ERR_PROTO,
		    "the %s sealed to configuration %u instead of %u",
		    dap_role_word(from), box->config_id, config.id);
	if (box->payload.n != o->prio3->out_share_bytes + HPKE_MORE)
		return err_set(e, ERR_PROTO,
		    "the %s's share has %zu bytes instead of %zu",
		    dap_role_word(from), box->payload.n,
		    o->prio3->out_share_bytes + HPKE_MORE);
	if (hpke_opener_init(&opener, &(struct hpke_suite){ config.kem,
	    config.kdf, config.aead }, o->key, info, n, e) == -1)
		return -1;
	if (hpke_open(&opener, out, box->enc.p, box->enc.n, o->aad->data,
	    o->aad->len, box->payload.p, box->payload.n, NULL) == -1)
		return err_set(e, ERR_PROTO,
		    "the %s's share does not open: another key, task or batch",
		    dap_role_word(from));
	if (!prio3_agg_valid(o->prio3, out, o->prio3->out_share_bytes))
		return err_set(e, ERR_PROTO, "the %s's share is not valid",
		    dap_role_word(from));
	return 0;
}

/* add_up: the sums of both shares, and whether they can be. */
static int
add_up(const struct opening *o, const struct dap_collection *c,
    struct dap_result *out, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf work = WBUF_INIT_MAX(WORK_MAX);
	const size_t n = o->prio3->out_share_bytes;
	uint8_t *share = wbuf_room(&work, 2 * n);

	if (share == NULL ||
	    (out->sum = calloc(o->prio3->result_n, sizeof(*out->sum))) == NULL)
		abort();	/* out of memory: sizes are those of a checked task */
	wbuf_grew(&work, 2 * n);
	if (open_share(o, DAP_LEADER, &c->leader, share, e) == -1 ||
	    open_share(o, DAP_HELPER, &c->helper, share + n, e) == -1)
		return -1;
	prio3_unshard(o->prio3, (const uint8_t *const[]){ share, share + n }, 2,
	    out->sum);
	out->n = o->prio3->result_n;
	if (o->task->noise.den == 0 &&
	    !prio3_plausible(o->prio3, out->sum, c->count))
		return err_set(e, ERR_PROTO,
		    "%" PRIu64 " measurements cannot have this sum", c->count);
	return 0;
}

int
dap_collection_open(const struct dap_task *t, const struct secret *key,
    const struct dap_query *q, struct dap_slice body, struct dap_result *out,
    struct err *e)
{
	CLEANUP(prio3_cleanup) struct prio3 *prio3 = dap_task_prio3(t, e);
	CLEANUP(dap_result_release) struct dap_result made = DAP_RESULT_INIT;
	CLEANUP(buf_release) struct buf config = BUF_INIT, req = BUF_INIT;
	CLEANUP(buf_release) struct buf aad = BUF_INIT;
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_collection c;
	struct dap_selector s;

	if (prio3 == NULL)
		return -1;
	if (dap_collection_read(t->profile, &c, body, &f) == -1)
		return err_set(e, ERR_PROTO, "not a collection: %s", f.what);
	if (selector_of(&s, t->profile, q, &c, e) == -1)
		return -1;
	made.count = c.count;
	if (c.count < (uint64_t)t->min_batch_size ||
	    !dap_time_s(t->profile, t->time_precision_s, c.interval.start,
	    &made.start_s) || !dap_time_s(t->profile, t->time_precision_s,
	    c.interval.duration, &made.duration_s))
		return err_set(e, ERR_PROTO,
		    "not a collection: %" PRIu64 " reports, or an interval beyond all time",
		    c.count);
	dap_task_config_put(&config, t);
	dap_collect_req_put(&req, t->profile, q);
	dap_agg_share_aad_put(&aad, t->profile, t->id,
	    dap_slice(config.data, config.len), &s,
	    dap_slice(req.data, req.len));
	made.named = c.batch_id != NULL;
	if (made.named)
		memcpy(made.batch_id, c.batch_id, DAP_BATCH_ID);
	if (add_up(&(struct opening){ t, key, prio3, &aad }, &c, &made, e) == -1)
		return -1;
	*out = made;
	made = (struct dap_result)DAP_RESULT_INIT;
	return 0;
}

/*
 * minus: p - sum, when sum is in the upper half of its field: what noise below
 * zero looks like.  Both moduli are 2^64 - 2^32 + 1 and 2^128 - 28 * 2^64 + 1.
 */
static bool
minus(const struct dap_task *t, struct prio3_sum *s)
{
	const bool small = t->vdaf.type == PRIO3_COUNT ||
	    (t->vdaf.type == PRIO3_SUM && t->vdaf.profile == PRIO3_18);
	const unsigned __int128 p = small ?
	    (unsigned __int128)UINT64_C(0xffffffff00000001) :
	    (unsigned __int128)UINT64_C(0xffffffffffffffe4) << 64 | 1;
	unsigned __int128 v = (unsigned __int128)s->hi << 64 | s->lo;

	if (v <= p / 2)
		return false;
	v = p - v;
	*s = (struct prio3_sum){ .lo = (uint64_t)v, .hi = (uint64_t)(v >> 64) };
	return true;
}

/* number: of any size, as JSON has them. */
static struct json_object *
number(const struct dap_task *t, const struct dap_result *r, size_t i)
{
	char text[1 + PRIO3_SUM_TEXT] = "-";
	struct prio3_sum s = r->sum[i];
	bool below = t->noise.den != 0 && minus(t, &s);

	prio3_sum_text(text + 1, &s);
	/* json-c has no wider integer: a number that prints as this text */
	return json_object_new_double_s(0, below ? text : text + 1);
}

struct json_object *
dap_result_json(const struct dap_task *t, const struct dap_result *r)
{
	struct json_object *o = json_object_new_object();
	struct json_object *interval = json_object_new_object();
	char batch[B64_LEN(DAP_BATCH_ID)];
	struct json_object *list;

	json_add_i64(o, "report_count", (int64_t)r->count);
	json_add_i64(interval, "start", r->start_s);
	json_add_i64(interval, "duration", r->duration_s);
	json_add(o, "interval", interval);
	if (r->named) {
		b64url_encode(batch, r->batch_id, sizeof(r->batch_id));
		json_add_str(o, "batch_id", batch);
	}
	if (t->vdaf.type == PRIO3_COUNT || t->vdaf.type == PRIO3_SUM) {
		json_add(o, "result", number(t, r, 0));
		return o;
	}
	list = json_object_new_array();
	for (size_t i = 0; i < r->n; i++)
		json_object_array_add(list, number(t, r, i));
	json_add(o, "result", list);
	return o;
}
