#include "follow.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "frames.h"

#define FAILURES_MAX	10	/* connections without an event, one after the other */
#define PAUSE_MS	1000
#define LOG_WAIT_S	20
#define BEAT_S		30	/* the node says something more often */

struct following {
	struct cli *c;
	struct frames frames;
	job_seen *seen;
	char	*status;
	bool	ended, moved;
	struct err why;		/* of a stop of ours */
};

static void
pause_a_while(void)
{
	struct timespec ts = { .tv_sec = PAUSE_MS / 1000 };

	while (nanosleep(&ts, &ts) == -1)
		;
}

static int
on_frame(void *arg, const struct frame_seen *f, struct err *e)
{
	CLEANUP(json_put) struct json_object *data = NULL;
	struct following *w = arg;
	const char *status = "";

	w->moved = true;
	if (json_parse(&data, f->data, strlen(f->data), e) == -1)
		return api_odd(e);
	if (strcmp(f->event, "phase") == 0)
		return w->seen(w->c, data, e);
	if (strcmp(f->event, "end") != 0)
		return 0;
	if (json_get_str(data, "status", 1, 15, &status, e) == -1)
		return api_odd(e);
	snprintf(w->status, 16, "%s", status);
	w->ended = true;
	return 0;
}

static int
on_bytes(void *arg, const char *p, size_t n)
{
	struct following *w = arg;

	return frames_take(&w->frames, p, n, &w->why);
}

static void
release(struct following *w)
{
	frames_release(&w->frames);
}

int
follow(struct cli *c, const char *target, job_seen *seen, char status[16], struct err *e)
{
	CLEANUP(release) struct following w = { .c = c, .seen = seen, .status = status, .why = ERR_INIT };
	int failures = 0;

	frames_init(&w.frames, on_frame, &w);
	for (;;) {
		CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
		struct api_req q = API_REQ_INIT;
		struct err broken = ERR_INIT;

		q.method = "GET";
		q.target = target;
		q.once = true;
		q.wait_s = BEAT_S;
		q.last_event_id = w.frames.last[0] != '\0' ? w.frames.last : NULL;
		q.take = on_bytes;
		q.take_arg = &w;
		w.moved = false;
		if (api_send(&c->api, &q, &ans, &broken) == -1 && w.why.code == ERR_NONE && !w.ended &&
		    broken.code != ERR_BACKPRESSURE && broken.code != ERR_TIMEOUT && broken.code != ERR_RATE_LIMITED) {
			*e = broken;
			return -1;
		}
		if (w.why.code != ERR_NONE) {
			*e = w.why;
			return -1;
		}
		if (w.ended)
			return 0;
		failures = w.moved ? 0 : failures + 1;
		if (failures > FAILURES_MAX)
			return err_set(e, ERR_BACKPRESSURE, "the node's events do not arrive: %s",
			    broken.code != ERR_NONE ? broken.msg : "each connection ends at once");
		frames_cut(&w.frames);
		pause_a_while();
	}
}

static int
print_piece(const struct http_answer *ans, struct err *e)
{
	const char *p = ans->body.data != NULL ? ans->body.data : "";

	if (fwrite(p, 1, ans->body.len, stdout) != ans->body.len || fflush(stdout) == EOF)
		return err_sys(e, "cannot write to standard output");
	return 0;
}

int
follow_log(struct cli *c, const char *id, const char *stream, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	int64_t at = 0;
	int run = 0;

	target_path(&t, "/api/v1/privacy/results/%/logs", id);
	target_query(&t, "stream", stream);
	target_query(&t, "wait", "20");
	for (;;) {
		CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
		struct api_req q = API_REQ_INIT;
		struct err why = ERR_INIT;

		q.method = "GET";
		q.target = t.data;
		q.wait_s = LOG_WAIT_S;
		q.range_from = at;
		if (api_send(&c->api, &q, &ans, &why) == -1) {
			if (why.code == ERR_BAD_RANGE)
				return 0;	/* kept, and we have it all */
			*e = why;
			return -1;
		}
		if (ans.log_run > 0 && ans.log_run != run) {
			if (at > 0)
				fprintf(stderr, "darkroom: run %d begins\n", ans.log_run);
			if (run > 0 && at > 0) {
				run = ans.log_run;
				at = 0;
				continue;
			}
			run = ans.log_run;
		}
		if (print_piece(&ans, e) == -1)
			return -1;
		at += (int64_t)ans.body.len;
		if (ans.log_run == -1)
			return 0;
	}
}
