#include "client.h"

#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/rand.h"

#define ROOM_ALIGN	64
#define WORK_MAX	(256u << 20)	/* bytes; the largest measurement takes 60 MiB */

static int
party_init(struct dap_client *c, unsigned i, struct dap_slice list,
    struct err *e)
{
	static const enum dap_role role[] = { DAP_LEADER, DAP_HELPER };
	struct dap_hpke_config all[DAP_HPKE_CONFIGS_MAX];
	const struct dap_hpke_config *config;
	struct dap_fault f = DAP_FAULT_INIT;
	uint8_t info[DAP_LABEL_MAX];
	size_t n;

	if (dap_hpke_configs_read(all, &n, list, &f) == -1) {
		dap_fault_err(&f, e);
		return err_wrap(e, "keys of the %s", dap_role_word(role[i]));
	}
	if ((config = dap_hpke_config_pick(all, n)) == NULL)
		return err_set(e, ERR_UNKNOWN_CRYPTO,
		    "the %s has no HPKE configuration that we know",
		    dap_role_word(role[i]));
	c->config_id[i] = config->id;
	return hpke_sealer_init(&c->sealer[i], &(struct hpke_suite){
	    config->kem, config->kdf, config->aead }, config->public_key.p,
	    config->public_key.n, info,
	    dap_input_share_info(info, c->task->profile, role[i]), e);
}

int
dap_client_init(struct dap_client *c, const struct dap_task *t,
    struct dap_slice leader, struct dap_slice helper, struct err *e)
{
	CLEANUP(dap_client_release) struct dap_client made = {
		.task = t,
		.config = BUF_INIT,
		.aad = BUF_INIT,
		.work = WBUF_INIT_MAX(WORK_MAX),
	};

	if ((made.prio3 = dap_task_prio3(t, e)) == NULL ||
	    party_init(&made, 0, leader, e) == -1 ||
	    party_init(&made, 1, helper, e) == -1)
		return -1;
	dap_task_config_put(&made.config, t);
	*c = made;
	made = (struct dap_client)DAP_CLIENT_INIT;
	return 0;
}

void
dap_client_release(struct dap_client *c)
{
	prio3_free(c->prio3);
	for (size_t i = 0; i < 2; i++)
		hpke_sealer_release(&c->sealer[i]);
	buf_release(&c->config);
	buf_release(&c->aad);
	wbuf_release(&c->work);
	*c = (struct dap_client)DAP_CLIENT_INIT;
}

/* Where the pieces of a report lie in the client's work. */
struct pieces {
	uint8_t	*room, *rand, *public_share, *plain[2];
	size_t	plain_len[2];	/* room for a tag follows */
};

/* carve: the work, wiped of what was there before. */
static void
carve(struct dap_client *c, struct pieces *out)
{
	const struct prio3 *p = c->prio3;
	const size_t share[] = { p->leader_share_bytes, p->helper_share_bytes };
	const size_t all = ROOM_ALIGN + p->shard_room_bytes + p->rand_bytes +
	    p->public_share_bytes + share[0] + share[1] +
	    2 * (DAP_INPUT_SHARE_HEAD + HPKE_MORE);
	uint8_t *at;

	wbuf_reset(&c->work);
	if ((at = wbuf_room(&c->work, all)) == NULL)
		abort();	/* out of memory: sizes are those of a checked task */
	wbuf_grew(&c->work, all);
	at += (ROOM_ALIGN - (uintptr_t)at % ROOM_ALIGN) % ROOM_ALIGN;
	out->room = at;
	out->rand = at += p->shard_room_bytes;
	out->public_share = at += p->rand_bytes;
	at += p->public_share_bytes;
	for (size_t i = 0; i < 2; i++) {
		out->plain[i] = at;
		out->plain_len[i] = DAP_INPUT_SHARE_HEAD + share[i];
		dap_input_share_head(at, share[i]);
		at += out->plain_len[i] + HPKE_MORE;
	}
}

int
dap_client_report(struct dap_client *c, struct buf *out, const uint64_t *meas,
    size_t n, int64_t time_s, struct err *e)
{
	const struct dap_profile *profile = c->task->profile;
	uint8_t id[DAP_REPORT_ID], enc[2][HPKE_ENC];
	struct dap_report r = {
		.meta = {
			.id = id,
			.time = dap_time_wire(profile,
			    c->task->time_precision_s, time_s),
		},
	};
	struct dap_ciphertext *box[] = { &r.leader, &r.helper };
	struct pieces at;

	rand_bytes(id, sizeof(id));
	carve(c, &at);
	rand_bytes(at.rand, c->prio3->rand_bytes);
	if (prio3_shard(c->prio3, meas, n, id, at.rand, at.public_share,
	    (uint8_t *const[]){ at.plain[0] + DAP_INPUT_SHARE_HEAD,
	    at.plain[1] + DAP_INPUT_SHARE_HEAD }, at.room, e) == -1)
		return -1;
	r.public_share = dap_slice(at.public_share,
	    c->prio3->public_share_bytes);
	buf_reset(&c->aad);
	dap_input_share_aad_put(&c->aad, profile, c->task->id,
	    dap_slice(c->config.data, c->config.len), &r.meta, r.public_share);
	for (size_t i = 0; i < 2; i++) {
		if (hpke_seal(&c->sealer[i], enc[i], at.plain[i], c->aad.data,
		    c->aad.len, at.plain[i], at.plain_len[i], e) == -1)
			return -1;
		*box[i] = (struct dap_ciphertext){
			.config_id = c->config_id[i],
			.enc = dap_slice(enc[i], HPKE_ENC),
			.payload = dap_slice(at.plain[i],
			    at.plain_len[i] + HPKE_MORE),
		};
	}
	dap_report_put(out, profile, &r);
	if (out->failed || c->aad.failed)
		return err_set(e, ERR_LIMIT, "a report is too large");
	return 0;
}

/* number: one number of a measurement; true is 1. */
static int
number(struct json_object *o, uint64_t *out, struct err *e)
{
	if (json_object_is_type(o, json_type_boolean)) {
		*out = (uint64_t)json_object_get_boolean(o);
		return 0;
	}
	if (!json_object_is_type(o, json_type_int) ||
	    (json_object_get_int64(o) < 0 && json_object_get_uint64(o) == 0))
		return err_set(e, ERR_VALIDATION,
		    "measurement: whole numbers from 0 or booleans are expected");
	*out = json_object_get_uint64(o);
	return 0;
}

int
dap_measurement(const struct prio3 *p, struct json_object *o, uint64_t *meas,
    struct err *e)
{
	const bool vector = p->param.type == PRIO3_SUM_VEC ||
	    p->param.type == PRIO3_MULTIHOT;

	if (!vector)
		return number(o, meas, e);
	if (!json_object_is_type(o, json_type_array) ||
	    json_object_array_length(o) != p->measurement_n)
		return err_set(e, ERR_VALIDATION,
		    "measurement: an array of %zu is expected",
		    p->measurement_n);
	for (size_t i = 0; i < p->measurement_n; i++)
		if (number(json_object_array_get_idx(o, i), &meas[i], e) == -1)
			return err_wrap(e, "[%zu]", i);
	return 0;
}
