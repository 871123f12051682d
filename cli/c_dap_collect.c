/*
 * dap collect: the collector of an aggregation task.  It asks the leader for a
 * batch, waits, opens both aggregate shares and prints the sum.  It needs a task
 * file and a key file, and no node of its own.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/rand.h"
#include "../lib/crypt/ct.h"
#include "../lib/crypt/hmac.h"
#include "../lib/dap/collector.h"
#include "commands.h"
#include "dapcall.h"
#include "dapfile.h"
#include "when.h"

#define COLLECTION_MAX	(64u << 20)	/* bytes: two shares of the largest measurement have 8 MiB */
#define COLLECTION_ID	16
#define WAIT_S		3600
#define POLL_MIN_S	1
#define POLL_MAX_S	60
#define POLL_CURRENT_MS	2000	/* while no batch is full */

const struct opt dap_collect_opts[] = {
	{ "task", "FILE", false, "the task as the collector has it" },
	{ "query", "QUERY", false, "START/DURATION (seconds since 1970; 3600, 60m, 12h), a batch id, or current" },
	{ "key", "FILE", false, "the collector's private key (collector.key beside the task)" },
	{ "id", "ID", false, "go on with this collection; new: ask for another (profile 09)" },
	{ "wait", "TIME", false, "how long to wait for the result (1h)" },
	{ "keep", NULL, false, "the same query gives this batch again (profile 18, tasks by size)" },
	{ .name = NULL },
};

struct collect {
	struct dap_task task;
	struct dap_task_secrets secrets;
	struct dapkey key;
	struct dapcall call;
	struct dap_query query;
	uint8_t	batch[DAP_BATCH_ID];
	char	id[B64_LEN(COLLECTION_ID)];	/* "": the leader chooses */
	bool	drawn;			/* the id is: nothing else tells it */
	struct buf url, req, body;
	int64_t	until;			/* monotonic seconds */
};
#define COLLECT_INIT { .secrets = DAP_TASK_SECRETS_INIT, .key = DAPKEY_INIT, .call = DAPCALL_INIT, .url = BUF_INIT, \
	.req = BUF_INIT, .body = BUF_INIT }

static void
collect_release(struct collect *c)
{
	dap_task_secrets_release(&c->secrets);
	dapkey_release(&c->key);
	dapcall_release(&c->call);
	buf_release(&c->url);
	buf_release(&c->req);
	buf_release(&c->body);
}

static int64_t
monotonic_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec;
}

/* interval: START/DURATION in seconds, as the task's profile says them. */
static int
interval(struct collect *c, const char *text, struct err *e)
{
	const char *slash = strchr(text, '/');
	char *end;
	int64_t start, duration;

	if (slash == NULL || *text < '0' || *text > '9')
		return err_set(e, ERR_CONFIG, "--query: START/DURATION is expected, as 1700000000/3600");
	start = strtoll(text, &end, 10);
	if (end != slash || when_duration(slash + 1, &duration, e) == -1)
		return err_set(e, ERR_CONFIG, "--query: START/DURATION is expected, as 1700000000/1h");
	if (start % c->task.time_precision_s != 0 || duration % c->task.time_precision_s != 0)
		return err_set(e, ERR_CONFIG, "--query: both must be multiples of %" PRId64 " s, the task's precision",
		    c->task.time_precision_s);
	c->query.interval.start = dap_time_wire(c->task.profile, c->task.time_precision_s, start);
	c->query.interval.duration = dap_time_wire(c->task.profile, c->task.time_precision_s, duration);
	return 0;
}

static int
parse_query(struct collect *c, const char *text, struct err *e)
{
	c->query = (struct dap_query){ .mode = c->task.mode };
	if (c->task.mode == DAP_TIME_INTERVAL)
		return interval(c, text, e);
	if (strcmp(text, "current") == 0)
		return 0;
	if (c->task.profile->mode_configs)
		return err_set(e, ERR_CONFIG, "--query: in profile %s the leader chooses the batch: current is expected",
		    c->task.profile->name);
	if (b64url_decode(c->batch, sizeof(c->batch), text, strlen(text)) != DAP_BATCH_ID)
		return err_set(e, ERR_CONFIG, "--query: current or a batch id in base64url is expected");
	c->query.batch_id = c->batch;
	return 0;
}

/* read_key: --key, or collector.key in the folder of the task. */
static int
read_key(struct collect *c, const struct args *a, const char *task_path, struct err *e)
{
	CLEANUP(buf_release) struct buf beside = BUF_INIT;
	const char *path = args_str(a, "key"), *slash = strrchr(task_path, '/');

	if (path == NULL) {
		buf_add(&beside, task_path, slash != NULL ? (size_t)(slash + 1 - task_path) : 0);
		buf_adds(&beside, "collector.key");
		path = beside.data;
	}
	if (dapkey_read(&c->key, path, e) == -1)
		return -1;
	if (c->key.config_len != c->task.collector_config_len ||
	    memcmp(c->key.config, c->task.collector_config, c->key.config_len) != 0)
		return err_set(e, ERR_CONFIG, "%s: is not the key of the task's collector_hpke_config", path);
	return 0;
}

static bool
is_current(const struct collect *c)
{
	return c->query.mode == DAP_FIXED_SIZE && c->query.batch_id == NULL;
}

/*
 * id_of_query: a batch that the query names is asked for under an id that follows from task, query and the
 * collector's key, so the same query after a kill goes on, and gives the result that is paid for.
 */
static int
id_of_query(const struct collect *c, uint8_t id[COLLECTION_ID], struct err *e)
{
	CLEANUP(secret_release) struct secret drawn = SECRET_INIT;
	CLEANUP(buf_release) struct buf salt = BUF_INIT;

	buf_add(&salt, c->task.id, sizeof(c->task.id));
	dap_collect_req_put(&salt, c->task.profile, &c->query);
	if (hkdf_sha256(&drawn, COLLECTION_ID, &c->key.secret, salt.data, salt.len, "darkroom dap collection v1", e) == -1)
		return -1;
	memcpy(id, drawn.p, COLLECTION_ID);
	return 0;
}

/* choose_id: the one that was given, that of the query, or one that is drawn. */
static int
choose_id(struct collect *c, const struct args *a, struct err *e)
{
	const char *given = args_str(a, "id");
	uint8_t id[COLLECTION_ID];

	if (c->task.profile->server_ids)
		return given == NULL ? 0 : err_set(e, ERR_CONFIG,
		    "--id: in profile %s the same query goes on by itself", c->task.profile->name);
	c->drawn = given != NULL ? strcmp(given, "new") == 0 : is_current(c);
	if (c->drawn)
		rand_bytes(id, sizeof(id));
	else if (given == NULL && id_of_query(c, id, e) == -1)
		return -1;
	else if (given != NULL && b64url_decode(id, sizeof(id), given, strlen(given)) != COLLECTION_ID)
		return err_set(e, ERR_CONFIG, "--id: new, or base64url of %d bytes is expected", COLLECTION_ID);
	b64url_encode(c->id, id, sizeof(id));
	return 0;
}

static int
collect_open(struct collect *c, const struct cli *cli, const struct args *a, struct err *e)
{
	const char *path, *query, *wait = args_str(a, "wait");
	int64_t wait_s = WAIT_S;

	if (args_need(a, "task", &path, e) == -1 || args_need(a, "query", &query, e) == -1 ||
	    (wait != NULL && when_duration(wait, &wait_s, e) == -1) ||
	    dapfile_task(&c->task, &c->secrets, DAP_ROLES(DAP_COLLECTOR), path, e) == -1 ||
	    parse_query(c, query, e) == -1 || read_key(c, a, path, e) == -1 || choose_id(c, a, e) == -1)
		return -1;
	if (c->secrets.collector_token.len == 0)
		return err_set(e, ERR_CONFIG, "%s: collector_token: is missing", path);
	c->until = monotonic_s() + wait_s;
	dap_collect_req_put(&c->req, c->task.profile, &c->query);
	return dapcall_init(&c->call, &c->task, cli->set.value[SET_CA_FILE], e);
}

/* collect_call: one request of the collector; 1 when it was refused, f says why. */
static int
collect_call(struct collect *c, const char *method, enum dap_media media, struct httpc_answer *a, struct dap_fault *f,
    struct err *e)
{
	const struct dap_slice none = { .n = 0 };

	return dapcall_send(&c->call, &(struct dapcall_req){ .method = method, .url = c->url.data, .media = media,
	    .body = media == DAP_MEDIA_MAX ? none : dap_slice(c->req.data, c->req.len),
	    .token = &c->secrets.collector_token, .max_bytes = COLLECTION_MAX }, &c->body, a, f, e);
}

/* not_ready: the time to wait is over. */
static int
not_ready(const struct collect *c, struct err *e)
{
	return err_set(e, ERR_BACKPRESSURE, "the batch is not ready yet%s%s",
	    c->id[0] != '\0' ? "; go on with --id " : "; the same query goes on", c->id);
}

/*
 * leader_chose: the query says no more than "the next batch", and so does every later one: draft 18 answers
 * equal requests with the collection there is, until it is deleted.
 */
static bool
leader_chose(const struct collect *c)
{
	return c->task.profile->server_ids && c->query.mode == DAP_FIXED_SIZE;
}

/* forget: have the leader delete the collection, so that the next one is of another batch. */
static int
forget(struct collect *c, struct err *e)
{
	struct dap_fault f = DAP_FAULT_INIT;
	struct httpc_answer a;
	int status = collect_call(c, "DELETE", DAP_MEDIA_MAX, &a, &f, e);

	if (status == 1)
		dapcall_refused(&f, "deleting the collection", e);
	return status == 0 ? 0 : err_wrap(e, "the next run is given the same collection again");
}

/* refused: a collection that failed for good is in the way of the next one, too. */
static int
refused(struct collect *c, const struct dap_fault *f, struct err *e)
{
	if (leader_chose(c) && dap_word_final(f->word) && forget(c, e) == -1)
		return -1;
	return dapcall_refused(f, "collection", e);
}

/* ask_for: the batch, until the leader has one: while none is full, `current` names none. */
static int
ask_for(struct collect *c, const char *method, struct httpc_answer *a, struct err *e)
{
	const bool current = is_current(c);
	struct dap_fault f = DAP_FAULT_INIT;
	int status;

	while ((status = collect_call(c, method, DAP_MEDIA_COLLECT_REQ, a, &f, e)) == 1) {
		if (!current || f.word != DAP_WORD_BATCH_INVALID)
			return dapcall_refused(&f, "collection", e);
		if (monotonic_s() >= c->until)
			return not_ready(c, e);
		dapcall_pause(POLL_CURRENT_MS);
	}
	return status;
}

/* begin: ask for the batch; the URL becomes that of the collection. */
static int
collect_begin(struct collect *c, struct httpc_answer *a, struct err *e)
{
	CLEANUP(buf_release) struct buf where = BUF_INIT;
	char task[B64_LEN(DAP_TASK_ID)];
	const bool named = c->id[0] != '\0';

	b64url_encode(task, c->task.id, sizeof(c->task.id));
	dapcall_url(&c->url, &c->call, DAP_LEADER, "tasks/%s/collection_jobs%s%s", task, named ? "/" : "", c->id);
	if (ask_for(c, named ? "PUT" : "POST", a, e) == -1)
		return -1;
	if (named) {
		buf_reset(&c->body);	/* the answer to a PUT is empty: the result is asked for */
		return 0;
	}
	if (dapcall_location(&where, &c->call, DAP_LEADER, a->location, e) == -1)
		return -1;
	buf_reset(&c->url);
	buf_adds(&c->url, where.data);
	return 0;
}

/* poll: until there is a body. */
static int
collect_poll(struct collect *c, struct httpc_answer *a, struct err *e)
{
	const char *method = c->task.profile->server_ids ? "GET" : "POST";
	struct dap_fault f = DAP_FAULT_INIT;
	int status;

	while (c->body.len == 0) {
		int64_t pause = a->retry_after_s < POLL_MIN_S ? POLL_MIN_S : a->retry_after_s;

		if (a->status == 204)
			return err_set(e, ERR_GONE, "the collection was deleted");
		if (monotonic_s() >= c->until)
			return not_ready(c, e);
		if (a->status != 201)
			dapcall_pause((pause < POLL_MAX_S ? pause : POLL_MAX_S) * 1000);
		if ((status = collect_call(c, method, DAP_MEDIA_MAX, a, &f, e)) != 0)
			return status == 1 ? refused(c, &f, e) : -1;
	}
	if (!dap_media_is(c->task.profile, DAP_MEDIA_COLLECTION, a->content_type))
		return err_set(e, ERR_PROTO, "the leader answers with another media type than %s",
		    c->task.profile->media[DAP_MEDIA_COLLECTION]);
	return 0;
}

int
c_dap_collect(struct cli *cli, const struct args *a, struct err *e)
{
	CLEANUP(collect_release) struct collect c = COLLECT_INIT;
	CLEANUP(dap_result_release) struct dap_result r = DAP_RESULT_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	struct httpc_answer answer;

	if (collect_open(&c, cli, a, e) == -1)
		return -1;
	/* one that was drawn is the only thread to the result: printed also when quiet */
	if (c.id[0] != '\0' && (c.drawn || (args_str(a, "id") == NULL && !cli->quiet)))
		fprintf(stderr, "collection %s\n", c.id);
	if (collect_begin(&c, &answer, e) == -1 || collect_poll(&c, &answer, e) == -1 ||
	    dap_collection_open(&c.task, &c.key.secret, &c.query, dap_slice(c.body.data, c.body.len), &r, e) == -1)
		return c.id[0] != '\0' ? err_wrap(e, "collection %s", c.id) : -1;
	o = dap_result_json(&c.task, &r);
	cli_json(o);
	if (leader_chose(&c) && !args_flag(a, "keep") && (cli_written(e) == -1 || forget(&c, e) == -1))
		return -1;
	return EXIT_DONE;
}
