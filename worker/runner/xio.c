#include "xio.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/json.h"

#define DEADLINE_MAX_MS	(INT64_C(30) * 86400 * 1000)

void
xio_begin(struct xio *io, const char *id, int64_t timeout_ms)
{
	io->job_id = id;
	io->started = false;
	io->deadline_us = clock_mono_us() + timeout_ms * 1000;
}

void
xio_end(struct xio *io)
{
	io->job_id = NULL;
}

int
xio_send(struct xio *io, struct json_object *o, struct err *e)
{
	CLEANUP(json_put) struct json_object *held = o;

	if (frame_add(&io->frames, held, e) == -1)
		return -1;
	return frame_flush(&io->frames, e) == -1 ? -1 : 0;
}

int
xio_started(struct xio *io, struct err *e)
{
	struct json_object *o = frame_new("started");

	io->started = true;
	json_add_str(o, "id", io->job_id);
	return xio_send(io, o, e);
}

int
xio_frame(struct xio *io, int timeout_ms, struct json_object **out, struct err *e)
{
	struct pollfd p = { .fd = io->frames.fd, .events = POLLIN };
	int rc;

	for (;;) {
		rc = frame_next(&io->frames, out, e);
		if (rc != 0)
			return rc;
		if (io->frames.eof) {
			io->quit = true;
			return 0;
		}
		rc = poll(&p, 1, timeout_ms);
		if (rc == 0)
			return 0;
		if (rc == -1 && errno != EINTR)
			return err_sys(e, "poll");
		if (rc == 1 && frame_read(&io->frames, e) == -1)
			return -1;
	}
}

/* on_frame: what workerd says while a job runs.  0, or -1 with ERR_CANCELLED. */
static int
on_frame(struct xio *io, struct json_object *o, struct err *e)
{
	const char *t = frame_type(o);
	struct err ignored = ERR_INIT;
	int64_t ms;

	if (strcmp(t, "kill") == 0)
		return err_set(e, ERR_CANCELLED, "killed by its worker");
	if (strcmp(t, "quit") == 0) {
		io->quit = true;
		return err_set(e, ERR_CANCELLED, "told to quit");
	}
	if (strcmp(t, "deadline") == 0 &&
	    json_get_i64(o, "ms", 0, DEADLINE_MAX_MS, &ms, &ignored) == 0)
		io->deadline_us = clock_mono_us() + ms * 1000;
	if (strcmp(t, "ping") == 0)
		return xio_send(io, frame_new("pong"), e);
	return 0;
}

int
xio_wait(struct xio *io, int64_t ms, struct err *e)
{
	int64_t until = clock_mono_us() + ms * 1000;

	for (;;) {
		CLEANUP(json_put) struct json_object *o = NULL;
		int64_t now = clock_mono_us();
		int64_t next = until < io->deadline_us ? until : io->deadline_us;
		int wait_ms = next > now ? (int)((next - now + 999) / 1000) : 0;

		if (xio_frame(io, wait_ms, &o, e) == -1)
			return -1;
		if (io->quit)
			return err_set(e, ERR_CANCELLED, "worker gone");
		if (o != NULL && on_frame(io, o, e) == -1)
			return -1;
		now = clock_mono_us();
		if (now >= io->deadline_us)
			return err_set(e, ERR_TIMEOUT, "deadline passed");
		if (o == NULL && now >= until)
			return 0;
	}
}
