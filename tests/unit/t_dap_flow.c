/*
 * A whole collection without a node: reports of our client, opened and prepared
 * by both aggregators through the messages that they send each other, summed,
 * sealed to the collector and opened by it.  Every VDAF in both profiles.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/crypt/vdaf/pingpong.h"
#include "../../lib/dap/client.h"
#include "../../lib/dap/collector.h"
#include "../../lib/dap/job.h"
#include "../tap.h"

#define REPORTS	5
#define BODY	(8u << 20)

static const uint8_t zeros[DAP_TASK_ID];

/* A party that holds an HPKE key, and its list of configurations. */
struct holder {
	struct secret key;
	uint8_t	public[HPKE_KEY];
	struct buf configs;
	struct dap_hpke_config config;
};

static void
holder_init(struct holder *h, uint8_t id, uint16_t aead)
{
	*h = (struct holder){ .configs = BUF_INIT };
	x25519_make(&h->key, h->public, NULL);
	h->config = (struct dap_hpke_config){ id, HPKE_KEM_X25519, HPKE_KDF_SHA256, aead, dap_slice(h->public, HPKE_KEY) };
	dap_hpke_configs_put(&h->configs, &h->config, 1);
}

static void
holder_release(struct holder *h)
{
	secret_release(&h->key);
	buf_release(&h->configs);
}

/* One aggregator's side of a job. */
struct side {
	struct holder *holder;
	enum dap_role role;
	struct hpke_opener opener;
	uint8_t	*plain[REPORTS], *state[REPORTS], *out[REPORTS];
	struct pingpong ping[REPORTS];
	uint8_t	*agg;
	size_t	added;
};

static void *
zeroed(size_t n)
{
	void *p = calloc(1, n + 1);

	if (p == NULL)
		abort();
	return p;
}

static void
side_init(struct side *s, struct holder *h, enum dap_role role, const struct dap_task *t, const struct prio3 *p)
{
	uint8_t info[DAP_LABEL_MAX];
	size_t n = dap_input_share_info(info, t->profile, role);
	const size_t message = role == DAP_LEADER ? pingpong_initialize_bytes(p) : pingpong_finish_bytes(p);

	*s = (struct side){ .holder = h, .role = role, .agg = zeroed(p->out_share_bytes) };
	hpke_opener_init(&s->opener, &(struct hpke_suite){ h->config.kem, h->config.kdf, h->config.aead }, &h->key, info, n,
	    NULL);
	for (size_t i = 0; i < REPORTS; i++) {
		s->plain[i] = zeroed(p->leader_share_bytes + p->helper_share_bytes + 64);
		s->state[i] = zeroed(p->state_bytes);
		s->out[i] = zeroed(message);
	}
}

static void
side_release(struct side *s)
{
	hpke_opener_release(&s->opener);
	for (size_t i = 0; i < REPORTS; i++) {
		free(s->plain[i]);
		free(s->state[i]);
		free(s->out[i]);
	}
	free(s->agg);
}

/* take: open an input share and put it before the preparation. */
static bool
take(struct side *s, size_t i, const struct dap_task *t, const struct dap_metadata *m, struct dap_slice public_share,
    const struct dap_ciphertext *box)
{
	CLEANUP(buf_release) struct buf aad = BUF_INIT, config = BUF_INIT;
	struct dap_input_share share;

	dap_task_config_put(&config, t);
	dap_input_share_aad_put(&aad, t->profile, t->id, dap_slice(config.data, config.len), m, public_share);
	if (box->config_id != s->holder->config.id || hpke_open(&s->opener, s->plain[i], box->enc.p, box->enc.n, aad.data,
	    aad.len, box->payload.p, box->payload.n, NULL) == -1 || dap_input_share_read(t->profile, &share,
	    dap_slice(s->plain[i], box->payload.n - HPKE_MORE), NULL) == -1 || dap_extensions_refused(m, &share))
		return false;
	s->ping[i] = (struct pingpong){
		.report = { .nonce = m->id, .public_share = public_share.p, .public_share_len = public_share.n,
		    .input_share = share.payload.p, .input_share_len = share.payload.n, .state = s->state[i] },
		.outbound = s->out[i],
	};
	return true;
}

struct flow {
	struct dap_task task;
	struct prio3 *prio3;
	struct holder leader, helper, collector;
	struct side a, b;
	struct buf uploads, request, response, body;
	size_t	report_bytes;
	void	*room;
	uint8_t	verify_key[DAP_VERIFY_KEY_MAX];
};

static bool
flow_task(struct flow *f, const char *profile, const char *vdaf, const char *batch)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(buf_release) struct buf text = BUF_INIT, config = BUF_INIT;
	char config_text[B64_LEN(DAP_HPKE_CONFIG_MAX)];
	struct err e = ERR_INIT;

	dap_hpke_config_put(&config, &f->collector.config);
	b64url_encode(config_text, config.data, config.len);
	buf_addf(&text, "{\"profile\":\"%s\",\"role\":\"collector\",\"leader_url\":\"https://l.example/\",\"vdaf\":%s,"
	    "\"helper_url\":\"https://h.example/\",\"batch\":%s,\"time_precision_s\":60,\"min_batch_size\":1,"
	    "\"collector_hpke_config\":\"%s\",\"expires_at\":1900000000%s}", profile, vdaf, batch, config_text,
	    strcmp(profile, "18") == 0 ? ",\"task_info\":\"a test\"" : "");
	if (json_parse(&o, text.data, text.len, &e) == -1 || dap_task_parse(&f->task, &s, DAP_NODE_ROLES, o, &e) == -1 ||
	    (f->prio3 = dap_task_prio3(&f->task, &e)) == NULL) {
		printf("# %s\n", e.msg);
		return false;
	}
	f->room = zeroed(pingpong_room_bytes(f->prio3));
	return true;
}

static bool
flow_upload(struct flow *f, const char *const *measurement)
{
	CLEANUP(dap_client_release) struct dap_client c = DAP_CLIENT_INIT;
	uint64_t *meas = zeroed(f->prio3->measurement_n * sizeof(*meas));
	struct err e = ERR_INIT;
	bool good = dap_client_init(&c, &f->task, dap_slice(f->leader.configs.data, f->leader.configs.len),
	    dap_slice(f->helper.configs.data, f->helper.configs.len), &e) == 0;

	for (size_t i = 0; i < REPORTS && good; i++) {
		CLEANUP(json_put) struct json_object *o = json_tokener_parse(measurement[i]);

		good = dap_measurement(c.prio3, o, meas, &e) == 0 &&
		    dap_client_report(&c, &f->uploads, meas, c.prio3->measurement_n, 1700000000, &e) == 0;
		if (i == 0)
			f->report_bytes = f->uploads.len;
	}
	free(meas);
	if (!good)
		printf("# %s\n", e.msg);
	return good;
}

/* The leader's half of the job: prepared, and the request. */
static bool
flow_request(struct flow *f)
{
	struct dap_slice in = dap_slice(f->uploads.data, f->uploads.len);
	const struct dap_profile *p = f->task.profile;
	struct dap_report r[REPORTS];
	size_t at = dap_job_init_head_put(&f->request, p, f->task.mode, zeros);

	for (size_t i = 0; i < REPORTS; i++) {
		const struct dap_slice one = dap_slice(in.p + i * f->report_bytes, f->report_bytes);

		if (dap_report_read(p, &r[i], one, NULL) == -1 ||
		    !take(&f->a, i, &f->task, &r[i].meta, r[i].public_share, &r[i].leader))
			return false;
	}
	pingpong_leader_initialized(f->prio3, f->verify_key, f->a.ping, REPORTS, f->room);
	for (size_t i = 0; i < REPORTS; i++) {
		if (f->a.ping[i].report.why != PRIO3_GOOD)
			return false;
		dap_prepare_init_put(&f->request, p, &(struct dap_prepare_init){ r[i].meta, r[i].public_share, r[i].helper,
		    dap_slice(f->a.out[i], pingpong_initialize_bytes(f->prio3)) });
	}
	dap_list_end(&f->request, p, at);
	return !f->request.failed;
}

static bool
flow_answer(struct flow *f)
{
	const struct dap_profile *p = f->task.profile;
	struct dap_fault why = DAP_FAULT_INIT;
	struct dap_prepare_init init;
	struct dap_job_init j;
	size_t at, i = 0;

	if (dap_job_init_read(p, &j, dap_slice(f->request.data, f->request.len), &why) == -1) {
		printf("# %s\n", why.what);
		return false;
	}
	at = dap_job_resp_head_put(&f->response, p);
	for (; dap_prepare_init_next(p, &j.reports, &init) == 1; i++) {
		if (!take(&f->b, i, &f->task, &init.meta, init.public_share, &init.helper))
			return false;
		f->b.ping[i].inbound = init.message.p;
		f->b.ping[i].inbound_len = init.message.n;
	}
	pingpong_helper_initialized(f->prio3, f->verify_key, f->b.ping, REPORTS, f->room);
	for (i = 0; i < REPORTS; i++) {
		if (f->b.ping[i].report.why != PRIO3_GOOD)
			return false;
		prio3_agg_add(f->prio3, f->b.agg, f->b.state[i]);
		dap_prepare_resp_put(&f->response, p, &(struct dap_prepare_resp){ .id = f->b.ping[i].report.nonce,
		    .kind = DAP_RESP_CONTINUE, .message = dap_slice(f->b.out[i], pingpong_finish_bytes(f->prio3)) });
	}
	dap_list_end(&f->response, p, at);
	return j.n == REPORTS && j.mode == f->task.mode;
}

static bool
flow_finish(struct flow *f)
{
	struct dap_prepare_resp r;
	struct dap_job_resp j;

	if (dap_job_resp_read(f->task.profile, &j, dap_slice(f->response.data, f->response.len), NULL) == -1 ||
	    j.n != REPORTS)
		return false;
	for (size_t i = 0; dap_prepare_resp_next(f->task.profile, &j.reports, &r) == 1; i++) {
		if (r.kind != DAP_RESP_CONTINUE || memcmp(r.id, f->a.ping[i].report.nonce, DAP_REPORT_ID) != 0 ||
		    pingpong_leader_continued(f->prio3, f->a.state[i], r.message.p, r.message.n) != PRIO3_GOOD)
			return false;
		prio3_agg_add(f->prio3, f->a.agg, f->a.state[i]);
		f->a.added++;
	}
	return f->a.added == REPORTS;
}

/* seal_share: an aggregator's share for the collector, as dap.collect does it. */
static bool
seal_share(struct flow *f, struct side *s, const struct dap_query *q, struct dap_ciphertext *box, uint8_t enc[HPKE_ENC],
    uint8_t *sealed)
{
	CLEANUP(hpke_sealer_release) struct hpke_sealer sealer = HPKE_SEALER_INIT;
	CLEANUP(buf_release) struct buf aad = BUF_INIT, config = BUF_INIT, req = BUF_INIT;
	const struct dap_selector sel = { .mode = q->mode, .interval = q->interval, .batch_id = zeros };
	const size_t n = f->prio3->out_share_bytes;
	struct dap_hpke_config to;
	uint8_t info[DAP_LABEL_MAX];

	dap_task_collector(&f->task, &to);
	dap_task_config_put(&config, &f->task);
	dap_collect_req_put(&req, f->task.profile, q);
	dap_agg_share_aad_put(&aad, f->task.profile, f->task.id, dap_slice(config.data, config.len), &sel,
	    dap_slice(req.data, req.len));
	if (hpke_sealer_init(&sealer, &(struct hpke_suite){ to.kem, to.kdf, to.aead }, to.public_key.p, to.public_key.n, info,
	    dap_agg_share_info(info, f->task.profile, s->role), NULL) == -1 ||
	    hpke_seal(&sealer, enc, sealed, aad.data, aad.len, s->agg, n, NULL) == -1)
		return false;
	*box = (struct dap_ciphertext){ to.id, dap_slice(enc, HPKE_ENC), dap_slice(sealed, n + HPKE_MORE) };
	return true;
}

static bool
flow_collect(struct flow *f, const struct dap_query *q, uint64_t count)
{
	uint8_t *sealed[2] = { zeroed(f->prio3->out_share_bytes + HPKE_MORE), zeroed(f->prio3->out_share_bytes + HPKE_MORE) };
	struct dap_collection c = { .mode = q->mode, .batch_id = zeros, .count = count, .interval = { 28333333, 1 } };
	uint8_t enc[2][HPKE_ENC];
	bool good = seal_share(f, &f->a, q, &c.leader, enc[0], sealed[0]) &&
	    seal_share(f, &f->b, q, &c.helper, enc[1], sealed[1]);

	buf_reset(&f->body);
	dap_collection_put(&f->body, f->task.profile, &c);
	free(sealed[0]);
	free(sealed[1]);
	return good;
}

/* What must not be taken for a result. */
static void
flow_refused(struct flow *f, struct dap_query q)
{
	CLEANUP(dap_result_release) struct dap_result r = DAP_RESULT_INIT;
	struct dap_query other = q;
	unsigned taken = 0;

	for (size_t i = 0; i < f->body.len; i += 1 + f->body.len / 64) {
		f->body.data[i] ^= 1;
		taken += dap_collection_open(&f->task, &f->collector.key, &q, dap_slice(f->body.data, f->body.len), &r,
		    NULL) == 0 && i > 60;	/* count and interval are not sealed */
		f->body.data[i] ^= 1;
		dap_result_release(&r);
	}
	is_int(taken, 0, "no flipped bit of a share is taken");
	taken = dap_collection_open(&f->task, &f->leader.key, &q, dap_slice(f->body.data, f->body.len), &r, NULL) == 0;
	other.interval.start += 60;
	other.batch_id = (const uint8_t *)"another batch, which has 32 bytes";
	taken += q.mode == DAP_TIME_INTERVAL && dap_collection_open(&f->task, &f->collector.key, &other,
	    dap_slice(f->body.data, f->body.len), &r, NULL) == 0;
	taken += q.mode == DAP_FIXED_SIZE && f->task.profile == &dap_09 && dap_collection_open(&f->task, &f->collector.key,
	    &other, dap_slice(f->body.data, f->body.len), &r, NULL) == 0;
	is_int(taken, 0, "nor another key or batch");
	dap_result_release(&r);
	f->a.agg[6] ^= 1;	/* the sum is off by 2^48 */
	ok(flow_collect(f, &q, REPORTS) && dap_collection_open(&f->task, &f->collector.key, &q,
	    dap_slice(f->body.data, f->body.len), &r, NULL) == -1, "nor a sum that so few cannot have");
	f->a.agg[6] ^= 1;
}

static void
flow_run(const char *profile, const char *vdaf, bool fixed, const char *const *measurement, const char *want, size_t bytes)
{
	struct flow f = { .uploads = BUF_INIT_MAX(BODY), .request = BUF_INIT_MAX(BODY), .response = BUF_INIT_MAX(BODY),
	    .body = BUF_INIT_MAX(BODY) };
	struct dap_query q = { .mode = fixed ? DAP_FIXED_SIZE : DAP_TIME_INTERVAL, .interval = { 28333333, 1 } };
	CLEANUP(dap_result_release) struct dap_result r = DAP_RESULT_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	struct err e = ERR_INIT;

	printf("# profile %s, %s\n", profile, vdaf);
	holder_init(&f.leader, 1, HPKE_AEAD_AES128GCM);
	holder_init(&f.helper, 2, HPKE_AEAD_CHACHA20POLY1305);
	holder_init(&f.collector, 3, HPKE_AEAD_AES128GCM);
	memset(f.verify_key, 0x77, sizeof(f.verify_key));
	if (ok(flow_task(&f, profile, vdaf, fixed ? "{\"mode\":\"fixed_size\"}" : "{\"mode\":\"time_interval\"}"), "a task")) {
		side_init(&f.a, &f.leader, DAP_LEADER, &f.task, f.prio3);
		side_init(&f.b, &f.helper, DAP_HELPER, &f.task, f.prio3);
		ok(flow_upload(&f, measurement), "reports");
		if (bytes > 0)
			is_int((int64_t)f.report_bytes, (int64_t)bytes, "of the specified size");
		ok(flow_request(&f), "the leader's request");
		ok(flow_answer(&f), "the helper's answer");
		ok(flow_finish(&f), "the leader agrees");
		ok(flow_collect(&f, &q, REPORTS), "both shares sealed");
		if (is_int(dap_collection_open(&f.task, &f.collector.key, &q, dap_slice(f.body.data, f.body.len), &r, &e), 0,
		    "the collector opens them")) {
			o = dap_result_json(&f.task, &r);
			is_str(json_text(json_object_object_get(o, "result")), want, "to the sum");
			is_int(r.named, fixed && strcmp(profile, "09") == 0, "the batch is named where the profile does");
			is_int((int64_t)r.start_s, strcmp(profile, "18") == 0 ? INT64_C(28333333) * 60 : 28333333, "of its interval");
		} else {
			printf("# %s\n", e.msg);
		}
		flow_refused(&f, q);
		side_release(&f.a);
		side_release(&f.b);
	}
	prio3_free(f.prio3);
	free(f.room);
	holder_release(&f.leader);
	holder_release(&f.helper);
	holder_release(&f.collector);
	buf_release(&f.uploads);
	buf_release(&f.request);
	buf_release(&f.response);
	buf_release(&f.body);
}

static const char *const counts[REPORTS] = { "1", "true", "0", "false", "1" };
static const char *const sums[REPORTS] = { "4000000000", "1", "0", "255", "7" };
static const char *const vectors[REPORTS] = { "[1,0,3]", "[0,0,0]", "[3,3,3]", "[1,2,0]", "[0,0,1]" };
static const char *const buckets[REPORTS] = { "0", "3", "3", "1", "3" };
static const char *const hots[REPORTS] = { "[1,0,1,0]", "[0,0,0,0]", "[true,true,false,false]", "[0,0,0,1]", "[1,0,0,0]" };

/* Check figures of the specification, 3.8: bytes of whole reports. */
static void
test_sizes(void)
{
	static const char *const any[REPORTS] = { "0", "99", "1", "2", "3" };
	char zero[2 * 2500 + 2] = "[";

	for (size_t i = 0; i < 2500; i++)
		memcpy(zero + 1 + 2 * i, i < 2499 ? "0," : "0]", 2);
	zero[2 * 2500 + 1] = '\0';
	flow_run("09", "{\"type\":\"Prio3Histogram\",\"length\":100,\"chunk_length\":10}", false, any,
	    "[1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
	    "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]", 2662);
	flow_run("09", "{\"type\":\"Prio3SumVec\",\"length\":2500,\"bits\":1,\"chunk_length\":50}", false,
	    (const char *const[REPORTS]){ zero, zero, zero, zero, zero }, zero, 43878);
}

int
main(void)
{
	flow_run("09", "{\"type\":\"Prio3Count\"}", false, counts, "3", 230);
	flow_run("09", "{\"type\":\"Prio3Sum\",\"bits\":32}", false, sums, "4000000263", 2806);
	flow_run("09", "{\"type\":\"Prio3SumVec\",\"length\":3,\"bits\":2,\"chunk_length\":2}", true, vectors, "[5,5,7]", 0);
	flow_run("09", "{\"type\":\"Prio3Histogram\",\"length\":4,\"chunk_length\":2}", true, buckets, "[1,1,0,3]", 0);
	flow_run("18", "{\"type\":\"Prio3Count\"}", false, counts, "3", 0);
	flow_run("18", "{\"type\":\"Prio3Sum\",\"max\":4294967295}", false, sums, "4000000263", 0);
	flow_run("18", "{\"type\":\"Prio3SumVec\",\"length\":3,\"max\":3,\"chunk_length\":2}", true, vectors, "[5,5,7]", 0);
	flow_run("18", "{\"type\":\"Prio3Histogram\",\"length\":4,\"chunk_length\":2}", true, buckets, "[1,1,0,3]", 0);
	flow_run("18", "{\"type\":\"Prio3MultihotCountVec\",\"length\":4,\"chunk_length\":2,\"max_weight\":2}", false, hots,
	    "[3,1,1,1]", 0);
	test_sizes();
	return done_testing();
}
