/*
 * dap: what a report costs with everything around Prio3: sealing, parsing, HPKE.
 *
 *	dap ROUNDS
 *
 * Prints a JSON line for each task and operation: {"profile", "params", "what",
 * "path", "us": [..]}: CPU microseconds a report, one number a round.  Rounds of
 * all alternate, so that other load meets all of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/cpu.h"
#include "../../lib/crypt/turboshake/keccakp.h"
#include "../../lib/crypt/vdaf/pingpong.h"
#include "../../lib/dap/client.h"

#define ROUNDS_MAX	1000
#define REPORTS		32	/* a job's worth: long shares do not fit a cache */
#define BODY_MAX	(8u << 20)

static const struct task {
	const char *profile, *params, *vdaf;
	unsigned turn;		/* times that all reports are done in a round */
} tasks[] = {
	{ "09", "SumVec 2500 x 1, chunk 50", "{\"type\":\"Prio3SumVec\",\"length\":2500,\"bits\":1,\"chunk_length\":50}", 1 },
	{ "18", "SumVec 2500, max 1, chunk 81", "{\"type\":\"Prio3SumVec\",\"length\":2500,\"max\":1,\"chunk_length\":81}", 1 },
	{ "09", "Histogram 100, chunk 10", "{\"type\":\"Prio3Histogram\",\"length\":100,\"chunk_length\":10}", 2 },
	{ "18", "Histogram 100, chunk 10", "{\"type\":\"Prio3Histogram\",\"length\":100,\"chunk_length\":10}", 2 },
	{ "09", "Count", "{\"type\":\"Prio3Count\"}", 3 },
	{ "18", "Count", "{\"type\":\"Prio3Count\"}", 3 },
};
#define TASKS	(sizeof(tasks) / sizeof(*tasks))

enum what { CLIENT, OPEN_LEADER, OPEN_HELPER, LEADER, HELPER, WHATS };
static const char *const what_name[WHATS] = {
	"shard and seal", "HPKE open leader", "HPKE open helper", "HPKE open and prepare leader", "HPKE open and prepare helper",
};

struct side {
	struct secret key;
	struct hpke_opener opener;
	struct buf configs;
	uint8_t	*plain[REPORTS], *state[REPORTS], *message[REPORTS];
};
struct world {
	struct dap_task task;
	struct dap_client client;
	struct side side[2];
	struct dap_report report[REPORTS];
	struct buf bytes, config, aad, made;
	uint64_t *numbers;
	uint8_t	verify_key[PRIO3_SEED_MAX];
	void	*room;
};

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "dap: %s\n", what);
	exit(111);
}

static void *
room(size_t n)
{
	void *p = aligned_alloc(64, (n + 64) / 64 * 64);

	must(p != NULL, "out of memory");
	memset(p, 0, n);
	return p;
}

static void
side_new(struct side *s, const struct world *w, enum dap_role role)
{
	const struct hpke_suite suite = { HPKE_KEM_X25519, HPKE_KDF_SHA256, HPKE_AEAD_AES128GCM };
	uint8_t public[HPKE_KEY], info[DAP_LABEL_MAX];
	const struct dap_hpke_config c = { (uint8_t)role, suite.kem, suite.kdf, suite.aead, dap_slice(public, HPKE_KEY) };
	struct err e = ERR_INIT;

	buf_init(&s->configs, 4096);
	must(x25519_make(&s->key, public, &e) == 0, e.msg);
	dap_hpke_configs_put(&s->configs, &c, 1);
	must(hpke_opener_init(&s->opener, &suite, &s->key, info, dap_input_share_info(info, w->task.profile, role), &e) == 0,
	    e.msg);
}

static void
read_task(struct dap_task *t, const struct task *row)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	buf_addf(&text, "{\"profile\":\"%s\",\"role\":\"client\",\"leader_url\":\"https://l/\",\"helper_url\":\"https://h/\","
	    "\"vdaf\":%s,\"batch\":{\"mode\":\"time_interval\"},\"time_precision_s\":60,\"min_batch_size\":1,"
	    "\"expires_at\":1900000000%s}", row->profile, row->vdaf, strcmp(row->profile, "18") == 0 ?
	    ",\"task_info\":\"bench\"" : "");
	must(json_parse(&o, text.data, text.len, &e) == 0 && dap_task_parse(t, &s, DAP_ROLES(DAP_CLIENT), o, &e) == 0, e.msg);
	json_object_put(o);
}

static void
world_new(struct world *w, const struct task *row)
{
	struct err e = ERR_INIT;
	const struct prio3 *p;

	*w = (struct world){ .bytes = BUF_INIT_MAX(BODY_MAX), .config = BUF_INIT, .aad = BUF_INIT,
	    .made = BUF_INIT_MAX(BODY_MAX) };
	read_task(&w->task, row);
	side_new(&w->side[0], w, DAP_LEADER);
	side_new(&w->side[1], w, DAP_HELPER);
	must(dap_client_init(&w->client, &w->task, dap_slice(w->side[0].configs.data, w->side[0].configs.len),
	    dap_slice(w->side[1].configs.data, w->side[1].configs.len), &e) == 0, e.msg);
	p = w->client.prio3;
	w->numbers = room(p->measurement_n * sizeof(*w->numbers));
	w->room = room(pingpong_room_bytes(p));
	dap_task_config_put(&w->config, &w->task);
	memset(w->verify_key, 0x77, sizeof(w->verify_key));
	for (size_t i = 0; i < REPORTS; i++)
		must(dap_client_report(&w->client, &w->bytes, w->numbers, p->measurement_n, 1700000000, &e) == 0, e.msg);
	for (size_t i = 0, each = w->bytes.len / REPORTS; i < REPORTS; i++) {
		must(dap_report_read(w->task.profile, &w->report[i], dap_slice(w->bytes.data + i * each, each), NULL) == 0, "a report");
		for (size_t k = 0; k < 2; k++) {
			w->side[k].plain[i] = room((k == 0 ? p->leader_share_bytes : p->helper_share_bytes) + DAP_INPUT_SHARE_HEAD);
			w->side[k].state[i] = room(p->state_bytes);
			w->side[k].message[i] = room(k == 0 ? pingpong_initialize_bytes(p) : pingpong_finish_bytes(p));
		}
	}
}

/* open_all: parse and open all reports; shares for the preparation. */
static void
open_all(struct world *w, size_t k, struct pingpong r[REPORTS])
{
	const struct dap_profile *profile = w->task.profile;
	struct side *s = &w->side[k];
	struct dap_input_share share;
	struct dap_report report;

	for (size_t i = 0; i < REPORTS; i++) {
		const struct dap_ciphertext *box = k == 0 ? &report.leader : &report.helper;

		must(dap_report_read(profile, &report, w->report[i].whole, NULL) == 0, "a report");
		buf_reset(&w->aad);
		dap_input_share_aad_put(&w->aad, profile, w->task.id, dap_slice(w->config.data, w->config.len), &report.meta,
		    report.public_share);
		must(hpke_open(&s->opener, s->plain[i], box->enc.p, box->enc.n, w->aad.data, w->aad.len, box->payload.p,
		    box->payload.n, NULL) == 0, "a share does not open");
		must(dap_input_share_read(profile, &share, dap_slice(s->plain[i], box->payload.n - HPKE_MORE), NULL) == 0, "a share");
		r[i] = (struct pingpong){ .report = { .nonce = report.meta.id, .public_share = report.public_share.p,
			.public_share_len = report.public_share.n, .input_share = share.payload.p, .input_share_len = share.payload.n,
			.state = s->state[i] }, .inbound = w->side[0].message[i],
			.inbound_len = pingpong_initialize_bytes(w->client.prio3), .outbound = s->message[i] };
	}
}

static void
turn(struct world *w, enum what what)
{
	const size_t k = what == OPEN_HELPER || what == HELPER;
	struct pingpong r[REPORTS];

	if (what == CLIENT) {
		buf_reset(&w->made);
		for (size_t i = 0; i < REPORTS; i++)
			must(dap_client_report(&w->client, &w->made, w->numbers, w->client.prio3->measurement_n, 1700000000, NULL) == 0,
			    "a report");
		return;
	}
	open_all(w, k, r);
	if (what == LEADER)
		pingpong_leader_initialized(w->client.prio3, w->verify_key, r, REPORTS, w->room);
	else if (what == HELPER)
		pingpong_helper_initialized(w->client.prio3, w->verify_key, r, REPORTS, w->room);
	for (size_t i = 0; i < REPORTS && (what == LEADER || what == HELPER); i++)
		must(r[i].report.why == PRIO3_GOOD, "a report is refused");
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* agree: one X25519, as HPKE calls it. */
static double
agree(void)
{
	uint8_t scalar[X25519_LEN] = { 7 }, point[X25519_LEN] = { 9 };
	const double from = cpu_us();

	for (unsigned i = 0; i < REPORTS; i++)
		must(x25519(point, scalar, point, NULL) == 0, "a point");
	return (cpu_us() - from) / REPORTS;
}

static void
print(const char *profile, const char *params, const char *what, const double *us, size_t rounds)
{
	printf("{\"profile\": \"%s\", \"params\": \"%s\", \"what\": \"%s\", \"path\": \"%s\", \"us\": [", profile, params, what,
	    cpu_eight() ? keccakp_x8_path() : keccakp_x4_path());
	for (size_t i = 0; i < rounds; i++)
		printf("%s%.3f", i > 0 ? ", " : "", us[i]);
	printf("]}\n");
}

int
main(int argc, char **argv)
{
	static struct world worlds[TASKS];
	static double us[TASKS][WHATS][ROUNDS_MAX], agreed[ROUNDS_MAX];
	const size_t rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: dap ROUNDS (1..%d)\n", ROUNDS_MAX);
		return 100;
	}
	for (size_t t = 0; t < TASKS; t++) {
		world_new(&worlds[t], &tasks[t]);
		turn(&worlds[t], LEADER);	/* the helper's inbound messages */
	}
	for (size_t round = 0; round < rounds; round++) {
		agreed[round] = agree();
		for (size_t t = 0; t < TASKS; t++)
			for (enum what what = 0; what < WHATS; what++) {
				const double from = cpu_us();

				for (unsigned i = 0; i < tasks[t].turn; i++)
					turn(&worlds[t], what);
				us[t][what][round] = (cpu_us() - from) / (REPORTS * tasks[t].turn);
			}
	}
	print("any", "one agreement", "X25519", agreed, rounds);
	for (size_t t = 0; t < TASKS; t++)
		for (enum what what = 0; what < WHATS; what++)
			print(tasks[t].profile, tasks[t].params, what_name[what], us[t][what], rounds);
	return 0;
}
