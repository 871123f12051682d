#include "xio.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/json.h"

#define DEADLINE_MAX_MS	(INT64_C(30) * 86400 * 1000)
#define LOOK_US		1000	/* between two looks at the socket */
#define UNSAID_US	1000	/* an answer waits for others */

void
xio_init(struct xio *io, int fd)
{
	*io = (struct xio){ .quit = false };
	STAILQ_INIT(&io->later);
	frame_init(&io->frames, fd);
}

void
xio_release(struct xio *io)
{
	struct xio_body *b;

	while ((b = STAILQ_FIRST(&io->later)) != NULL) {
		STAILQ_REMOVE_HEAD(&io->later, link);
		free(b);
	}
	free(io->held);
	json_put(&io->result);
	frame_release(&io->frames);
}

void
xio_begin(struct xio *io, const char *id, int64_t timeout_ms, int64_t now_us)
{
	io->job_id = id;
	io->started = false;
	io->looked_us = now_us;
	io->deadline_us = now_us + timeout_ms * 1000;
}

void
xio_end(struct xio *io)
{
	io->job_id = NULL;
}

void
xio_result(struct xio *io, struct json_object *o)
{
	json_put(&io->result);
	io->result = o;
}

/* ---- saying ------------------------------------------------------------- */

static int
flush(struct xio *io, struct err *e)
{
	io->unsaid_us = 0;
	return frame_flush(&io->frames, e) == -1 ? -1 : 0;
}

int
xio_send(struct xio *io, struct json_object *o, struct err *e)
{
	CLEANUP(json_put) struct json_object *held = o;

	if (frame_add(&io->frames, held, e) == -1)
		return -1;
	return flush(io, e);
}

int
xio_done(struct xio *io, const struct plain_done *d, int64_t now_us, struct err *e)
{
	if (plain_done_add(&io->frames, d, e) == -1)
		return -1;
	if (io->unsaid_us == 0)
		io->unsaid_us = now_us;
	return now_us - io->unsaid_us >= UNSAID_US ? flush(io, e) : 0;
}

/* ---- hearing ------------------------------------------------------------ */

/* stream_next: the next frame of the stream: 1, 0 after timeout_ms (-1: never)
 * or at its end (io->quit), -1. */
static int
stream_next(struct xio *io, int timeout_ms, const char **body, size_t *len, struct err *e)
{
	struct pollfd p = { .fd = io->frames.fd, .events = POLLIN };
	int rc;

	for (;;) {
		rc = frame_body(&io->frames, body, len, e);
		if (rc != 0)
			return rc;
		if (io->frames.eof) {
			io->quit = true;
			return 0;
		}
		if (io->unsaid_us != 0 && flush(io, e) == -1)
			return -1;
		rc = timeout_ms == -1 ? 1 : poll(&p, 1, timeout_ms);
		if (rc == 0)
			return 0;
		if (rc == -1 && errno != EINTR)
			return err_sys(e, "poll");
		if (rc == 1 && frame_read(&io->frames, e) == -1)
			return -1;
	}
}

int
xio_next(struct xio *io, const char **body, size_t *len, struct err *e)
{
	free(STEAL(io->held));
	io->held = STAILQ_FIRST(&io->later);
	if (io->held == NULL)
		return stream_next(io, -1, body, len, e);
	STAILQ_REMOVE_HEAD(&io->later, link);
	io->later_bytes -= io->held->len;
	*body = io->held->bytes;
	*len = io->held->len;
	return 1;
}

/* keep: a job came while another one runs. */
static int
keep(struct xio *io, const char *body, size_t len, struct err *e)
{
	struct xio_body *b;

	if (len > FRAME_OUT_MAX - io->later_bytes)
		return err_set(e, ERR_PROTO, "over %u bytes of jobs", FRAME_OUT_MAX);
	b = malloc(sizeof(*b) + len);
	if (b == NULL)
		abort();
	b->len = len;
	memcpy(b->bytes, body, len);
	STAILQ_INSERT_TAIL(&io->later, b, link);
	io->later_bytes += len;
	return 0;
}

static bool
about_us(const struct xio *io, struct json_object *o)
{
	struct err ignored = ERR_INIT;
	const char *id;

	return json_get_str(o, "id", 1, 64, &id, &ignored) == 0 && strcmp(id, io->job_id) == 0;
}

/* on_word: what workerd says while a job runs.  0, or -1 with ERR_CANCELLED. */
static int
on_word(struct xio *io, struct json_object *o, struct err *e)
{
	const char *t = frame_type(o);
	struct err ignored = ERR_INIT;
	int64_t ms;

	if (strcmp(t, "quit") == 0) {
		io->quit = true;
		return err_set(e, ERR_CANCELLED, "told to quit");
	}
	if (strcmp(t, "ping") == 0)
		return xio_send(io, frame_new("pong"), e);
	if (!about_us(io, o))
		return 0;
	if (strcmp(t, "kill") == 0)
		return err_set(e, ERR_CANCELLED, "killed by its worker");
	if (strcmp(t, "deadline") == 0 &&
	    json_get_i64(o, "ms", 0, DEADLINE_MAX_MS, &ms, &ignored) == 0)
		io->deadline_us = clock_mono_us() + ms * 1000;
	return 0;
}

/* heed: one frame, waited for at most wait_ms.  1 when there was one, 0, or -1. */
static int
heed(struct xio *io, int wait_ms, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	const char *body;
	size_t len;
	int rc = stream_next(io, wait_ms, &body, &len, e);

	if (rc == -1)
		return -1;
	if (io->quit)
		return err_set(e, ERR_CANCELLED, "worker gone");
	if (rc == 0)
		return 0;
	if (plain_is_record(body))
		return keep(io, body, len, e) == -1 ? -1 : 1;
	if (frame_parse(&o, body, len, e) == -1 || on_word(io, o, e) == -1)
		return -1;
	return 1;
}

int
xio_wait(struct xio *io, int64_t ms, struct err *e)
{
	int64_t now = clock_mono_us(), until = now + ms * 1000;

	for (;;) {
		int64_t next = until < io->deadline_us ? until : io->deadline_us;
		int rc = 0;

		if (ms > 0 || now - io->looked_us >= LOOK_US) {
			rc = heed(io, next > now ? (int)((next - now + 999) / 1000) : 0, e);
			if (rc == -1)
				return -1;
			now = clock_mono_us();
			io->looked_us = now;
		}
		if (now >= io->deadline_us)
			return err_set(e, ERR_TIMEOUT, "deadline passed");
		if (rc == 0 && now >= until)
			return 0;
	}
}
