/* Tasks: what is read of JSON and written again, what is refused and by which name, what profile 18 binds. */
#include "../../lib/base/cleanup.h"
#include "../../lib/dap/task.h"
#include "../tap.h"

#define ID	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define COLLECTOR "BwAgAAEAAQAgAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"	/* config 7, X25519, SHA-256, AES-128-GCM */
#define KEY16	"AAECAwQFBgcICQoLDA0ODw"
#define KEY32	ID
#define TOKEN	"a-token-of-32-characters-or-so.~"

#define COMMON(role) "\"task_id\":\"" ID "\",\"role\":\"" role "\",\"leader_url\":\"https://leader.example/dap/\"," \
	"\"helper_url\":\"https://helper.example/dap\",\"time_precision_s\":3600,\"min_batch_size\":100," \
	"\"collector_hpke_config\":\"" COLLECTOR "\","
#define T09(role, rest) "{\"profile\":\"09\"," COMMON(role) rest "}"
#define T18(role, rest) "{\"profile\":\"18\"," COMMON(role) rest "}"
#define COUNT	"\"vdaf\":{\"type\":\"Prio3Count\"},\"batch\":{\"mode\":\"time_interval\"},"
#define VDAF(v)	"\"vdaf\":" v ",\"batch\":{\"mode\":\"time_interval\"},\"expires_at\":1900000000"
#define LEADER16 "\"verify_key\":\"" KEY16 "\",\"leader_token\":\"" TOKEN "\",\"collector_token\":\"" TOKEN "\""
#define EXPIRES	"\"expires_at\":1900000000"

static int
parse(struct dap_task *t, struct dap_task_secrets *s, const char *text, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;

	if (json_parse(&o, text, strlen(text), e) == -1) {
		printf("Bail out! not JSON: %s\n", text);
		exit(1);
	}
	return dap_task_parse(t, s, DAP_NODE_ROLES, o, e);
}

/* What is written is read as the same task, and written the same. */
static void
test_again(void)
{
	static const struct { const char *name, *text; const char *vdaf; } rows[] = {
		{ "Count of 09", T09("leader", COUNT EXPIRES "," LEADER16), "{\"type\":\"Prio3Count\"}" },
		{ "Sum of 09", T09("collector", VDAF("{\"type\":\"Prio3Sum\",\"bits\":32}")),
		    "{\"type\":\"Prio3Sum\",\"bits\":32}" },
		{ "SumVec of 09", T09("collector",
		    VDAF("{\"type\":\"Prio3SumVec\",\"length\":2500,\"bits\":1,\"chunk_length\":50}")),
		    "{\"type\":\"Prio3SumVec\",\"length\":2500,\"bits\":1,\"chunk_length\":50}" },
		{ "Histogram of 09", T09("collector",
		    "\"vdaf\":{\"type\":\"Prio3Histogram\",\"length\":100,\"chunk_length\":10}," EXPIRES ","
		    "\"batch\":{\"mode\":\"fixed_size\",\"max_batch_size\":1000,\"batch_window_s\":60},"
		    "\"noise\":{\"sigma\":\"7/2\"}"),
		    "{\"type\":\"Prio3Histogram\",\"length\":100,\"chunk_length\":10}" },
		{ "Sum of 18", T18("collector", VDAF("{\"type\":\"Prio3Sum\",\"max\":1000}") ",\"task_info\":\"info\""),
		    "{\"type\":\"Prio3Sum\",\"max\":1000}" },
		{ "SumVec of 18", T18("helper",
		    VDAF("{\"type\":\"Prio3SumVec\",\"length\":3,\"max\":7,\"chunk_length\":2}")
		    ",\"task_info\":\"info\",\"verify_key\":\"" KEY32 "\",\"leader_token\":\"" TOKEN "\""),
		    "{\"type\":\"Prio3SumVec\",\"length\":3,\"max\":7,\"chunk_length\":2}" },
		{ "MultihotCountVec of 18", T18("collector",
		    VDAF("{\"type\":\"Prio3MultihotCountVec\",\"length\":8,\"chunk_length\":3,\"max_weight\":2}")
		    ",\"task_info\":\"info\",\"task_start\":3600,\"task_duration\":7200"),
		    "{\"type\":\"Prio3MultihotCountVec\",\"length\":8,\"chunk_length\":3,\"max_weight\":2}" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
		CLEANUP(json_put) struct json_object *o = NULL, *o2 = NULL;
		CLEANUP(prio3_cleanup) struct prio3 *p = NULL;
		struct dap_task t, again;
		struct err e = ERR_INIT;

		if (!is_int(parse(&t, &s, rows[i].text, &e), 0, "%s: is read", rows[i].name)) {
			printf("# %s\n", e.msg);
			continue;
		}
		o = dap_task_json(&t);
		is_str(json_text(json_object_object_get(o, "vdaf")), rows[i].vdaf, "its VDAF");
		ok(strstr(json_text(o), TOKEN) == NULL && json_object_object_get(o, "verify_key") == NULL,
		    "without a secret");
		is_int(dap_task_from(&again, o, &e), 0, "read as it was written");
		o2 = dap_task_json(&again);
		is_str(json_text(o2), json_text(o), "and written the same");
		ok((p = dap_task_prio3(&t, &e)) != NULL, "has an instance");
		is_int((int64_t)(p != NULL ? p->verify_key_bytes : 0), t.profile->verify_key_bytes, "of its profile");
	}
}

static void
test_defaults(void)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s2 = DAP_TASK_SECRETS_INIT;
	static const char no_id[] = "{\"profile\":\"09\",\"role\":\"collector\",\"leader_url\":\"http://l/\","
	    "\"helper_url\":\"http://h/\",\"time_precision_s\":60,\"min_batch_size\":1,\"collector_hpke_config\":\""
	    COLLECTOR "\"," VDAF("{\"type\":\"Prio3SumVec\",\"length\":2500,\"bits\":1}") "}";
	struct dap_task t, t2;

	is_int(parse(&t, &s, no_id, NULL), 0, "a task without an id");
	is_int(parse(&t2, &s2, no_id, NULL), 0, "another");
	ok(memcmp(t.id, t2.id, sizeof(t.id)) != 0, "get one each");
	is_int(t.skew_s, 120, "skew");
	is_int(t.max_batch_query_count, 1, "queries");
	is_int((int64_t)t.vdaf.chunk_length, prio3_best_chunk(2500), "the best chunk");
	is_int(parse(&t, &s2, T18("collector", COUNT "\"task_info\":\"i\",\"task_start\":3600,\"task_duration\":7200"),
	    NULL), 0, "a task with an interval");
	is_int(t.expires_at, 10800, "expires at its end");
	is_int(parse(&t, &s2, T18("collector", COUNT EXPIRES ",\"task_info\":\"i\",\"task_start\":3600,\"task_duration\":7200"),
	    NULL), 0, "one that says a later end");
	is_int(t.expires_at, 10800, "expires no later");
	is_int(parse(&t, &s2, T18("collector", COUNT "\"expires_at\":7000,\"task_info\":\"i\",\"task_start\":3600,\"task_duration\":7200"),
	    NULL), 0, "one that says an earlier end");
	is_int(t.expires_at, 7000, "expires then");
}

/* Reports have the length that their VDAF gives them (the figures of the specification, 3.8). */
static void
test_bound(void)
{
	static const struct { const char *text; int64_t bytes, count; } rows[] = {
		{ T09("collector", VDAF("{\"type\":\"Prio3Count\"}")), 230, 0 },
		{ T09("collector", VDAF("{\"type\":\"Prio3Sum\",\"bits\":32}")), 2806, 0 },
		{ T09("collector", VDAF("{\"type\":\"Prio3Histogram\",\"length\":100,\"chunk_length\":10}")), 2662, 0 },
		{ T09("collector", VDAF("{\"type\":\"Prio3SumVec\",\"length\":2500,\"bits\":1,\"chunk_length\":50}")), 43878, 0 },
		{ T18("collector", VDAF("{\"type\":\"Prio3Sum\",\"max\":4294967295}") ",\"task_info\":\"x\""), 1280 + 32 + 152, 4294967296 },
		{ T09("collector", VDAF("{\"type\":\"Prio3SumVec\",\"length\":262144,\"bits\":1}")), 4235296 + 48 + 32 + 150, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
		struct dap_task_bound b = { 0 };
		struct dap_task t;

		is_int(parse(&t, &s, rows[i].text, NULL), 0, "row %zu", i);
		is_int(dap_task_bound(&t, &b, NULL), 0, "has bounds");
		is_int(b.report_max_bytes, rows[i].bytes + DAP_REPORT_SLACK, "of a report");
		is_int(b.count_max, rows[i].count, "and of a batch");
	}
}

/* One member is wrong, and the message begins with its name. */
static void
test_refused(void)
{
	static const struct { const char *field, *text; } rows[] = {
		{ "profile", "{\"role\":\"leader\"}" },
		{ "profile", "{\"profile\":\"10\",\"role\":\"leader\"}" },
		{ "role", T09("server", COUNT EXPIRES) },
		{ "role", T09("client", COUNT EXPIRES) },
		{ "task_id", "{\"profile\":\"09\",\"role\":\"leader\",\"task_id\":\"AAEC\"}" },
		{ "stranger", T09("leader", COUNT EXPIRES ",\"stranger\":1," LEADER16) },
		{ "task_info", T09("leader", COUNT EXPIRES ",\"task_info\":\"x\"," LEADER16) },
		{ "task_info", T18("collector", COUNT EXPIRES) },
		{ "task_info", T18("collector", COUNT EXPIRES ",\"task_info\":\"\"") },
		{ "expires_at", T09("collector", "\"vdaf\":{\"type\":\"Prio3Count\"},\"batch\":{\"mode\":\"time_interval\"}") },
		{ "batch", T09("collector", "\"vdaf\":{\"type\":\"Prio3Count\"}," EXPIRES) },
		{ "batch: mode", T09("collector", "\"vdaf\":{\"type\":\"Prio3Count\"},\"batch\":{\"mode\":\"any\"}," EXPIRES) },
		{ "batch: max_batch_size", T09("collector", "\"vdaf\":{\"type\":\"Prio3Count\"},"
		    "\"batch\":{\"mode\":\"fixed_size\",\"max_batch_size\":99}," EXPIRES) },
		{ "batch", T09("collector", "\"vdaf\":{\"type\":\"Prio3Count\"},"
		    "\"batch\":{\"mode\":\"time_interval\",\"max_batch_size\":100}," EXPIRES) },
		{ "vdaf: type", T09("collector", VDAF("{\"type\":\"Prio3Median\"}")) },
		{ "vdaf: type", T09("collector", VDAF("{\"type\":\"Prio3MultihotCountVec\",\"length\":3,\"max_weight\":1}")) },
		{ "vdaf: type", T09("collector", VDAF("{}")) },
		{ "vdaf: bits", T09("collector", VDAF("{\"type\":\"Prio3Sum\"}")) },
		{ "vdaf: bits", T09("collector", VDAF("{\"type\":\"Prio3Sum\",\"bits\":65}")) },
		{ "vdaf: ", T09("collector", VDAF("{\"type\":\"Prio3Sum\",\"bits\":8,\"max\":255}")) },
		{ "vdaf: ", T18("collector", VDAF("{\"type\":\"Prio3Sum\",\"bits\":8}") ",\"task_info\":\"x\"") },
		{ "vdaf: ", T09("collector", VDAF("{\"type\":\"Prio3Count\",\"length\":8}")) },
		{ "vdaf: length", T09("collector", VDAF("{\"type\":\"Prio3Histogram\",\"length\":0}")) },
		{ "vdaf: length", T09("collector", VDAF("{\"type\":\"Prio3SumVec\",\"length\":262144,\"bits\":2}")) },
		{ "vdaf: length: an aggregate share", T09("leader", VDAF("{\"type\":\"Prio3SumVec\",\"length\":65537,\"bits\":1}") "," LEADER16) },
		{ "vdaf: length: an aggregate share", T09("helper",
		    VDAF("{\"type\":\"Prio3Histogram\",\"length\":65537}") ",\"verify_key\":\"" KEY16 "\",\"leader_token\":\"" TOKEN "\"") },
		{ "vdaf: chunk_length", T09("collector",
		    VDAF("{\"type\":\"Prio3Histogram\",\"length\":4,\"chunk_length\":0}")) },
		{ "vdaf: chunk_length: reports would take 1", T09("collector",
		    VDAF("{\"type\":\"Prio3Histogram\",\"length\":262144,\"chunk_length\":1}")) },
		{ "vdaf: chunk_length: reports would take 1", T18("collector",
		    VDAF("{\"type\":\"Prio3SumVec\",\"length\":262144,\"max\":1,\"chunk_length\":1}") ",\"task_info\":\"x\"") },
		{ "min_batch_size", T18("collector",
		    VDAF("{\"type\":\"Prio3Sum\",\"max\":4611686018427387904}") ",\"task_info\":\"x\"") },
		{ "noise: sigma", T09("collector", COUNT EXPIRES ",\"noise\":{}") },
		{ "noise: ", T09("collector", COUNT EXPIRES ",\"noise\":{\"sigma\":\"0\"}") },
		{ "verify_key", T09("leader", COUNT EXPIRES) },
		{ "verify_key", T09("leader", COUNT EXPIRES ",\"verify_key\":\"" KEY32 "\",\"leader_token\":\"" TOKEN
		    "\",\"collector_token\":\"" TOKEN "\"") },
		{ "verify_key", T09("collector", COUNT EXPIRES ",\"verify_key\":\"" KEY16 "\"") },
		{ "leader_token", T09("leader", COUNT EXPIRES ",\"verify_key\":\"" KEY16 "\",\"collector_token\":\"" TOKEN "\"") },
		{ "collector_token", T09("leader", COUNT EXPIRES ",\"verify_key\":\"" KEY16 "\",\"leader_token\":\"" TOKEN "\"") },
		{ "collector_token", T09("helper", COUNT EXPIRES "," LEADER16) },
		{ "leader_token", T09("helper", COUNT EXPIRES ",\"verify_key\":\"" KEY16 "\",\"leader_token\":\"short\"") },
		{ "leader_token", T09("helper", COUNT EXPIRES ",\"verify_key\":\"" KEY16
		    "\",\"leader_token\":\"with a blank in it\"") },
		{ "task_start", T18("collector", COUNT EXPIRES ",\"task_info\":\"x\",\"task_start\":3600") },
		{ "task_start", T18("collector", COUNT EXPIRES
		    ",\"task_info\":\"x\",\"task_start\":3601,\"task_duration\":3600") },
		{ "extensions", T18("collector", COUNT EXPIRES ",\"task_info\":\"x\",\"extensions\":\"AAIAAA\"") },
		{ "extensions", T18("collector", COUNT EXPIRES ",\"task_info\":\"x\",\"extensions\":\"?\"") },
		{ "extensions", T18("collector", COUNT EXPIRES ",\"task_info\":\"x\",\"task_start\":3600,\"task_duration\":3600,"
		    "\"extensions\":\"AAEAEAAAAAAAAAABAAAAAAAAAAI\"") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
		struct dap_task t;
		struct err e = ERR_INIT;

		is_int(parse(&t, &s, rows[i].text, &e), -1, "row %zu: %s is wrong", i, rows[i].field);
		ok(e.code == ERR_VALIDATION && strstr(e.msg, rows[i].field) != NULL, "and is named: %s", e.msg);
	}
}

static void
test_urls(void)
{
	static const char *const bad[] = {
		"ftp://host/", "https://", "https:///x", "https://user@host/", "https://host/?q", "https://host/#f",
		"https://ho st/", "host", "https://host/\\u00e9",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
		char text[512];
		struct dap_task t;
		struct err e = ERR_INIT;

		snprintf(text, sizeof(text), "{\"profile\":\"09\",\"role\":\"leader\",\"leader_url\":\"%s\"}", bad[i]);
		is_int(parse(&t, &s, text, &e), -1, "%s", bad[i]);
		ok(strncmp(e.msg, "leader_url", 10) == 0, "is no URL of ours");
	}
}

/* Secrets that are sent by the party that has them, and come back to their task only. */
static void
test_secrets(void)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets back = DAP_TASK_SECRETS_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	struct err e = ERR_INIT;
	struct dap_task t;

	is_int(parse(&t, &s, T09("leader", COUNT EXPIRES "," LEADER16), NULL), 0, "a leader's task");
	o = dap_task_secrets_json(&t, &s);
	is_str(json_text(o), "{\"task_id\":\"" ID "\",\"verify_key\":\"" KEY16 "\",\"leader_token\":\"" TOKEN "\"}",
	    "what its runner needs");
	is_int(dap_task_secrets_from(&back, &t, o, &e), 0, "is read");
	ok(back.verify_key.len == 16 && back.verify_key.p[15] == 15, "the key");
	ok(back.leader_token.len == strlen(TOKEN) && back.collector_token.len == 0, "one token");
	t.id[0] ^= 1;
	dap_task_secrets_release(&back);
	is_int(dap_task_secrets_from(&back, &t, o, &e), -1, "not for another task");
	dap_task_forget(o);
	ok(strstr(json_text(o), "a-token") == NULL, "forgotten");
}

/* TaskConfiguration, byte by byte; draft-18 section 4.2. */
static void
test_config(void)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct dap_task t;
	uint8_t want[256];
	size_t n = unhex(want,
	    "04" "696e666f"						/* task_info */
	    "001b" "68747470733a2f2f6c65616465722e6578616d706c652f6461702f"	/* leader */
	    "001a" "68747470733a2f2f68656c7065722e6578616d706c652f646170"	/* helper */
	    "0000000000000e10" "0000000000000064" "01" "0000"		/* precision, minimum, mode, batch_config */
	    "00000003" "0010" "00000003" "0000000000000007" "00000002"	/* SumVec: length, max, chunk */
	    "0014" "0001" "0010" "0000000000000001" "0000000000000002");	/* task_interval, in units */

	is_int(parse(&t, &s, T18("collector", VDAF("{\"type\":\"Prio3SumVec\",\"length\":3,\"max\":7,\"chunk_length\":2}")
	    ",\"task_info\":\"info\",\"task_start\":3600,\"task_duration\":7200"), NULL), 0, "a task");
	dap_task_config_put(&b, &t);
	is_int((int64_t)b.len, (int64_t)n, "its configuration is as long");
	is_mem(b.data, want, n, "and the same");
	is_int(parse(&t, &s, T18("collector", VDAF("{\"type\":\"Prio3Count\"}")
	    ",\"task_info\":\"info\",\"extensions\":\"AAEAEAAAAAAAAAABAAAAAAAAAAI\""), NULL), 0, "an interval in the wire's form");
	ok(t.task_start == 3600 && t.task_duration == 7200, "is the same interval");
	is_int(parse(&t, &s, T09("collector", COUNT EXPIRES), NULL), 0, "a task of 09");
	buf_reset(&b);
	dap_task_config_put(&b, &t);
	is_int((int64_t)b.len, 0, "has no configuration");
}

int
main(void)
{
	test_again();
	test_defaults();
	test_bound();
	test_refused();
	test_urls();
	test_secrets();
	test_config();
	return done_testing();
}
