/*
 * DAP messages of both profiles, byte by byte as the drafts have them: what is
 * read, what is written again, and that nothing shorter, longer or of an unknown
 * kind is taken.
 */
#include "../../lib/base/cleanup.h"
#include "../dapmessages.h"
#include "../tap.h"

/* Pieces of the messages below. */
#define ID	"000102030405060708090a0b0c0d0e0f"
#define ID2	"101112131415161718191a1b1c1d1e1f"
#define TIME	"0000000065dc4a00"
#define NOEXT	"0000"
#define BATCH	"b0b1b2b3b4b5b6b7b8b9babbbcbdbebfb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define SUM	"c0c1c2c3c4c5c6c7c8c9cacbcccdcecfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
#define START	"0000000065dc4a00"
#define SPAN	"0000000000000e10"
#define BOX1	"07" "0002" "e1e2" "00000003" "a1a2a3"		/* config 7, enc, payload */
#define BOX2	"09" "0001" "e3" "00000002" "a4a5"
#define PUBLIC	"00000002" "5051"
#define PING	"00000005" "0000000000"			/* initialize, an empty prep share */
#define CONFIG	"07" "0020" "0001" "0001" "0004" "01020304"

struct case_ {
	enum message m;
	const struct dap_profile *p;
	const char *hex;
	size_t	pieces;		/* prefixes that are whole messages themselves: lists to the end */
};
static const struct case_ cases[] = {
	{ M_CONFIG, &dap_09, CONFIG, 0 },
	{ M_CONFIGS, &dap_09, "001a" CONFIG CONFIG, 0 },
	{ M_CIPHERTEXT, &dap_09, BOX1, 0 },
	{ M_REPORT, &dap_09, ID TIME PUBLIC BOX1 BOX2, 0 },
	{ M_REPORT, &dap_09, ID TIME "00000000" BOX1 BOX2, 0 },
	{ M_REPORT, &dap_18, ID TIME NOEXT PUBLIC BOX1 BOX2, 0 },
	{ M_REPORT, &dap_18, ID TIME "0009" "00170001aa" "00180000" PUBLIC BOX1 BOX2, 0 },
	{ M_UPLOAD, &dap_09, ID TIME PUBLIC BOX1 BOX2, 0 },
	{ M_UPLOAD, &dap_18, ID TIME NOEXT PUBLIC BOX1 BOX2 ID2 TIME NOEXT PUBLIC BOX1 BOX2, 1 },
	{ M_UPLOAD_ERRORS, &dap_18, ID "0b" ID2 "02", 2 },	/* none and one are lists too */
	{ M_INPUT_SHARE, &dap_09, "0000" "00000002" "aabb", 0 },
	{ M_INPUT_SHARE, &dap_09, "0005" "00170001aa" "00000000", 0 },
	{ M_INPUT_SHARE, &dap_18, "0000" "00000002" "aabb", 0 },
	{ M_JOB_INIT, &dap_09, "00000000" "01" "00000033" ID TIME PUBLIC BOX1 PING, 0 },
	{ M_JOB_INIT, &dap_09, "00000000" "02" BATCH "00000066" ID TIME PUBLIC BOX1 PING ID2 TIME PUBLIC BOX1 PING, 0 },
	{ M_JOB_INIT, &dap_18, "00" "00000000" "0000" ID TIME NOEXT PUBLIC BOX1 PING ID2 TIME NOEXT PUBLIC BOX1 PING, 1 },
	{ M_JOB_INIT, &dap_18, "00" "00000000" "0024" "00010020" BATCH ID TIME NOEXT PUBLIC BOX1 PING, 0 },
	{ M_JOB_RESP, &dap_09, "00000028" ID "00" "00000001" "02" ID2 "02" "05", 0 },
	{ M_JOB_RESP, &dap_09, "00000011" ID "01", 0 },
	{ M_JOB_RESP, &dap_18, ID "00" "00000001" "02" ID2 "02" "06", 1 },
	{ M_JOB_CONTINUE, &dap_09, "0001" "00000016" ID "00000002" "0101", 0 },
	{ M_JOB_CONTINUE, &dap_18, "0001" ID "00000002" "0101", 0 },
	{ M_COLLECT_REQ, &dap_09, "01" START SPAN "00000000", 0 },
	{ M_COLLECT_REQ, &dap_09, "02" "00" BATCH "00000000", 0 },
	{ M_COLLECT_REQ, &dap_09, "02" "01" "00000000", 0 },
	{ M_COLLECT_REQ, &dap_18, "01" "0010" START SPAN "00000000" "0000", 0 },
	{ M_COLLECT_REQ, &dap_18, "02" "0000" "00000000" "0000", 0 },
	{ M_SHARE_REQ, &dap_09, "01" START SPAN "00000000" "0000000000000064" SUM, 0 },
	{ M_SHARE_REQ, &dap_09, "02" BATCH "00000000" "0000000000000064" SUM, 0 },
	{ M_SHARE_REQ, &dap_18, "01" "0010" START SPAN "00000000" "0000" "01" "0010" START SPAN "0000000000000064" SUM,
	    0 },
	{ M_SHARE_REQ, &dap_18, "02" "0000" "00000000" "0000" "02" "0020" BATCH "0000000000000064" SUM, 0 },
	{ M_COLLECTION, &dap_09, "01" "0000000000000064" START SPAN BOX1 BOX2, 0 },
	{ M_COLLECTION, &dap_09, "02" BATCH "0000000000000064" START SPAN BOX1 BOX2, 0 },
	{ M_COLLECTION, &dap_18, "0000000000000064" START SPAN BOX1 BOX2, 0 },
};

static void
test_case(const struct case_ *c)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	uint8_t in[512];
	size_t n = unhex(in, c->hex), taken = 0;
	struct dap_fault f = DAP_FAULT_INIT;
	const char *name = messages[c->m].name;

	is_int(messages[c->m].again(&out, c->p, dap_slice(in, n), &f), 0, "%s of %s is read", name, c->p->name);
	if (f.word != DAP_WORD_NONE)
		printf("# %s\n", f.what);
	is_int((int64_t)out.len, (int64_t)n, "written again in as many bytes");
	is_mem(out.data, in, n, "the same ones");
	for (size_t cut = 0; cut < n; cut++) {
		struct dap_fault why = DAP_FAULT_INIT;
		uint8_t *exact = malloc(cut + 1);	/* so that ASan sees a read past the end */

		memcpy(exact, in, cut);
		buf_reset(&out);
		if (messages[c->m].again(&out, c->p, dap_slice(exact, cut), &why) != -1)
			taken++;
		else if (why.word != DAP_WORD_INVALID_MESSAGE || why.what[0] == '\0')
			taken += 1000;
		free(exact);
	}
	is_int((int64_t)taken, (int64_t)c->pieces, "nothing shorter is, and why is said");
	in[n] = 0;
	is_int(messages[c->m].again(&out, c->p, dap_slice(in, n + 1), &f), -1, "nor is one byte more");
}

/* What is well formed but not allowed, and the word for it. */
static const struct {
	const char *what;
	enum message m;
	const struct dap_profile *p;
	const char *hex;
	enum dap_word word;
} refused[] = {
	{ "an empty enc", M_CIPHERTEXT, &dap_09, "07" "0000" "00000001" "aa", DAP_WORD_INVALID_MESSAGE },
	{ "an empty payload", M_CIPHERTEXT, &dap_09, "07" "0001" "e1" "00000000", DAP_WORD_INVALID_MESSAGE },
	{ "an empty public key", M_CONFIG, &dap_09, "07" "0020" "0001" "0001" "0000", DAP_WORD_INVALID_MESSAGE },
	{ "an empty list of keys", M_CONFIGS, &dap_09, "0000", DAP_WORD_INVALID_MESSAGE },
	{ "two reports", M_UPLOAD, &dap_09, ID TIME PUBLIC BOX1 BOX2 ID2 TIME PUBLIC BOX1 BOX2, DAP_WORD_INVALID_MESSAGE },
	{ "no report", M_UPLOAD, &dap_18, "", DAP_WORD_INVALID_MESSAGE },
	{ "a cut extension", M_REPORT, &dap_18, ID TIME "0003" "001700" PUBLIC BOX1 BOX2, DAP_WORD_INVALID_MESSAGE },
	{ "an error of no kind", M_UPLOAD_ERRORS, &dap_18, ID "0c", DAP_WORD_INVALID_MESSAGE },
	{ "error 0", M_UPLOAD_ERRORS, &dap_18, ID "00", DAP_WORD_INVALID_MESSAGE },
	{ "an empty payload", M_INPUT_SHARE, &dap_18, "0000" "00000000", DAP_WORD_INVALID_MESSAGE },
	{ "a parameter", M_JOB_INIT, &dap_09, "0000000101" "01" "00000033" ID TIME PUBLIC BOX1 PING,
	    DAP_WORD_INVALID_MESSAGE },
	{ "a parameter", M_JOB_INIT, &dap_18, "00" "0000000101" "0000" ID TIME NOEXT PUBLIC BOX1 PING,
	    DAP_WORD_INVALID_AGG_PARAM },
	{ "mode 3", M_JOB_INIT, &dap_09, "00000000" "03" "00000033" ID TIME PUBLIC BOX1 PING, DAP_WORD_INVALID_MESSAGE },
	{ "mode 0", M_JOB_INIT, &dap_09, "00000000" "00" "00000033" ID TIME PUBLIC BOX1 PING, DAP_WORD_INVALID_MESSAGE },
	{ "no report", M_JOB_INIT, &dap_09, "00000000" "01" "00000000", DAP_WORD_INVALID_MESSAGE },
	{ "no report", M_JOB_INIT, &dap_18, "00" "00000000" "0000", DAP_WORD_INVALID_MESSAGE },
	{ "an id twice", M_JOB_INIT, &dap_09, "00000000" "01" "00000066" ID TIME PUBLIC BOX1 PING ID TIME PUBLIC BOX1 PING,
	    DAP_WORD_INVALID_MESSAGE },
	{ "key 1", M_JOB_INIT, &dap_18, "01" "00000000" "0000" ID TIME NOEXT PUBLIC BOX1 PING, DAP_WORD_INVALID_MESSAGE },
	{ "an extension", M_JOB_INIT, &dap_18, "00" "00000000" "0004" "00020000" ID TIME NOEXT PUBLIC BOX1 PING,
	    DAP_WORD_UNSUPPORTED_EXTENSION },
	{ "an extension twice", M_JOB_INIT, &dap_18, "00" "00000000" "0008" "00010000" "00010000" ID TIME NOEXT PUBLIC
	    BOX1 PING, DAP_WORD_INVALID_MESSAGE },
	{ "a short batch id", M_JOB_INIT, &dap_18, "00" "00000000" "0006" "00010002aabb" ID TIME NOEXT PUBLIC BOX1 PING,
	    DAP_WORD_INVALID_MESSAGE },
	{ "an empty ping", M_JOB_INIT, &dap_18, "00" "00000000" "0000" ID TIME NOEXT PUBLIC BOX1 "00000000",
	    DAP_WORD_INVALID_MESSAGE },
	{ "an answer of no kind", M_JOB_RESP, &dap_09, "00000011" ID "03", DAP_WORD_INVALID_MESSAGE },
	{ "an error of no kind", M_JOB_RESP, &dap_09, "00000012" ID "02" "0a", DAP_WORD_INVALID_MESSAGE },
	{ "an error of no kind", M_JOB_RESP, &dap_18, ID "02" "00", DAP_WORD_INVALID_MESSAGE },
	{ "step 0", M_JOB_CONTINUE, &dap_09, "0000" "00000016" ID "00000002" "0101", DAP_WORD_INVALID_MESSAGE },
	{ "a parameter", M_COLLECT_REQ, &dap_09, "02" "01" "00000001" "aa", DAP_WORD_INVALID_MESSAGE },
	{ "a parameter", M_COLLECT_REQ, &dap_18, "02" "0000" "00000001" "aa" "0000", DAP_WORD_INVALID_AGG_PARAM },
	{ "a query of no kind", M_COLLECT_REQ, &dap_09, "02" "02" "00000000", DAP_WORD_INVALID_MESSAGE },
	{ "a configuration of a batch", M_COLLECT_REQ, &dap_18, "02" "0001" "aa" "00000000" "0000",
	    DAP_WORD_INVALID_MESSAGE },
	{ "an interval and more", M_COLLECT_REQ, &dap_18, "01" "0011" START SPAN "00" "00000000" "0000",
	    DAP_WORD_INVALID_MESSAGE },
	{ "half an interval", M_COLLECT_REQ, &dap_18, "01" "0008" START "00000000" "0000", DAP_WORD_INVALID_MESSAGE },
	{ "an extension", M_COLLECT_REQ, &dap_18, "02" "0000" "00000000" "0004" "00020000",
	    DAP_WORD_UNSUPPORTED_EXTENSION },
	{ "extensions out of order", M_COLLECT_REQ, &dap_18, "02" "0000" "00000000" "0008" "00020000" "00010000",
	    DAP_WORD_INVALID_EXTENSION },
	{ "a selector that begins before", M_SHARE_REQ, &dap_18, "01" "0010" START SPAN "00000000" "0000" "01" "0010"
	    "0000000065dc49ff" SPAN "0000000000000064" SUM, DAP_WORD_BATCH_INVALID },
	{ "a selector that ends after", M_SHARE_REQ, &dap_18, "01" "0010" START SPAN "00000000" "0000" "01" "0010" START
	    "0000000000000e11" "0000000000000064" SUM, DAP_WORD_BATCH_INVALID },
	{ "a selector that wraps", M_SHARE_REQ, &dap_18, "01" "0010" START SPAN "00000000" "0000" "01" "0010" START
	    "ffffffffffffffff" "0000000000000064" SUM, DAP_WORD_BATCH_INVALID },
	{ "a selector of another mode", M_SHARE_REQ, &dap_18, "01" "0010" START SPAN "00000000" "0000" "02" "0020" BATCH
	    "0000000000000064" SUM, DAP_WORD_BATCH_INVALID },
};

static void
test_refused(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT;
		struct dap_fault f = DAP_FAULT_INIT;
		uint8_t in[512];
		size_t n = unhex(in, refused[i].hex);

		is_int(messages[refused[i].m].again(&out, refused[i].p, dap_slice(in, n), &f), -1, "%s of %s with %s",
		    messages[refused[i].m].name, refused[i].p->name, refused[i].what);
		is_str(dap_word_text(f.word), dap_word_text(refused[i].word), "is %s: %s",
		    dap_word_text(refused[i].word), f.what);
	}
}

/* What the readers say, beyond the bytes. */
static void
test_fields(void)
{
	uint8_t in[512];
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_report r;
	struct dap_job_init j;
	struct dap_collect_req c;
	struct dap_collection got;
	struct dap_hpke_config list[DAP_HPKE_CONFIGS_MAX];
	const struct dap_hpke_config *pick;
	size_t n = unhex(in, ID TIME "0005" "00170001aa" PUBLIC BOX1 BOX2);

	is_int(dap_report_read(&dap_18, &r, dap_slice(in, n), &f), 0, "a report");
	is_int(r.meta.id[15], 15, "its id");
	is_int((int64_t)r.meta.time, 0x65dc4a00, "its time");
	ok(dap_extensions_refused(&r.meta, &(struct dap_input_share){ .payload = { .n = 0 } }), "it has an extension");
	is_int(r.leader.config_id, 7, "the leader's key");
	is_int((int64_t)r.helper.payload.n, 2, "the helper's box");
	n = unhex(in, "00" "00000000" "0024" "00010020" BATCH ID TIME NOEXT PUBLIC BOX1 PING);
	is_int(dap_job_init_read(&dap_18, &j, dap_slice(in, n), &f), 0, "a job of a batch");
	is_int(j.mode, DAP_FIXED_SIZE, "its mode");
	is_int(j.batch_id[31], 0xbf, "its batch");
	n = unhex(in, "02" "01" "00000000");
	is_int(dap_collect_req_read(&dap_09, &c, dap_slice(in, n), &f), 0, "the current batch");
	ok(c.query.batch_id == NULL, "names none");
	n = unhex(in, "02" BATCH "0000000000000064" START SPAN BOX1 BOX2);
	is_int(dap_collection_read(&dap_09, &got, dap_slice(in, n), &f), 0, "a collection");
	ok(got.count == 100 && got.interval.duration == 3600 && got.batch_id[0] == 0xb0, "count, interval, batch");
	n = unhex(in, "02" "0000" "00000000" "0009" "00020000" "00170001aa");
	is_int(dap_collect_req_read(&dap_18, &c, dap_slice(in, n), &f), -1, "two unknown extensions");
	ok(f.unsupported_n == 2 && f.unsupported[0] == 2 && f.unsupported[1] == 23, "are both named");
	n = unhex(in, "003d" "01" "0010" "0001" "0001" "0001" "aa" "02" "0020" "0001" "0002" "0001" "aa"
	    "03" "0020" "0001" "0003" "0020" SUM);
	is_int(dap_hpke_configs_read(list, &n, dap_slice(in, n), &f), 0, "three keys");
	pick = dap_hpke_config_pick(list, n);
	ok(pick != NULL && pick->id == 3, "the one that we have is picked");
}

static void
test_times(void)
{
	int64_t s = -1;

	ok(dap_time_s(&dap_09, 3600, 7200, &s) && s == 7200, "seconds in 09");
	ok(dap_time_s(&dap_18, 3600, 2, &s) && s == 7200, "units in 18");
	ok(!dap_time_s(&dap_18, 3600, UINT64_MAX / 4, &s) && !dap_time_s(&dap_09, 1, UINT64_MAX, &s), "none that overflow");
	is_int((int64_t)dap_time_wire(&dap_09, 3600, 7300), 7200, "rounded down");
	is_int((int64_t)dap_time_wire(&dap_18, 3600, 7300), 2, "in units");
}

/* Associated data and HPKE infos; draft-09 sections 4.4.2, 4.6.4, draft-18 the same. */
static void
test_bound(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	uint8_t task[DAP_TASK_ID], id[DAP_REPORT_ID], want[512], batch[DAP_BATCH_ID], label[DAP_LABEL_MAX];
	const struct dap_metadata m = { .id = id, .time = 0x65dc4a00 };
	const struct dap_selector s = { .mode = DAP_FIXED_SIZE, .batch_id = batch };
	const struct dap_slice config = dap_slice("config", 6), req = dap_slice("request", 7);
	size_t n;

	unhex(task, SUM);
	unhex(id, ID);
	unhex(batch, BATCH);
	dap_input_share_aad_put(&b, &dap_09, task, config, &m, dap_slice("PQ", 2));
	n = unhex(want, SUM ID TIME "00000002" "5051");
	ok(b.len == n && memcmp(b.data, want, n) == 0, "input share of 09");
	buf_reset(&b);
	dap_input_share_aad_put(&b, &dap_18, task, config, &m, dap_slice("PQ", 2));
	n = unhex(want, SUM "636f6e666967" ID TIME NOEXT "00000002" "5051");
	ok(b.len == n && memcmp(b.data, want, n) == 0, "input share of 18");
	buf_reset(&b);
	dap_agg_share_aad_put(&b, &dap_09, task, config, &s, req);
	n = unhex(want, SUM "00000000" "02" BATCH);
	ok(b.len == n && memcmp(b.data, want, n) == 0, "aggregate share of 09");
	buf_reset(&b);
	dap_agg_share_aad_put(&b, &dap_18, task, config, &s, req);
	n = unhex(want, SUM "636f6e666967" "72657175657374");
	ok(b.len == n && memcmp(b.data, want, n) == 0, "aggregate share of 18");
	n = dap_input_share_info(label, &dap_09, DAP_HELPER);
	ok(n == 20 && memcmp(label, "dap-09 input share\x01\x03", n) == 0, "info of an input share");
	n = dap_agg_share_info(label, &dap_18, DAP_LEADER);
	ok(n == 24 && memcmp(label, "dap-18 aggregate share\x02\x00", n) == 0, "info of an aggregate share");
}

static void
test_checksum(void)
{
	uint8_t sum[DAP_CHECKSUM] = { 0 }, id[DAP_REPORT_ID], zero[DAP_CHECKSUM] = { 0 }, want[DAP_CHECKSUM];

	unhex(id, ID);
	dap_checksum_add(sum, id);
	unhex(want, "be45cb2605bf36bebde684841a28f0fd43c69850a3dce5fedba69928ee3a8991");
	is_mem(sum, want, sizeof(sum), "SHA-256 of an id");
	dap_checksum_add(sum, id);
	is_mem(sum, zero, sizeof(sum), "twice is nothing");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		test_case(&cases[i]);
	test_refused();
	test_fields();
	test_times();
	test_bound();
	test_checksum();
	return done_testing();
}
