/*
 * What workerd makes of a runner's word: frames and records in any order and of
 * any content, to a slot in any state.  The first byte chooses lane and state;
 * bodies of frames are separated by 0x1e.
 * Reaches: worker/workerd/slot.c worker/workerd/window.c worker/workerd/job.c worker/workerd/publish.c
 */
#include "../../worker/workerd/slot.c"

#include "../../lib/kind/kind.h"
#include "../../worker/workerd/lane.h"

#define INPUT_MAX	16384u
#define JOBS		2u		/* in the window of a plain lane */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct worker w;
static struct loop_timer *enough;

static void
on_enough(void *arg)
{
	loop_stop(arg);
}

/* A worker without a database: nothing here waits for an answer of one. */
static void
set_up(void)
{
	struct err e = ERR_INIT;

	log_init("fuzz", LOG_ERROR + 1);
	if (loop_new(&w.loop, &e) == -1)
		abort();
	TAILQ_INIT(&w.jobs);
	w.state = WORKER_LIVE;		/* with no id: no beat is due */
	w.spool_fd = -1;
	w.rules.start_timeout_ms = w.rules.acquire_timeout_ms = 60000;
	phases_init(&w.phases, &w);
	w.phases.busy = true;		/* an answer is waited for: nothing is sent */
	returns_init(&w.returns, &w);
	beat_init(&w.beat, &w);
	canary_init(&w.canary, &w);
	live_init(&w.live, &w);
	for (enum lane_id i = 0; i < LANE_MAX; i++) {
		lane_init(&w.lanes[i], &w, i);
		w.lanes[i].pool.ending = true;		/* starts no process */
	}
	enough = loop_timer_new(w.loop, on_enough, w.loop);
}

static struct job *
new_job(struct slot *s, unsigned n)
{
	struct job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		abort();
	j->worker = &w;
	j->lane = s->pool->lane;
	j->slot = s;
	j->dir_fd = -1;
	j->kind = kind_find(lane_is_plain(j->lane) ? "system.noop" : "compute.script");
	j->state = JOB_GIVEN;
	j->timeout_ms = 60000;
	snprintf(j->id, sizeof(j->id), "00000000-0000-7000-8000-00000000000%u", n);
	snprintf(j->token, sizeof(j->token), "%s", j->id);
	TAILQ_INSERT_TAIL(&w.jobs, j, link);
	w.n_jobs++;
	return j;
}

/* fill_window: jobs that the runner has been sent, the first of them begun. */
static void
fill_window(struct slot *s)
{
	struct err e = ERR_INIT;
	int theirs = -1;

	s->gate = turnstile_new(&theirs, &e);
	if (s->gate == NULL)
		abort();
	close(theirs);
	for (unsigned i = 1; i <= JOBS; i++) {
		struct job *j = new_job(s, i);

		s->last_seq = j->seq = i;
		TAILQ_INSERT_TAIL(&s->window, j, queue);
		s->n_window++;
	}
	turnstile_grant(s->gate, JOBS);
	(void)turnstile_begin(s->gate, 1);
}

static struct slot *
new_slot(struct pool *p, enum slot_state st, int fd)
{
	struct slot *s = calloc(1, sizeof(*s));
	struct err e = ERR_INIT;

	if (s == NULL)
		abort();
	s->pool = p;
	s->n = 1;
	s->fd = fd;
	s->child = (struct child){ .pid = -1, .pidfd = -1 };
	TAILQ_INIT(&s->window);
	s->timer = loop_timer_new(w.loop, on_timer, s);
	TAILQ_INSERT_TAIL(&p->slots, s, link);
	frame_init(&s->io, fd);
	s->on_sock = loop_fd_add(w.loop, fd, EPOLLIN, on_socket, s, &e);
	if (s->on_sock == NULL)
		abort();
	s->state = st;
	if (st == SLOT_BUSY && lane_is_plain(p->lane))
		fill_window(s);
	else if (st == SLOT_BUSY)
		s->job = new_job(s, 1);
	return s;
}

/* say: each part as a frame. */
static void
say(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		const uint8_t *end = memchr(p, 0x1e, n);
		size_t len = end != NULL ? (size_t)(end - p) : n;
		const uint8_t head[4] = { 0, 0, (uint8_t)(len >> 8), (uint8_t)len };

		if (write(fd, head, sizeof(head)) != (ssize_t)sizeof(head) || write(fd, p, len) != (ssize_t)len)
			abort();
		p += len + (end != NULL);
		n -= len + (end != NULL);
	}
}

/* check: a job is at the slot or on its way to the database, never both. */
static void
check(const struct slot *s)
{
	struct lane *l = s->pool->lane;
	size_t n = 0, window = 0;
	struct job *j;

	TAILQ_FOREACH(j, &l->finished, queue) {
		n++;
		if (j->state != JOB_FINISHING || j->slot != NULL || j == s->job)
			abort();
		if (!lane_is_plain(l) && j->outcome == NULL)
			abort();
	}
	TAILQ_FOREACH(j, &s->window, queue)
		window++;
	if (n != l->n_finished || window != s->n_window || n + window > w.n_jobs)
		abort();
	if (s->state == SLOT_READY && (s->job != NULL || s->n_window > 0))
		abort();
}

static void
forget(struct slot *s)
{
	struct lane *l = s->pool->lane;
	struct job *j;

	TAILQ_INIT(&l->finished);
	TAILQ_INIT(&l->pool.waiting);
	l->n_finished = 0;
	slot_free(s);
	while ((j = TAILQ_FIRST(&w.jobs)) != NULL)
		job_free(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct slot *s;
	int sv[2];

	if (w.loop == NULL)
		set_up();
	if (size < 2 || size > INPUT_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		return 0;
	s = new_slot(&w.lanes[data[0] & 1 ? LANE_LIGHT : LANE_COMPUTE].pool, (data[0] >> 1) % SLOT_STATE_MAX, sv[0]);
	say(sv[1], data + 1, size - 1);
	loop_timer_set(enough, 0);
	if (loop_run(w.loop, &e) == -1)
		abort();
	loop_timer_set(enough, 0);	/* steps that publish */
	(void)loop_run(w.loop, &e);
	check(s);
	close(sv[1]);
	forget(s);
	return 0;
}
