/*
 * drain: take jobs from a queue and finish them at once, as fast as one small
 * client can: what a queue costs without the work.
 *
 *	drain DSN WORKER LANE BATCH CONNECTIONS
 *
 * Each connection has one api.job_turn under way, which finishes its last batch
 * (all completed, nothing to keep) and claims the next; it ends when a turn brings
 * nothing.  Ids and tokens travel in binary.  Prints
 * {"jobs":N,"seconds":S,"turns":T}.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"

#define CONNS_MAX	16
#define BATCH_MAX	1000
#define UUID_OID	2950
#define UUID_LEN	16
#define TURN		"SELECT id, token FROM api.job_turn($1, $2, $3, $4, NULL, $5, -1) WHERE what = 'claim'"

struct drain {
	const char *worker, *lane, *batch;
	long	jobs, turns;
};
struct lane_conn {
	struct drain *d;
	PGconn	*pg;
	struct buf ids, tokens;		/* uuid[] in binary */
};

static void
die(const char *what, PGconn *pg)
{
	fprintf(stderr, "drain: %s: %s", what, pg != NULL ? PQerrorMessage(pg) : "\n");
	exit(111);
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* send_turn: finish what c holds, claim a batch. */
static void
send_turn(struct lane_conn *c)
{
	struct drain *d = c->d;
	const char *args[] = { d->worker, d->lane, c->ids.data, c->tokens.data, d->batch };
	const int lens[] = { 0, 0, (int)c->ids.len, (int)c->tokens.len, 0 };
	const int binary[] = { 0, 0, 1, 1, 0 };

	d->turns++;
	if (PQsendQueryPrepared(c->pg, "turn", 5, args, lens, binary, 1) == 0)
		die("send", c->pg);
}

static void
add_int(struct buf *b, int v)
{
	uint32_t be = htonl((uint32_t)v);

	buf_add(b, &be, sizeof(be));
}

/* list: column of an answer as an array that the next turn sends back. */
static void
list(struct buf *b, const PGresult *res, int column)
{
	int n = res == NULL ? 0 : PQntuples(res);

	buf_reset(b);
	add_int(b, n > 0);		/* dimensions */
	add_int(b, 0);			/* no NULLs */
	add_int(b, UUID_OID);
	if (n == 0)
		return;
	add_int(b, n);
	add_int(b, 1);			/* first subscript */
	for (int i = 0; i < n; i++) {
		add_int(b, UUID_LEN);
		buf_add(b, PQgetvalue(res, i, column), UUID_LEN);
	}
}

/* hold: keep the jobs of an answer for the next turn; their number. */
static int
hold(struct lane_conn *c, const PGresult *res)
{
	list(&c->ids, res, 0);
	list(&c->tokens, res, 1);
	return res == NULL ? 0 : PQntuples(res);
}

/* answered: false when the lane is empty for this connection. */
static bool
answered(struct lane_conn *c)
{
	PGresult *res;
	int n = 0;

	if (PQconsumeInput(c->pg) == 0)
		die("read", c->pg);
	if (PQisBusy(c->pg))
		return true;
	while ((res = PQgetResult(c->pg)) != NULL) {
		if (PQresultStatus(res) != PGRES_TUPLES_OK)
			die("turn", c->pg);
		n += hold(c, res);
		PQclear(res);
	}
	c->d->jobs += n;
	if (n > 0)
		send_turn(c);
	return n > 0;
}

static void
open_conn(struct lane_conn *c, struct drain *d, const char *dsn)
{
	*c = (struct lane_conn){ .d = d, .ids = BUF_INIT_MAX(1 << 20), .tokens = BUF_INIT_MAX(1 << 20) };
	c->pg = PQconnectdb(dsn);
	if (PQstatus(c->pg) != CONNECTION_OK)
		die("connect", c->pg);
	PQclear(PQprepare(c->pg, "turn", TURN, 0, NULL));
	hold(c, NULL);
}

static void
close_conn(struct lane_conn *c)
{
	PQfinish(c->pg);
	buf_release(&c->ids);
	buf_release(&c->tokens);
}

int
main(int argc, char **argv)
{
	struct lane_conn conns[CONNS_MAX];
	struct pollfd fds[CONNS_MAX];
	struct drain d = { 0 };
	double began;
	int n, open;

	if (argc != 6 || (n = (int)strtol(argv[5], NULL, 10)) < 1 || n > CONNS_MAX ||
	    strtol(argv[4], NULL, 10) > BATCH_MAX) {
		fputs("usage: drain DSN WORKER LANE BATCH CONNECTIONS\n", stderr);
		return 100;
	}
	d.worker = argv[2];
	d.lane = argv[3];
	d.batch = argv[4];
	for (int i = 0; i < n; i++) {
		open_conn(&conns[i], &d, argv[1]);
		fds[i] = (struct pollfd){ .fd = PQsocket(conns[i].pg), .events = POLLIN };
	}
	began = now_s();
	for (int i = 0; i < n; i++)
		send_turn(&conns[i]);
	for (open = n; open > 0;) {
		if (poll(fds, (nfds_t)n, -1) == -1 && errno != EINTR)
			die("poll", NULL);
		for (int i = 0; i < n; i++)
			if (fds[i].fd >= 0 && fds[i].revents != 0 && !answered(&conns[i])) {
				fds[i].fd = -1;
				open--;
			}
	}
	printf("{\"jobs\":%ld,\"seconds\":%.6f,\"turns\":%ld}\n", d.jobs, now_s() - began, d.turns);
	for (int i = 0; i < n; i++)
		close_conn(&conns[i]);
	return 0;
}
