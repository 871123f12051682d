#include "conn.h"
#include <errno.h>
#include <fastcgi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/fault.h"
#include "../lib/base/log.h"
#include "part.h"
#include "record.h"
#include "resp.h"

#define MANAGE_MAX	512			/* bytes of an FCGI_GET_VALUES we read */
#define OUT_MAX		(4 * CONN_SLICE)	/* bytes waiting for the socket */
#define SLICES_A_TURN	4			/* then other connections get theirs */
#define PULL_MIN	4096			/* least room that resp_pull is given */

enum conn_state {
	CONN_NEW,		/* accepted, nothing asked yet */
	CONN_IDLE,		/* between requests */
	CONN_PARAMS,
	CONN_BODY,
	CONN_RUN,		/* the sink works on it */
	CONN_SEND,
};

struct conn {
	LIST_ENTRY(conn) link;
	struct conn_set *set;
	int	fd;
	struct loop_fd *ev;
	enum conn_state state;
	bool	keep;		/* FCGI_KEEP_CONN of this request */
	bool	in_event;	/* freed when the event is over */
	bool	closed;
	bool	close_after;	/* once out is empty */
	bool	watch_out;	/* EPOLLOUT is asked for */
	bool	ended;		/* FCGI_END_REQUEST is in out */
	struct loop_fd *pipe;	/* the answer waits for its next bytes; NULL: it does not */
	uint16_t id;		/* of the request */
	int64_t	moved_us;	/* last byte in or out */
	struct rec_parser parser;
	struct buf manage;	/* content of a begin or management record */
	struct buf in;		/* params, then body */
	bool	too_large;
	struct buf out;		/* whole records that the socket did not take yet */
	struct resp *rs;
	void	*request;
};

static void
conn_free(struct conn *c)
{
	buf_release(&c->manage);
	buf_release(&c->in);
	buf_release(&c->out);
	free(c);
}

static void
conn_close(struct conn *c)
{
	void *request = STEAL(c->request);

	if (c->closed)
		return;
	c->closed = true;
	loop_fd_del(&c->pipe);
	loop_fd_del(&c->ev);
	close(c->fd);
	LIST_REMOVE(c, link);
	c->set->n--;
	if (request != NULL && c->state == CONN_SEND)
		c->set->sink->sent(request, false);
	else if (request != NULL)
		c->set->sink->gone(request);
	if (!c->in_event)
		conn_free(c);
}

static bool
active(const struct conn *c)
{
	return c->state >= CONN_PARAMS;
}

/* Watch for input always, so that a client that left is noticed. */
static void
watch(struct conn *c, bool output)
{
	struct err e = ERR_INIT;

	if (output == c->watch_out)
		return;
	c->watch_out = output;
	if (loop_fd_mod(c->ev, EPOLLIN | EPOLLRDHUP | (output ? EPOLLOUT : 0), &e) == -1) {
		log_error("conn.failed", F_ERR(&e));
		conn_close(c);
	}
}

/* Bytes go out at once when nothing waits before them; the rest is kept. */
static void
write_out(struct conn *c, const void *p, size_t n)
{
	const char *at = p;
	ssize_t k;

	while (n > 0 && c->out.len == 0) {
		k = send(c->fd, at, n, MSG_NOSIGNAL);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1 && errno != EAGAIN) {
			conn_close(c);
			return;
		}
		if (k == -1)
			break;
		c->moved_us = clock_mono_us();
		at += k;
		n -= (size_t)k;
	}
	buf_add(&c->out, at, n);
	if (c->out.failed)	/* asks without reading the answers */
		conn_close(c);
}

static void
flush_out(struct conn *c)
{
	ssize_t k;

	while (c->out.len > 0) {
		k = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1 && errno == EAGAIN)
			return;
		if (k == -1) {
			conn_close(c);
			return;
		}
		c->moved_us = clock_mono_us();
		buf_drop(&c->out, (size_t)k);
	}
	buf_release(&c->out);
	buf_init(&c->out, OUT_MAX);
}

/* The answer is out: the connection waits for its next request, or ends. */
static void
request_over(struct conn *c)
{
	void *request = STEAL(c->request);

	c->rs = NULL;
	c->ended = false;
	c->state = CONN_IDLE;
	c->set->sink->sent(request, true);
	if (c->close_after)
		conn_close(c);
}

static bool pump_now(struct conn *c);

static void
on_pipe(void *arg, uint32_t events UNUSED)
{
	struct conn *c = arg;

	loop_fd_del(&c->pipe);
	(void)pump_now(c);
}

/* Frame the next records of the answer into out; sets ended with the last.  0: an
 * open answer has no more for now, or a pipe that is watched; -1: it must be cut off. */
static ssize_t
frame_slice(struct conn *c, uint8_t *out, struct err *e)
{
	size_t at = 0, pad;
	ssize_t n = 1;

	while (n > 0 && at + REC_HEADER + PULL_MIN + REC_HEADER + REC_END <= CONN_SLICE) {
		n = resp_pull(c->rs, (char *)out + at + REC_HEADER,
		    CONN_SLICE - at - 3 * REC_HEADER - REC_END, e);
		if (n == -1)
			return -1;
		if (n == 0 || (n == PART_WAITS && at > 0))
			break;
		if (n == PART_WAITS) {
			c->pipe = loop_fd_add(c->set->loop, resp_pipe(c->rs), EPOLLIN, on_pipe, c, e);
			return c->pipe == NULL ? -1 : 0;
		}
		pad = -(size_t)n & 7;
		rec_header(out + at, FCGI_STDOUT, c->id, (uint16_t)n, (uint8_t)pad);
		memset(out + at + REC_HEADER + n, 0, pad);
		at += REC_HEADER + (size_t)n + pad;
	}
	if (n == 0 && !c->rs->open) {
		rec_header(out + at, FCGI_STDOUT, c->id, 0, 0);
		rec_end(out + at + REC_HEADER, c->id, FCGI_REQUEST_COMPLETE);
		at += REC_HEADER + REC_END;
		c->ended = true;
	}
	return (ssize_t)at;
}

static bool
more_to_frame(const struct conn *c)
{
	return c->state == CONN_SEND && c->pipe == NULL && !c->ended && !resp_idle(c->rs);
}

static void
pump(struct conn *c)
{
	static uint8_t slice[CONN_SLICE];
	struct err e = ERR_INIT;
	ssize_t n;

	for (int i = 0; i < SLICES_A_TURN && more_to_frame(c) && c->out.len == 0; i++) {
		n = frame_slice(c, slice, &e);
		if (n == -1) {
			/* Part of the answer is out: only a cut tells the client. */
			log_error("response.failed", F_ERR(&e));
			conn_close(c);
			return;
		}
		write_out(c, slice, (size_t)n);
		FAULT_POINT(CONN_SLICE);
		if (c->closed)
			return;
	}
	if (c->state == CONN_SEND && c->ended && c->out.len == 0)
		request_over(c);
	if (!c->closed)
		watch(c, c->out.len > 0 || more_to_frame(c));
}

/* pump(), after which c may be gone: is the answer still under way? */
static bool
pump_now(struct conn *c)
{
	bool in_event = c->in_event, under_way;

	c->in_event = true;
	pump(c);
	c->in_event = in_event;
	under_way = !c->closed && c->state == CONN_SEND;
	if (c->closed && !in_event)
		conn_free(c);
	return under_way;
}

bool
conn_answer(struct conn *c, struct resp *rs)
{
	c->rs = rs;
	c->state = CONN_SEND;
	c->moved_us = clock_mono_us();
	c->close_after = !c->keep || c->set->draining;
	return pump_now(c);
}

bool
conn_more(struct conn *c)
{
	if (c->out.len == 0)
		c->moved_us = clock_mono_us();	/* it was we who kept it waiting */
	c->close_after = c->close_after || c->set->draining;
	return pump_now(c);
}

bool
conn_pending(const struct conn *c)
{
	return c->out.len > 0 || more_to_frame(c);
}

static void
end_other(struct conn *c, uint16_t id, uint8_t status)
{
	uint8_t end[REC_END];

	rec_end(end, id, status);
	write_out(c, end, sizeof(end));
}

/* FCGI_BEGIN_REQUEST is complete in manage: role (2 bytes), flags. */
static void
begin_request(struct conn *c, uint16_t id)
{
	const uint8_t *b = (const uint8_t *)c->manage.data;

	if (c->manage.len != 8 || id == FCGI_NULL_REQUEST_ID || (active(c) && id == c->id)) {
		conn_close(c);
		return;
	}
	if (active(c)) {
		end_other(c, id, FCGI_CANT_MPX_CONN);
		return;
	}
	c->keep = (b[2] & FCGI_KEEP_CONN) != 0;
	if ((b[0] << 8 | b[1]) != FCGI_RESPONDER) {
		end_other(c, id, FCGI_UNKNOWN_ROLE);
		if (!c->keep && !c->closed)
			conn_close(c);
		return;
	}
	c->id = id;
	c->state = CONN_PARAMS;
	c->too_large = false;
	buf_init(&c->in, CONN_PARAMS_MAX + 1);
}

static void
params_over(struct conn *c)
{
	size_t n = c->in.len, body_max = 0;
	char *params = NULL;

	if (!c->in.failed) {
		buf_addc(&c->in, '\0');	/* so that none at all are memory, too */
		params = STEAL(c->in.data);
	}
	buf_release(&c->in);
	c->state = CONN_BODY;
	c->request = c->set->sink->begin(c->set->arg, c, params, params == NULL ? 0 : n, &body_max);
	buf_init(&c->in, body_max);
}

static void
body_over(struct conn *c)
{
	size_t n = c->in.len;
	char *body = STEAL(c->in.data);

	buf_release(&c->in);
	c->state = CONN_RUN;
	c->set->sink->run(c->request, body, n, c->too_large);
}

static void
take_params(struct conn *c, const struct rec_piece *piece)
{
	if (piece->n > 0)
		buf_add(&c->in, piece->p, piece->n);
	else if (piece->first && piece->last)
		params_over(c);
}

/* Above the cap nothing is kept, but the rest is read: a web server that is
 * still sending would take a close for a failure of ours. */
static void
take_body(struct conn *c, const struct rec_piece *piece)
{
	if (piece->n > 0 && !c->too_large) {
		buf_add(&c->in, piece->p, piece->n);
		if (c->in.failed) {
			c->too_large = true;
			buf_release(&c->in);
		}
	} else if (piece->first && piece->last) {
		body_over(c);
	}
}

static void
abort_request(struct conn *c)
{
	void *request;

	if (c->state == CONN_SEND) {
		conn_close(c);
		return;
	}
	request = STEAL(c->request);
	c->state = CONN_IDLE;
	buf_release(&c->in);
	if (request != NULL)
		c->set->sink->gone(request);
	end_other(c, c->id, FCGI_REQUEST_COMPLETE);
	if (!c->keep && !c->closed)
		conn_close(c);
}

/* Record id 0: about the connection.  Longer than we read: answered as far as read. */
static void
manage(struct conn *c, uint8_t type)
{
	uint8_t unknown[REC_END];
	struct buf reply = BUF_INIT_MAX(MANAGE_MAX);

	if (type == FCGI_GET_VALUES) {
		rec_values(&reply, (const uint8_t *)c->manage.data, c->manage.len, (unsigned)c->set->max);
		write_out(c, reply.data, reply.len);
	} else {
		rec_unknown(unknown, type);
		write_out(c, unknown, sizeof(unknown));
	}
	buf_release(&reply);
}

/* Small records that are looked at when complete. */
static void
take_small(struct conn *c, const struct rec_piece *piece)
{
	if (piece->first)
		buf_reset(&c->manage);
	if (piece->n <= MANAGE_MAX - c->manage.len)
		buf_add(&c->manage, piece->p, piece->n);
	if (!piece->last)
		return;
	if (piece->type == FCGI_BEGIN_REQUEST)
		begin_request(c, piece->id);
	else
		manage(c, piece->type);
	buf_release(&c->manage);
	buf_init(&c->manage, MANAGE_MAX);
}

static void
take_piece(struct conn *c, const struct rec_piece *piece)
{
	if (piece->type == FCGI_BEGIN_REQUEST || piece->id == FCGI_NULL_REQUEST_ID)
		take_small(c, piece);
	else if (!active(c) || piece->id != c->id)
		;	/* the rest of a request that is over: ignored, as FastCGI 1.0 section 3.3 asks */
	else if (piece->type == FCGI_PARAMS && c->state == CONN_PARAMS)
		take_params(c, piece);
	else if (piece->type == FCGI_STDIN && c->state == CONN_BODY)
		take_body(c, piece);
	else if (piece->type == FCGI_ABORT_REQUEST && piece->last)
		abort_request(c);
	else if (piece->type != FCGI_DATA && piece->type != FCGI_ABORT_REQUEST)
		conn_close(c);	/* out of order: the stream means nothing any more */
}

static void
take_input(struct conn *c)
{
	static uint8_t slice[CONN_SLICE];
	struct rec_piece piece;
	const uint8_t *p = slice;
	ssize_t k = recv(c->fd, slice, sizeof(slice), 0);
	size_t n;
	int rc = 0;

	if (k == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (k <= 0) {
		conn_close(c);
		return;
	}
	c->moved_us = clock_mono_us();
	n = (size_t)k;
	while (!c->closed && (rc = rec_next(&c->parser, &p, &n, &piece)) == 1)
		take_piece(c, &piece);
	if (rc == -1 && !c->closed)
		conn_close(c);
}

static void
on_event(void *arg, uint32_t events)
{
	struct conn *c = arg;

	c->in_event = true;
	if (events & EPOLLOUT)
		flush_out(c);
	if (!c->closed && (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)))
		take_input(c);
	if (!c->closed)
		pump(c);
	c->in_event = false;
	if (c->closed)
		conn_free(c);
}

int
conn_open(struct conn_set *set, int fd, struct err *e)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->ev = loop_fd_add(set->loop, fd, EPOLLIN | EPOLLRDHUP, on_event, c, e);
	if (c->ev == NULL) {
		close(fd);
		free(c);
		return -1;
	}
	c->set = set;
	c->fd = fd;
	c->moved_us = clock_mono_us();
	buf_init(&c->manage, MANAGE_MAX);
	buf_init(&c->out, OUT_MAX);
	LIST_INSERT_HEAD(&set->list, c, link);
	set->n++;
	return 0;
}

/* Who has to move, and has it? */
static bool
stalled(const struct conn *c, int64_t now, int64_t read_ms, int64_t write_ms)
{
	int64_t still_ms = (now - c->moved_us) / 1000;

	switch (c->state) {
	case CONN_NEW:
	case CONN_PARAMS:
	case CONN_BODY:
		return still_ms > read_ms;
	case CONN_SEND:
		return conn_pending(c) && still_ms > write_ms;
	default:
		return false;
	}
}

void
conn_sweep(struct conn_set *set, int64_t read_ms, int64_t write_ms)
{
	int64_t now = clock_mono_us();
	struct conn *c, *next;

	for (c = LIST_FIRST(&set->list); c != NULL; c = next) {
		next = LIST_NEXT(c, link);
		if (stalled(c, now, read_ms, write_ms))
			conn_close(c);
	}
}

void
conn_drain(struct conn_set *set)
{
	struct conn *c, *next;

	set->draining = true;
	for (c = LIST_FIRST(&set->list); c != NULL; c = next) {
		next = LIST_NEXT(c, link);
		c->close_after = true;
		if (!active(c))
			conn_close(c);
	}
}

void
conn_close_all(struct conn_set *set)
{
	while (!LIST_EMPTY(&set->list))
		conn_close(LIST_FIRST(&set->list));
}
