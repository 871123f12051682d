#ifndef FCGI_CONN_H
#define FCGI_CONN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../lib/base/err.h"
#include "../lib/proc/loop.h"
/*
 * FastCGI connections: one request at a time on each (FCGI_CANT_MPX_CONN for
 * others), kept open between requests when the web server asks for it.  What
 * a request means is the sink's business.  A connection that waits for its
 * answer holds no buffers.
 */
#define CONN_PARAMS_MAX	(32u << 10)	/* bytes of FCGI_PARAMS of one request */
#define CONN_SLICE	(64u << 10)	/* bytes read or framed at a time */

struct conn;
struct resp;
struct conn_sink {
	/* begin: the parameters are here.  Takes params (malloc'd; NULL: they
	 * passed CONN_PARAMS_MAX); sets how much body to keep; returns the
	 * request, never NULL. */
	void *(*begin)(void *arg, struct conn *c, char *params, size_t n, size_t *body_max);
	/* run: the body is complete.  Takes body (malloc'd or NULL); too_large:
	 * it passed body_max and was dropped.  Leads to conn_answer(), now or later. */
	void (*run)(void *request, char *body, size_t n, bool too_large);
	/* gone: the client left before conn_answer(); the request is the sink's to free. */
	void (*gone)(void *request);
	/* sent: the answer left (whole), or did not; the request is the sink's to free. */
	void (*sent)(void *request, bool whole);
};

LIST_HEAD(conn_list, conn);
struct conn_set {
	struct loop *loop;
	const struct conn_sink *sink;
	void	*arg;			/* of sink->begin */
	struct conn_list list;
	size_t	n, max;			/* connections */
	bool	draining;		/* close each one after its answer */
};
/* conn_open(set, fd, e): take over an accepted non-blocking socket.  Returns 0,
 * or -1 (fd is closed). */
int conn_open(struct conn_set *set, int fd, struct err *e);
/* conn_answer(c, rs): send the sealed answer (borrowed until sent()).  false: it is
 * over, the request was told by sent(). */
bool conn_answer(struct conn *c, struct resp *rs);
/* conn_more(c): parts were added to the open answer, or it is open no more; returns as conn_answer(). */
bool conn_more(struct conn *c);
/* conn_pending(c): the client has not taken all that there is of its answer. */
bool conn_pending(const struct conn *c);
/* conn_sweep(set, read_ms, write_ms): close connections that owe us the rest of
 * a request for read_ms, or do not take their answer for write_ms. */
void conn_sweep(struct conn_set *set, int64_t read_ms, int64_t write_ms);
/* conn_drain(set): no further requests; idle connections are closed now. */
void conn_drain(struct conn_set *set);
/* conn_close_all(set): end everything; requests are told they are gone. */
void conn_close_all(struct conn_set *set);
#endif
