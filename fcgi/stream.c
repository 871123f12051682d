#include "stream.h"
#include <stdlib.h>
#include <string.h>
#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/conf.h"
#include "../lib/base/json.h"
#include "../lib/base/log.h"
#include "../lib/base/uuid.h"
#include "exch.h"
#include "facts.h"
#include "finish.h"
#include "park.h"
#include "sse.h"

#define PAGE_MAX	(16u << 20)	/* bytes of one look's events */
#define SLOW_US		10000000	/* a client that takes nothing is ended after this */
#define AGAIN_US	1000000		/* after a look that failed */
#define HELD_US		200000		/* rows are there, an older transaction runs */
#define FOLLOW_US	1000000		/* a follower's look without a notice: submits send none */
#define FOLLOW_SHARE_US	5000		/* of many, as other waiters */

struct stream {
	char	*args;		/* of the call, as begin made them */
	int64_t	beat_us;	/* a comment is due */
	int64_t	blocked_us;	/* the client has not taken all since then; 0: it has */
};

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	free(s->args);
	free(s);
}

static void
beat_later(struct exch *x)
{
	x->stream->beat_us = clock_mono_us() + conf_i64(x->front->conf, "stream_beat_ms") * 1000;
}

/* {…args…,"after":"PLACE"}: the next look goes on there. */
static int
place_set(struct exch *x, struct json_object *extra, struct err *e)
{
	const char *args = x->stream->args, *after;
	char *next = NULL;

	if (json_get_str(extra, "after", 1, SSE_PLACE_MAX, &after, e) == -1 || (!sse_place(after) && !sse_mark(after)))
		return err_set(e, ERR_PROTO, "the place of an event stream is malformed");
	if (asprintf(&next, "%.*s,\"after\":\"%s\"}", (int)strlen(args) - 1, args, after) == -1)
		abort();
	free(x->args);
	x->args = next;
	return 0;
}

static bool
flag(struct json_object *extra, const char *key)
{
	struct json_object *v = NULL;

	return json_object_object_get_ex(extra, key, &v) && json_object_get_boolean(v);
}

/* What is sent goes out from here: x may be gone afterwards, then false. */
static bool
send_out(struct exch *x, const struct buf *out, bool opens)
{
	resp_part_mem(&x->rs, out->data, out->len);
	beat_later(x);
	if (!opens)
		return conn_more(x->conn);
	finish_headers(x);
	return conn_answer(x->conn, &x->rs);
}

static void
finish(struct exch *x)
{
	park_remove(x->front->park, x);
	x->stage = EXCH_SEND;
	x->rs.open = false;
}

/* The next look without a notice. */
static void
park(struct exch *x, struct json_object *extra)
{
	int64_t share_us = (int64_t)park_count(x->front->park) * FOLLOW_SHARE_US;
	int64_t follow_us = share_us > FOLLOW_US ? share_us : FOLLOW_US, now = clock_mono_us();

	x->stage = EXCH_PARKED;
	park_add(x->front->park, x);
	if (flag(extra, "held"))
		x->look_us = now + HELD_US;
	else if (flag(extra, "follow") && x->look_us > now + follow_us)
		x->look_us = now + follow_us;
}

static int
start(struct exch *x, const struct facts *f, struct err *e)
{
	if (park_full(x->front->park))
		return err_set(e, ERR_BACKPRESSURE, "too many requests wait");
	x->stream = calloc(1, sizeof(*x->stream));
	if (x->stream == NULL)
		abort();
	x->stream->args = strdup(x->args);
	if (x->stream->args == NULL)
		abort();
	x->deadline_us = x->started_us + conf_i64(x->front->conf, "stream_max_ms") * 1000;
	resp_status(&x->rs, 200);
	resp_header(&x->rs, "Content-Type", "text/event-stream");
	resp_header(&x->rs, "X-Accel-Buffering", "no");
	finish_facts(x, f);
	x->rs.open = strcmp(x->rq.method, "HEAD") != 0;
	return 0;
}

int
stream_take(struct exch *x, const struct facts *f, const char *body, struct err *e)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT_MAX(PAGE_MAX);
	bool opens = x->stream == NULL, more = flag(f->extra, "more"), end;

	if (opens && start(x, f, e) == -1)
		return -1;
	if (opens)
		sse_retry(&out);
	if (sse_events(&out, body, e) == -1 || place_set(x, f->extra, e) == -1)
		return -1;
	end = f->wait_id == NULL || uuid_parse(x->wait_id, f->wait_id) == -1;
	if (!end && (x->last || x->front->draining))
		sse_comment(&out, "come again with Last-Event-ID");
	if (out.failed)
		return err_set(e, ERR_PROTO, "the events of one look are too long");
	if (end || x->last || x->front->draining || !x->rs.open)
		finish(x);
	else
		park(x, f->extra);
	if (out.len == 0 && !opens && x->rs.open)
		return 0;
	if (send_out(x, &out, opens) && more && x->stage == EXCH_PARKED)
		exch_look(x, false);
	return 0;
}

bool
stream_ready(struct exch *x, bool last)
{
	struct stream *s = x->stream;

	if (!conn_pending(x->conn)) {
		s->blocked_us = 0;
		return true;
	}
	if (s->blocked_us == 0)
		s->blocked_us = clock_mono_us();
	x->dirty = true;
	if (last || clock_mono_us() - s->blocked_us > SLOW_US)
		stream_stop(x, "too slow, come again with Last-Event-ID");
	return false;
}

void
stream_fail(struct exch *x, const struct err *e)
{
	if (e->code != ERR_DB_DOWN && e->code != ERR_CANCELLED && e->code != ERR_BACKPRESSURE)
		finish_log_failure(x, e);
	if (x->last || x->front->draining) {
		stream_stop(x, "come again with Last-Event-ID");
		return;
	}
	x->stage = EXCH_PARKED;
	x->look_us = clock_mono_us() + AGAIN_US;
}

void
stream_stop(struct exch *x, const char *why)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;

	finish(x);
	sse_comment(&out, why);
	send_out(x, &out, false);
}

void
stream_tick(struct exch *x, int64_t now_us)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;

	if (now_us < x->stream->beat_us || conn_pending(x->conn))
		return;
	sse_comment(&out, "");
	send_out(x, &out, false);
}
