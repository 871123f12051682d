/*
 * reports: reports of a task as its clients would send them, for benches that
 * send them.
 *
 *	reports TASK LEADER HELPER TIME N
 *
 * TASK is a file with the task as JSON (secrets are not looked at), LEADER and
 * HELPER are their HpkeConfigs in hexadecimal, TIME the seconds of all reports.
 * On stdout: N times u32 length | Report.  Measurement i is i mod 2 in every place
 * (Histogram: the bucket i mod length).
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/base/rand.h"
#include "../../lib/crypt/hpke/hpke.h"
#include "../../lib/dap/report.h"
#include "../../lib/dap/task.h"

#define BODY_MAX	(8u << 20)	/* bytes of a report */

struct party {
	struct dap_hpke_config config;
	struct hpke_sealer seal;
	uint8_t	bytes[DAP_HPKE_CONFIG_MAX], enc[HPKE_ENC], *share;
	struct buf plain;
};
static struct dap_task task;
static struct party party[2];
static struct prio3 *prio3;
static struct buf config = BUF_INIT, aad = BUF_INIT_MAX(BODY_MAX), body = BUF_INIT_MAX(BODY_MAX);
static uint64_t *meas;
static uint8_t *seeds, *public_share, *room;

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "reports: %s\n", what);
	exit(1);
}

static void
read_task(const char *path)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct json_object *o = NULL;
	struct err e = ERR_INIT;
	FILE *f = fopen(path, "r");
	char block[4096];

	must(f != NULL, path);
	for (size_t n; (n = fread(block, 1, sizeof(block), f)) > 0;)
		buf_add(&text, block, n);
	fclose(f);
	must(json_parse(&o, text.data, text.len, &e) == 0 && dap_task_from(&task, o, &e) == 0, e.msg);
	must((prio3 = dap_task_prio3(&task, &e)) != NULL, e.msg);
	json_object_put(o);
	dap_task_config_put(&config, &task);
	meas = calloc(prio3->measurement_n, sizeof(*meas));
	seeds = malloc(prio3->rand_bytes);
	public_share = malloc(prio3->public_share_bytes + 1);
	room = malloc(prio3->shard_room_bytes);
}

static void
read_party(struct party *p, enum dap_role role, const char *hex, size_t share_bytes)
{
	uint8_t info[DAP_LABEL_MAX];
	ssize_t n = hex_decode(p->bytes, sizeof(p->bytes), hex, strlen(hex));
	struct dap_fault fault = DAP_FAULT_INIT;
	struct hpke_suite suite;
	struct err e = ERR_INIT;

	must(n > 0 && dap_hpke_config_read(&p->config, dap_slice(p->bytes, (size_t)n), &fault) == 0, "a configuration cannot be read");
	suite = (struct hpke_suite){ .kem = p->config.kem, .kdf = p->config.kdf, .aead = p->config.aead };
	must(hpke_sealer_init(&p->seal, &suite, p->config.public_key.p, p->config.public_key.n, info,
	    dap_input_share_info(info, task.profile, role), &e) == 0, e.msg);
	buf_init(&p->plain, BODY_MAX);
	p->share = malloc(share_bytes);
}

static void
seal(struct party *p, size_t share_bytes, struct dap_ciphertext *out)
{
	struct dap_input_share s = { .payload = dap_slice(p->share, share_bytes) };
	struct err e = ERR_INIT;
	size_t n;

	buf_reset(&p->plain);
	dap_input_share_put(&p->plain, &s);
	n = p->plain.len;
	must(buf_room(&p->plain, HPKE_MORE) != NULL, "no room");
	must(hpke_seal(&p->seal, p->enc, (uint8_t *)p->plain.data, aad.data, aad.len, p->plain.data, n, &e) == 0, e.msg);
	*out = (struct dap_ciphertext){ .config_id = p->config.id, .enc = dap_slice(p->enc, sizeof(p->enc)),
	    .payload = dap_slice(p->plain.data, n + HPKE_MORE) };
}

static void
make(long i, int64_t time)
{
	uint8_t id[DAP_REPORT_ID], *share[2] = { party[0].share, party[1].share };
	struct dap_report r = { .meta = { .id = id, .time = dap_time_wire(task.profile, task.time_precision_s, time) } };
	struct err e = ERR_INIT;
	uint32_t len;

	rand_bytes(id, sizeof(id));
	rand_bytes(seeds, prio3->rand_bytes);
	for (size_t k = 0; k < prio3->measurement_n; k++)
		meas[k] = task.vdaf.type == PRIO3_HISTOGRAM ? (uint64_t)i % task.vdaf.length : (uint64_t)i % 2;
	must(prio3_shard(prio3, meas, prio3->measurement_n, id, seeds, public_share, share, room, &e) == 0, e.msg);
	r.public_share = dap_slice(public_share, prio3->public_share_bytes);
	buf_reset(&aad);
	dap_input_share_aad_put(&aad, task.profile, task.id, dap_slice(config.data, config.len), &r.meta, r.public_share);
	seal(&party[0], prio3->leader_share_bytes, &r.leader);
	seal(&party[1], prio3->helper_share_bytes, &r.helper);
	buf_reset(&body);
	dap_report_put(&body, task.profile, &r);
	must(!body.failed && !aad.failed, "a report is too long");
	len = htonl((uint32_t)body.len);
	fwrite(&len, sizeof(len), 1, stdout);
	fwrite(body.data, 1, body.len, stdout);
}

int
main(int argc, char **argv)
{
	must(argc == 6, "usage: reports TASK LEADER HELPER TIME N");
	read_task(argv[1]);
	read_party(&party[0], DAP_LEADER, argv[2], prio3->leader_share_bytes);
	read_party(&party[1], DAP_HELPER, argv[3], prio3->helper_share_bytes);
	for (long i = 0, n = strtol(argv[5], NULL, 10); i < n; i++)
		make(i, strtoll(argv[4], NULL, 10));
	must(fflush(stdout) == 0, "stdout");
	return 0;
}
