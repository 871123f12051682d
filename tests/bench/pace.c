/*
 * pace: submit jobs of kind system.noop at a steady rate, as a front does: the
 * submit and, behind its commit, the ring, without waiting between the two.
 *
 *	pace DSN RATE SECONDS
 *
 * Prints one line "<job id> <us since the epoch>" a job: when the submit was
 * about to be sent.  A job whose turn has passed while another was under way is
 * sent at once.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SUBMIT	"SELECT core.enqueue(2::smallint, 0, '{}')"
#define RING	"SELECT api.job_ring(2::smallint)"
#define RATE_MAX 10000
#define SECONDS_MAX 3600

struct sent {
	char	id[37];
	long long at_us;
};

static void
die(const char *what, PGconn *pg)
{
	fprintf(stderr, "pace: %s: %s", what, PQerrorMessage(pg));
	exit(111);
}

static long
number(const char *text, long max)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (*end != '\0' || v < 1 || v > max) {
		fprintf(stderr, "pace: %s: a number from 1 to %ld is asked for\n", text, max);
		exit(100);
	}
	return v;
}

static void
prepare(PGconn *pg, const char *name, const char *sql)
{
	PGresult *res = PQprepare(pg, name, sql, 0, NULL);

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		die(name, pg);
	PQclear(res);
}

static void
send_one(PGconn *pg, const char *name)
{
	if (PQsendQueryPrepared(pg, name, 0, NULL, NULL, NULL, 0) == 0 || PQpipelineSync(pg) == 0)
		die(name, pg);
}

/* next_result: waits for it; libpq says NULL between the results of calls. */
static PGresult *
next_result(PGconn *pg)
{
	PGresult *res;

	while ((res = PQgetResult(pg)) == NULL)
		;
	return res;
}

/* submit: one job, and the ring. */
static void
submit(PGconn *pg, struct sent *s)
{
	struct timespec t;
	int syncs = 0;

	clock_gettime(CLOCK_REALTIME, &t);
	s->at_us = t.tv_sec * 1000000LL + t.tv_nsec / 1000;
	send_one(pg, "submit");
	send_one(pg, "ring");
	if (PQflush(pg) == -1)
		die("send", pg);
	while (syncs < 2) {
		PGresult *res = next_result(pg);

		if (PQresultStatus(res) == PGRES_PIPELINE_SYNC)
			syncs++;
		else if (PQresultStatus(res) != PGRES_TUPLES_OK)
			die("answer", pg);
		else if (syncs == 0)
			snprintf(s->id, sizeof(s->id), "%s", PQgetvalue(res, 0, 0));
		PQclear(res);
	}
}

/* until: sleep until at_us of the monotonic clock. */
static void
until(long long at_us)
{
	const struct timespec t = { at_us / 1000000, at_us % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)	/* pause: the pace */
		;
}

int
main(int argc, char **argv)
{
	struct timespec t;
	struct sent *sent;
	long rate, n;
	PGconn *pg;

	if (argc != 4) {
		fputs("usage: pace DSN RATE SECONDS\n", stderr);
		return 100;
	}
	rate = number(argv[2], RATE_MAX);
	n = rate * number(argv[3], SECONDS_MAX);
	sent = calloc((size_t)n, sizeof(*sent));
	pg = PQconnectdb(argv[1]);
	if (sent == NULL || PQstatus(pg) != CONNECTION_OK)
		die("connect", pg);
	prepare(pg, "submit", SUBMIT);
	prepare(pg, "ring", RING);
	if (PQenterPipelineMode(pg) == 0)
		die("pipeline", pg);
	clock_gettime(CLOCK_MONOTONIC, &t);
	for (long i = 0; i < n; i++) {
		until(t.tv_sec * 1000000LL + t.tv_nsec / 1000 + i * 1000000 / rate);
		submit(pg, &sent[i]);
	}
	for (long i = 0; i < n; i++)
		printf("%s %lld\n", sent[i].id, sent[i].at_us);
	PQfinish(pg);
	free(sent);
	return 0;
}
