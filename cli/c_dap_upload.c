/*
 * dap upload: the client of an aggregation task.  Measurements are split, sealed
 * and sent; nothing but the shares leaves this process.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/dap/client.h"
#include "commands.h"
#include "dapcall.h"
#include "dapfile.h"

#define LINE_MAX_BYTES	(8u << 20)	/* a measurement of 262,144 numbers */
#define BODY_MAX	(64u << 20)
#define BATCH_REPORTS	100		/* of one request, where the profile takes more than one */
#define BATCH_BYTES	(512u << 10)	/* a request is sent when it has as many */
#define ANSWER_MAX	65536

const struct opt dap_upload_opts[] = {
	{ "task", "FILE", false, "the task, as any of its parties has it" },
	{ "count", "N", false, "send each measurement N times (1)" },
	{ "time", "SECONDS", false, "time of the reports, since 1970 (now)" },
	{ .name = NULL },
};

struct upload {
	struct dap_task task;
	struct dap_task_secrets secrets;
	struct dapcall call;
	struct dap_client client;
	struct secret token;		/* none: uploads need none */
	struct buf url, body, answer;
	uint64_t *meas;			/* BATCH_REPORTS measurements that wait to be sent */
	size_t	waiting;
	int64_t	count, time_s;		/* time_s -1: now */
	int64_t	sent, refused[DAP_REPORT_ERROR_MAX], refused_all;
};
#define UPLOAD_INIT { .secrets = DAP_TASK_SECRETS_INIT, .client = DAP_CLIENT_INIT, .url = BUF_INIT, \
	.body = BUF_INIT_MAX(BODY_MAX), .answer = BUF_INIT, .count = 1, .time_s = -1 }

static void
upload_release(struct upload *u)
{
	dap_task_secrets_release(&u->secrets);
	dapcall_release(&u->call);
	dap_client_release(&u->client);
	buf_release(&u->url);
	buf_release(&u->body);
	buf_release(&u->answer);
	free(u->meas);
}

/* fetch: the keys of both, as they are now. */
static int
fetch(struct upload *u, struct err *e)
{
	CLEANUP(buf_release) struct buf leader = BUF_INIT, helper = BUF_INIT;

	if (dapcall_keys(&u->call, DAP_LEADER, &leader, e) == -1 || dapcall_keys(&u->call, DAP_HELPER, &helper, e) == -1)
		return -1;
	dap_client_release(&u->client);
	return dap_client_init(&u->client, &u->task, dap_slice(leader.data, leader.len), dap_slice(helper.data, helper.len), e);
}

static uint64_t *
meas_at(const struct upload *u, size_t i)
{
	return u->meas + i * u->client.prio3->measurement_n;
}

/* make_body: reports of the measurements that wait; ids is where each one's id stands in it. */
static int
make_body(struct upload *u, size_t at[BATCH_REPORTS], struct err *e)
{
	const int64_t now = u->time_s >= 0 ? u->time_s : (int64_t)time(NULL);

	buf_reset(&u->body);
	for (size_t i = 0; i < u->waiting; i++) {
		at[i] = u->body.len;	/* a report begins with its id */
		if (dap_client_report(&u->client, &u->body, meas_at(u, i), u->client.prio3->measurement_n, now, e) == -1)
			return -1;
	}
	return 0;
}

/* outdated_left: of the reports that were refused, those whose keys were too old
 * wait again; the others are counted.  Both lists are in the order of the request. */
static int
outdated_left(struct upload *u, const size_t at[BATCH_REPORTS], size_t *left, struct err *e)
{
	const size_t n = u->client.prio3->measurement_n;
	struct dap_slice list = dap_slice(u->answer.data, u->answer.len);
	struct dap_fault f = DAP_FAULT_INIT;
	struct dap_upload_error said;
	size_t i = 0, kept = 0, bad = 0;
	int more;

	while ((more = dap_upload_error_next(u->task.profile, &list, &said, &f)) == 1) {
		while (i < u->waiting && memcmp(u->body.data + at[i], said.id, DAP_REPORT_ID) != 0)
			i++;
		if (i == u->waiting)
			return err_set(e, ERR_PROTO, "the leader refuses reports that it was not sent");
		if (said.why == DAP_OUTDATED_CONFIG)
			memmove(meas_at(u, kept++), meas_at(u, i), n * sizeof(*u->meas));
		else
			u->refused[said.why]++;
		bad++;
		i++;
	}
	if (more == -1)
		return err_set(e, ERR_PROTO, "the leader's answer: %s", f.what);
	u->sent += (int64_t)(u->waiting - bad);
	u->refused_all += (int64_t)(bad - kept);
	*left = kept;
	return 0;
}

/* refused_whole: a problem instead of an answer.  Of 09 it is about the one report:
 * 0 with *left when it is to be sent again, 1 when it is counted. */
static int
refused_whole(struct upload *u, const struct dap_fault *f, size_t *left, struct err *e)
{
	static const struct { enum dap_word word; enum dap_report_error why; } reports[] = {
		{ DAP_WORD_REPORT_REJECTED, DAP_REPORT_DROPPED }, { DAP_WORD_REPORT_TOO_EARLY, DAP_REPORT_TOO_EARLY },
	};

	if (f->word == DAP_WORD_OUTDATED_CONFIG) {
		*left = u->waiting;
		return 0;
	}
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]) && u->waiting == 1; i++) {
		if (reports[i].word != f->word)
			continue;
		u->refused[reports[i].why]++;
		u->refused_all++;
		*left = 0;
		return 0;
	}
	return dapcall_refused(f, "upload", e);
}

/* send_once: the measurements that wait; *left of them must be sealed with newer keys. */
static int
send_once(struct upload *u, size_t *left, struct err *e)
{
	const struct dapcall_req rq = { .method = u->task.profile->many_reports ? "POST" : "PUT", .url = u->url.data,
	    .media = DAP_MEDIA_REPORT, .max_bytes = ANSWER_MAX };
	struct dap_fault f = DAP_FAULT_INIT;
	size_t at[BATCH_REPORTS];
	struct dapcall_req with = rq;
	struct httpc_answer a;

	if (make_body(u, at, e) == -1)
		return -1;
	with.body = dap_slice(u->body.data, u->body.len);
	switch (dapcall_send(&u->call, &with, &u->answer, &a, &f, e)) {
	case -1:
		return -1;
	case 1:
		return refused_whole(u, &f, left, e);
	}
	if (u->answer.len > 0 && !dap_media_is(u->task.profile, DAP_MEDIA_UPLOAD_ERRORS, a.content_type))
		return err_set(e, ERR_PROTO, "the leader answers an upload with a body of another media type");
	return outdated_left(u, at, left, e);
}

/* flush: send what waits; keys are fetched anew once. */
static int
upload_flush(struct upload *u, struct err *e)
{
	size_t left = 0;

	if (u->waiting == 0)
		return 0;
	if (send_once(u, &left, e) == -1)
		return -1;
	if (left > 0) {
		u->waiting = left;
		if (fetch(u, e) == -1 || send_once(u, &left, e) == -1)
			return -1;
		u->refused[DAP_OUTDATED_CONFIG] += (int64_t)left;
		u->refused_all += (int64_t)left;
	}
	u->waiting = 0;
	return 0;
}

/* add: one measurement as JSON, as often as --count says. */
static int
upload_add(struct upload *u, const char *text, size_t n, struct err *e)
{
	const size_t most = u->task.profile->many_reports ? BATCH_REPORTS : 1;
	const size_t each = u->client.prio3->leader_share_bytes + 512;
	CLEANUP(json_put) struct json_object *o = NULL;

	if (json_parse(&o, text, n, e) == -1)
		return err_wrap(e, "measurement");
	for (int64_t i = 0; i < u->count; i++) {
		if (dap_measurement(u->client.prio3, o, meas_at(u, u->waiting), e) == -1)
			return -1;
		u->waiting++;
		if ((u->waiting == most || u->waiting * each >= BATCH_BYTES) && upload_flush(u, e) == -1)
			return -1;
	}
	return 0;
}

/* upload_stream: a line of standard input each. */
static int
upload_stream(struct upload *u, struct err *e)
{
	CLEANUP(buf_release) struct buf in = BUF_INIT_MAX(2 * LINE_MAX_BYTES);
	int64_t line = 0;
	ssize_t got;

	do {
		char *room = buf_room(&in, 65536), *end;

		if (room == NULL)
			return err_set(e, ERR_CONFIG, "line %" PRId64 " is too long", line + 1);
		if ((got = read(STDIN_FILENO, room, 65536)) == -1)
			return err_sys(e, "cannot read standard input");
		buf_grew(&in, (size_t)got);
		if (got == 0 && in.len > 0 && in.data[in.len - 1] != '\n')
			buf_addc(&in, '\n');
		while (in.len > 0 && (end = memchr(in.data, '\n', in.len)) != NULL) {
			size_t n = (size_t)(end - in.data);

			line++;
			if (n > LINE_MAX_BYTES)
				return err_set(e, ERR_CONFIG, "line %" PRId64 " is too long", line);
			if (n > 0 && upload_add(u, in.data, n, e) == -1)
				return err_wrap(e, "line %" PRId64, line);
			buf_drop(&in, n + 1);
		}
	} while (got > 0);
	return 0;
}

static int
upload_open(struct upload *u, const struct cli *c, const struct args *a, struct err *e)
{
	const unsigned any = DAP_NODE_ROLES | DAP_ROLES(DAP_CLIENT);
	char id[B64_LEN(DAP_TASK_ID)];
	const char *path;

	if (args_need(a, "task", &path, e) == -1 || args_i64(a, "count", 1, INT64_MAX, &u->count, e) == -1 ||
	    args_i64(a, "time", 0, INT64_C(253402300799), &u->time_s, e) == -1 ||
	    dapfile_task(&u->task, &u->secrets, any, path, e) == -1)
		return -1;
	dap_task_secrets_release(&u->secrets);	/* a client has no use for any */
	if (dapcall_init(&u->call, &u->task, c->set.value[SET_CA_FILE], e) == -1 || fetch(u, e) == -1)
		return -1;
	u->meas = calloc(BATCH_REPORTS, u->client.prio3->measurement_n * sizeof(*u->meas));
	if (u->meas == NULL)
		abort();
	b64url_encode(id, u->task.id, sizeof(u->task.id));
	dapcall_url(&u->url, &u->call, DAP_LEADER, "tasks/%s/reports", id);
	return 0;
}

/* upload_told: what was taken and what was not. */
static int
upload_told(const struct cli *c, const struct upload *u)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct json_object *refused = json_object_new_object();

	for (unsigned w = 0; w < DAP_REPORT_ERROR_MAX; w++)
		if (u->refused[w] > 0)
			json_add_i64(refused, dap_report_error_word(w), u->refused[w]);
	json_add_i64(o, "uploaded", u->sent);
	json_add(o, "refused", refused);
	if (c->json)
		cli_json(o);
	else if (!c->quiet)
		printf("%" PRId64 " uploaded\n", u->sent);
	if (u->refused_all > 0)
		fprintf(stderr, "darkroom: %" PRId64 " refused: %s\n", u->refused_all, json_text(refused));
	return u->refused_all > 0 ? EXIT_USAGE : EXIT_DONE;
}

int
c_dap_upload(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(upload_release) struct upload u = UPLOAD_INIT;
	int status = 0;

	if (upload_open(&u, c, a, e) == -1)
		return -1;
	for (size_t i = 0; i < a->n_pos && status == 0; i++)
		status = upload_add(&u, a->pos[i], strlen(a->pos[i]), e);
	if (a->n_pos == 0)
		status = upload_stream(&u, e);
	if (status == 0)
		status = upload_flush(&u, e);
	if (status == -1 && u.sent > 0)
		return err_wrap(e, "after %" PRId64 " that were taken", u.sent);
	return status == -1 ? -1 : upload_told(c, &u);
}
