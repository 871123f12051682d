/*
 * What workerd makes of the word of a credential job's runner, and of the
 * database's: questions, progress, deaths, outcomes with things to seal, and what
 * a job stands on.  The first byte says which; the rest is its JSON.
 * Reaches: worker/workerd/forked.c worker/workerd/rowseal.c
 */
#include "../../worker/workerd/forked.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX	65536u

static struct worker w;

static void
set_up(void)
{
	struct err e = ERR_INIT;

	log_init("fuzz", LOG_ERROR + 1);
	if (loop_new(&w.loop, &e) == -1 || seal_key_make(&w.vault.node, &e) == -1)
		abort();
	TAILQ_INIT(&w.jobs);
	w.state = WORKER_LIVE;
	w.spool_fd = -1;
	phases_init(&w.phases, &w);
	w.phases.busy = true;		/* nothing is sent */
	w.rules.shares[RULES_LIGHT] = (struct share){ .size = 1, .memory_mb = 64, .wall_s = 1 };
	for (enum lane_id i = 0; i < LANE_MAX; i++) {
		lane_init(&w.lanes[i], &w, i);
		w.lanes[i].pool.ending = true;
	}
}

static struct slot *
new_slot(struct pool *p)
{
	struct slot *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->pool = p;
	s->fd = -1;
	s->child = (struct child){ .pid = -1, .pidfd = -1 };
	s->timer = loop_timer_new(w.loop, NULL, s);
	frame_init(&s->io, -1);
	TAILQ_INIT(&s->window);
	TAILQ_INSERT_TAIL(&p->slots, s, link);
	s->state = SLOT_BUSY;
	return s;
}

static struct job *
new_job(struct slot *s)
{
	static struct fork_args args = { .kind = "did.create_my", .sealed = "", .wallet = "w" };
	struct job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		abort();
	j->worker = &w;
	j->lane = &w.lanes[LANE_CRED_LIGHT];
	j->slot = s;
	j->dir_fd = -1;
	j->args = &args;
	j->state = JOB_RUNNING;
	snprintf(j->id, sizeof(j->id), "00000000-0000-7000-8000-000000000001");
	snprintf(j->token, sizeof(j->token), "%s", j->id);
	TAILQ_INSERT_TAIL(&w.jobs, j, link);
	w.n_jobs++;
	j->forked = calloc(1, sizeof(*j->forked));
	if (j->forked == NULL)
		abort();
	*j->forked = (struct forked){ .job = j, .asking = true, .telling = true,
	    .secrets = WBUF_INIT_MAX(SEALED_MAX), .more = WBUF_INIT_MAX(64u << 10) };
	s->job = j;
	return j;
}

static void
try_ask(struct job *j, struct json_object *o)
{
	forked_asked(j, o);
}

static void
try_progress(struct job *j, struct json_object *o)
{
	forked_progressed(j, o);
}

static void
try_fell(struct job *j, struct json_object *o)
{
	forked_fell(j, o);
}

static void
try_outcome(struct job *j, struct json_object *o)
{
	struct err e = ERR_INIT;

	(void)rowseal_outcome(j, o, &e);
}

static void
try_basis(struct job *j, struct json_object *o)
{
	struct err e = ERR_INIT;

	j->forked->basis = json_object_get(o);
	if (!refused(j, o))
		(void)open_all(j->forked, &e);
}

static void
try_answer(struct job *j, struct json_object *o)
{
	struct json_object *opened = NULL;
	struct err e = ERR_INIT;

	(void)rowseal_open_answer(j, o, &opened, &e);
	json_put(&opened);
}

static void (*const tries[])(struct job *j, struct json_object *o) = {
	try_ask, try_progress, try_fell, try_outcome, try_basis, try_answer,
};

static void
forget(struct slot *s, struct job *j)
{
	struct lane *l = j->lane;

	TAILQ_INIT(&l->finished);
	l->n_finished = 0;
	s->job = NULL;
	slot_free(s);
	j->args = NULL;
	job_free(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	struct err e = ERR_INIT;
	struct slot *s;
	struct job *j;

	if (w.loop == NULL)
		set_up();
	if (size < 2 || size > INPUT_MAX || frame_parse(&o, (const char *)data + 1, size - 1, &e) == -1)
		return 0;
	s = new_slot(&w.lanes[LANE_CRED_LIGHT].pool);
	j = new_job(s);
	tries[data[0] % (sizeof(tries) / sizeof(tries[0]))](j, o);
	if (s->job == NULL && j->outcome == NULL)
		abort();	/* a job that left its runner has an outcome */
	forget(s, j);
	return 0;
}
