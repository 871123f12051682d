/*
 * A whole FastCGI connection: whatever comes in and however it is cut, the sink
 * is told in order (begin, then run or gone, then sent), nothing leaks, and the
 * connection ends with its stream.  The first byte draws the cuts; 0: none.
 * Reaches: fcgi/conn.c fcgi/record.c
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../../fcgi/conn.h"
#include "../../fcgi/resp.h"

#define INPUT_MAX	(64u << 10)	/* what a socket takes at once */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct request {
	struct conn *conn;
	struct resp rs;
	enum { BEGUN, RUN } stage;
};
static struct conn_set set;
static size_t live;
static struct {			/* what is still to be sent */
	const uint8_t *p;
	size_t	n;
	uint32_t cuts;		/* state of a small generator; 0: all at once */
	int	fd;
} rest;

static void *
on_begin(void *arg, struct conn *c, char *params, size_t n, size_t *body_max)
{
	struct request *r = calloc(1, sizeof(*r));

	(void)arg;
	if (r == NULL)
		abort();
	r->conn = c;
	resp_init(&r->rs);
	*body_max = n % 64;
	free(params);
	live++;
	return r;
}

static void
on_run(void *request, char *body, size_t n, bool too_large)
{
	struct request *r = request;

	if (r->stage != BEGUN || (too_large && n > 0))
		abort();
	r->stage = RUN;
	free(body);
	resp_text(&r->rs, "text/plain", "ok", 2);
	resp_seal(&r->rs, false);
	if (n % 2 == 0)		/* the others are still at work when the stream ends */
		conn_answer(r->conn, &r->rs);
}

static void
end(void *request)
{
	struct request *r = request;

	resp_release(&r->rs);
	free(r);
	live--;
}

static void
on_sent(void *request, bool whole)
{
	(void)whole;
	if (((struct request *)request)->stage != RUN)
		abort();
	end(request);
}

static const struct conn_sink sink = { .begin = on_begin, .run = on_run, .gone = end, .sent = on_sent };

/* Records arrive in pieces of 1 to 32 bytes, or of all that a socket takes. */
static void
send_piece(void)
{
	size_t n = rest.n < INPUT_MAX ? rest.n : INPUT_MAX;

	if (rest.cuts != 0) {
		rest.cuts = rest.cuts * 1664525 + 1013904223;
		n = rest.cuts >> 27 < n ? (rest.cuts >> 27) + 1 : n;
	}
	if (n > rest.n)
		n = rest.n;
	if (n > 0 && send(rest.fd, rest.p, n, MSG_NOSIGNAL) == -1 && errno != EAGAIN && errno != EPIPE)
		abort();
	rest.p += n;
	rest.n -= n;
	if (rest.n == 0)
		shutdown(rest.fd, SHUT_WR);
}

static void
before_wait(void *arg)
{
	if (set.n == 0)
		loop_stop(arg);
	else if (rest.fd != -1)
		send_piece();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	int pair[2];

	if (set.loop == NULL) {
		if (loop_new(&set.loop, &e) == -1)
			abort();
		loop_before_wait(set.loop, before_wait, set.loop);
		set.sink = &sink;
		set.max = 8;
		LIST_INIT(&set.list);
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == -1)
		abort();
	rest.p = data + (size > 0);
	rest.n = size - (size > 0);
	rest.cuts = size > 0 && data[0] != 0 ? data[0] * 2654435761u : 0;
	rest.fd = pair[0];
	if (conn_open(&set, pair[1], &e) == -1 || loop_run(set.loop, &e) == -1 || live != 0)
		abort();
	close(pair[0]);
	return 0;
}
