#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/log.h"
#include "worker.h"

#define EVERY_MS	1000
#define ASKED_US	30000000
#define PIECE_MAX	65536	/* bytes; api.log_push */
#define STREAMS		3	/* out/0 .. out/2: stdout, stderr, both */

static bool
is_read(const struct job *j)
{
	return (j->state == JOB_RUNNING || j->state == JOB_COLLECTING) && j->dir_fd != -1 &&
	    j->stop == STOP_NONE && clock_mono_us() < j->read_until_us;
}

/* piece: what the database does not have yet of a stream; 0 none, or no file. */
static size_t
piece(const struct job *j, int stream, char *out)
{
	CLEANUP(cleanup_close) int fd = -1;
	char name[16];
	ssize_t n;

	if (clock_mono_us() < j->push_us[stream])
		return 0;
	snprintf(name, sizeof(name), "out/%d", stream);
	fd = openat(j->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return 0;
	do
		n = pread(fd, out, PIECE_MAX, j->pushed[stream]);
	while (n == -1 && errno == EINTR);
	return n > 0 ? (size_t)n : 0;
}

static void step(void *arg);

/* The database says where the next piece begins; NULL: this run is over. */
static void
on_pushed(void *arg, const PGresult *res, const struct err *e)
{
	struct live *l = arg;
	struct job *j = worker_find(l->worker, l->id);
	int64_t next;

	l->busy = false;
	if (res == NULL) {
		if (e->code != ERR_CANCELLED)
			log_debug("log.refused", F_STR("job_id", l->id), F_ERR(e));
		loop_timer_set(l->timer, EVERY_MS);
		return;
	}
	next = row_i64(res, 0, "next", -1);
	if (j != NULL && next < 0)
		j->read_until_us = 0;
	else if (j != NULL)
		j->pushed[l->stream] = next;
	step(l);
}

static void
push(struct live *l, struct job *j, int stream, const char *data, size_t n)
{
	char number[12], at[24];

	if (n < PIECE_MAX)
		j->push_us[stream] = clock_mono_us() + EVERY_MS * 1000;
	snprintf(l->id, sizeof(l->id), "%s", j->id);
	l->stream = stream;
	l->busy = true;
	snprintf(number, sizeof(number), "%d", stream);
	snprintf(at, sizeof(at), "%" PRId64, j->pushed[stream]);
	db_call(l->worker->work, ST_LOG_PUSH, (const struct db_param[]){
	    P_TEXT(j->id), P_TEXT(j->token), P_TEXT(number), P_TEXT(at), P_BYTES(data, n) }, 5, on_pushed, l);
	db_sync(l->worker->work);
}

/* The next piece of any job that is read; when there is none, again in a second. */
static void
step(void *arg)
{
	static char data[PIECE_MAX];
	struct live *l = arg;
	struct worker *w = l->worker;
	struct job *j;
	bool any = false;

	if (l->busy)
		return;
	TAILQ_FOREACH(j, &w->jobs, link) {
		if (!is_read(j))
			continue;
		any = true;
		for (int i = 0; i < STREAMS && db_up(w->work); i++) {
			size_t n = piece(j, i, data);

			if (n > 0) {
				push(l, j, i, data, n);
				return;
			}
		}
	}
	if (any)
		loop_timer_set(l->timer, EVERY_MS);
}

void
live_init(struct live *l, struct worker *w)
{
	*l = (struct live){ .worker = w };
	l->timer = loop_timer_new(w->loop, step, l);
}

void
live_release(struct live *l)
{
	loop_timer_free(&l->timer);
}

void
live_ask(struct live *l, struct job *j)
{
	bool known = clock_mono_us() < j->read_until_us;

	j->read_until_us = clock_mono_us() + ASKED_US;
	if (!known && !l->busy)
		loop_timer_set(l->timer, 0);
}
