#include "pool.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/kind/k_compute_script.h"
#include "forked.h"
#include "hostmem.h"
#include "job.h"
#include "worker.h"

#define BACKOFF_MIN_MS	1000
#define BACKOFF_MAX_MS	60000
#define BACKLOG_MS	1000	/* work that waited this long lets the pool grow */
#define GROW_EVERY_MS	1000
#define COST_MAX_US	20000	/* of a run, for who gets what: more is all the same */

void
pool_init(struct pool *p, struct lane *l)
{
	p->worker = l->worker;
	p->lane = l;
	TAILQ_INIT(&p->slots);
	TAILQ_INIT(&p->waiting);
	pool_resize(p);
	p->size = p->target;
}

/* ---- images ------------------------------------------------------------- */

/* image_of: the entry of that name, made if need be; NULL when all are taken. */
static struct pool_image *
image_of(struct pool *p, const char *name)
{
	struct pool_image *im;

	for (size_t i = 0; i < p->n_images; i++)
		if (strcmp(p->images[i].name, name) == 0)
			return &p->images[i];
	if (p->n_images == POOL_IMAGES_MAX)
		return NULL;
	im = &p->images[p->n_images++];
	*im = (struct pool_image){ .failures = 0 };
	snprintf(im->name, sizeof(im->name), "%s", name);
	return im;
}

/* image_failed: the next try waits 1 s, 2 s, 4 s ... 60 s. */
static void
image_failed(struct pool *p, const char *name, bool absent)
{
	struct pool_image *im = image_of(p, name);
	int64_t ms = BACKOFF_MAX_MS;

	if (im == NULL || clock_mono_us() < im->retry_us)
		return;		/* several at once are one failure */
	if (im->failures < 6)
		ms = (int64_t)BACKOFF_MIN_MS << im->failures;
	im->failures++;
	im->absent = absent;
	im->retry_us = clock_mono_us() + ms * 1000;
}

static bool
image_may_start(struct pool *p, const char *name)
{
	const struct pool_image *im = image_of(p, name);

	return im != NULL && clock_mono_us() >= im->retry_us;
}

/* ---- counting ----------------------------------------------------------- */

static int
count_live(const struct pool *p)
{
	const struct slot *s;
	int n = 0;

	TAILQ_FOREACH(s, &p->slots, link)
		n += slot_live(s);
	return n;
}

static int
count_image(const struct pool *p, const char *image)
{
	const struct slot *s;
	int n = 0;

	TAILQ_FOREACH(s, &p->slots, link)
		n += slot_live(s) && strcmp(s->image, image) == 0;
	return n;
}

static int
count_creating(const struct pool *p, const char *image)
{
	const struct slot *s;
	int n = 0;

	TAILQ_FOREACH(s, &p->slots, link)
		n += s->state == SLOT_CREATING && !s->retire &&
		    strcmp(s->image, image) == 0;
	return n;
}

size_t
pool_free(const struct pool *p)
{
	const struct slot *s;
	size_t n = 0;

	if (p->ending)
		return 0;
	TAILQ_FOREACH(s, &p->slots, link)
		n += s->state == SLOT_READY && !s->retire;
	return n;
}

/* average: an eighth of the news, and never 0, which says that there is none.
 * Whatever is long is long: one such run among short ones is forgotten soon. */
static void
average(int64_t *mean, int64_t us)
{
	if (us > COST_MAX_US)
		us = COST_MAX_US;
	*mean = *mean == 0 ? us : *mean + (us - *mean) / 8;
	if (*mean < 1)
		*mean = 1;
}

void
pool_ran(struct pool *p, const struct kind *k, int64_t us)
{
	average(&p->run_us, us);
	for (size_t i = 0; i < POOL_COSTS_MAX; i++) {
		if (p->costs[i].kind == NULL)
			p->costs[i].kind = k;
		if (p->costs[i].kind == k) {
			average(&p->costs[i].us, us);
			return;
		}
	}
}

int64_t
pool_cost(const struct pool *p, const struct kind *k)
{
	for (size_t i = 0; i < POOL_COSTS_MAX && p->costs[i].kind != NULL; i++)
		if (p->costs[i].kind == k)
			return p->costs[i].us;
	return 0;
}

bool
pool_ended(const struct pool *p)
{
	return TAILQ_EMPTY(&p->slots);
}

/* ---- what a job needs --------------------------------------------------- */

static const char *
wanted_digest(const struct job *j)
{
	if (!j->kind->script)
		return "";
	return ((const struct compute_args *)j->args)->image_digest;
}

/* wanted_image: "" when any will do. */
static const char *
wanted_image(const struct job *j)
{
	if (!j->kind->script)
		return "";
	return ((const struct compute_args *)j->args)->image;
}

/* default_image: what jobs that name none run in; "" in lanes without images. */
static const char *
default_image(const struct pool *p)
{
	return lane_has_images(p->lane) ? p->worker->rules.images[0] : "";
}

static bool
fits(const struct slot *s, const struct job *j)
{
	const char *digest = wanted_digest(j);

	return digest[0] == '\0' ? strcmp(s->image, default_image(s->pool)) == 0 :
	    strcmp(s->digest, digest) == 0;
}

static struct slot *
find_fit(struct pool *p, const struct job *j)
{
	struct slot *s;

	TAILQ_FOREACH(s, &p->slots, link)
		if (s->state == SLOT_READY && !s->retire && fits(s, j))
			return s;
	return NULL;
}

/* find_victim: the free slot that has been idle for longest. */
static struct slot *
find_victim(struct pool *p)
{
	struct slot *s, *best = NULL;

	TAILQ_FOREACH(s, &p->slots, link)
		if (s->state == SLOT_READY && !s->retire &&
		    (best == NULL || s->idle_us < best->idle_us))
			best = s;
	return best;
}

/* ---- starting and retiring ---------------------------------------------- */

static void
count_why(struct pool *p, const char *why)
{
	for (size_t i = 0; i < POOL_WHYS_MAX; i++) {
		if (p->replaced[i].why == NULL)
			p->replaced[i].why = why;
		if (strcmp(p->replaced[i].why, why) == 0) {
			p->replaced[i].n++;
			return;
		}
	}
}

static bool
start_slot(struct pool *p, const char *image)
{
	struct err e = ERR_INIT;

	if (!image_may_start(p, image))
		return false;
	if (slot_new(p, image, &e) != NULL)
		return true;
	log_error("container.failed", F_STR("lane", p->lane->row->name),
	    F_STR("image", image), F_ERR(&e));
	image_failed(p, image, false);
	return false;
}

/* start_for_waiting: each waiting job has a runner of its image in the making. */
static void
start_for_waiting(struct pool *p)
{
	const struct job *j, *k;

	if (!lane_has_images(p->lane))
		return;
	TAILQ_FOREACH(j, &p->waiting, queue) {
		const char *image = wanted_image(j);
		int need = 0;

		if (image[0] == '\0')
			image = default_image(p);
		TAILQ_FOREACH(k, &p->waiting, queue)
			need += strcmp(wanted_digest(k), wanted_digest(j)) == 0;
		if (count_creating(p, image) < need)
			start_slot(p, image);
	}
}

/* next_image: one of each that is set, the default for the rest. */
static const char *
next_image(struct pool *p)
{
	const struct rules *r = &p->worker->rules;

	if (!lane_has_images(p->lane))
		return "";
	for (size_t i = 0; i < r->n_images; i++)
		if (count_image(p, r->images[i]) == 0 && image_may_start(p, r->images[i]))
			return r->images[i];
	return r->images[0];
}

static bool
is_worn(const struct slot *s)
{
	return s->served * 10 >= s->pool->worker->rules.container_jobs_max * 9;
}

/* find_successor: a younger runner of the same image that is beyond its creation. */
static const struct slot *
find_successor(const struct slot *worn)
{
	const struct slot *s;

	TAILQ_FOREACH(s, &worn->pool->slots, link)
		if (slot_live(s) && s->state != SLOT_CREATING && !is_worn(s) &&
		    strcmp(s->image, worn->image) == 0)
			return s;
	return NULL;
}

/* retire_worn: a runner that has served nine tenths of its share gets a
 * successor, and goes when that one is ready. */
static void
retire_worn(struct pool *p)
{
	struct slot *s;

	if (!lane_has_images(p->lane))
		return;
	TAILQ_FOREACH(s, &p->slots, link) {
		if (!slot_live(s) || !is_worn(s))
			continue;
		if (count_live(p) > p->size && find_successor(s) != NULL)
			slot_retire(s, "worn");
		else if (count_live(p) <= p->size && count_creating(p, s->image) == 0)
			start_slot(p, s->image);
	}
}

static void
retire_surplus(struct pool *p)
{
	struct slot *s;

	TAILQ_FOREACH(s, &p->slots, link)
		if (s->state == SLOT_CREATING)
			return;		/* somebody's successor */
	while (count_live(p) > p->size && TAILQ_EMPTY(&p->waiting) &&
	    (s = find_victim(p)) != NULL)
		slot_retire(s, "surplus");
}

void
pool_tend(struct pool *p)
{
	if (p->ending)
		return;
	start_for_waiting(p);
	while (count_live(p) < p->size)
		if (!start_slot(p, next_image(p)))
			break;
	retire_worn(p);
}

/* wanted_size: runners of a lane without images. */
static int
wanted_size(const struct pool *p)
{
	const struct rules *r = &p->worker->rules;

	if (lane_forks(p->lane))
		return share_size(lane_share(p->lane), (int)sysconf(_SC_NPROCESSORS_ONLN), hostmem_total());
	return p->lane->row->outside ? r->net_size : r->light_size;
}

void
pool_resize(struct pool *p)
{
	const struct rules *r = &p->worker->rules;
	bool images = lane_has_images(p->lane);

	p->target = images ? r->pool_size : wanted_size(p);
	p->floor = images ? r->pool_min : p->target;
	p->ceiling = images ? r->pool_max : p->target;
	if (p->size < p->target || p->size > p->ceiling)
		p->size = p->target;
}

/* resize_step: at most one step each second. */
static void
resize_step(struct pool *p)
{
	int64_t now = clock_mono_us();
	int64_t room = hostmem_available() - p->worker->rules.memory_reserve_bytes;
	const struct slot *idle = find_victim(p);

	if (now - p->grown_us < GROW_EVERY_MS * 1000)
		return;
	if (p->size < p->ceiling && room > 0 &&
	    lane_backlog_us(p->lane) >= BACKLOG_MS * 1000) {
		p->size++;
		p->grown_us = now;
	} else if (p->size > p->target && idle != NULL &&
	    now - idle->idle_us >= p->worker->rules.shrink_ms * 1000) {
		p->size--;
	} else if (p->size > p->floor && room < 0 && idle != NULL) {
		p->size--;
		p->grown_us = now;
	} else if (p->size < p->target && room > 0) {
		p->size++;
		p->grown_us = now;
	}
}

void
pool_tick(struct pool *p)
{
	if (p->ending)
		return;
	if (p->size < p->ceiling)
		lane_ask(p->lane);
	resize_step(p);
	pool_tend(p);
	retire_surplus(p);
}

void
pool_end(struct pool *p)
{
	struct slot *s;

	p->ending = true;
	TAILQ_FOREACH(s, &p->slots, link)
		slot_retire(s, "drain");
}

/* ---- jobs --------------------------------------------------------------- */

void
pool_take(struct pool *p, struct job *j)
{
	struct slot *s = find_fit(p, j);
	struct pool_image *im;

	if (s != NULL) {
		slot_take(s, j);
		return;
	}
	im = image_of(p, wanted_image(j));
	if (im == NULL || (im->absent && !image_may_start(p, im->name))) {
		job_stop(j, STOP_IMAGE);
		return;
	}
	TAILQ_INSERT_TAIL(&p->waiting, j, queue);
	job_guard(j, p->worker->rules.acquire_timeout_ms);
	s = find_victim(p);
	if (s != NULL)
		slot_retire(s, "image");
	pool_tend(p);
}

void
pool_forget(struct pool *p, struct job *j)
{
	TAILQ_REMOVE(&p->waiting, j, queue);
}

void
pool_put_back(struct pool *p, struct job *j)
{
	TAILQ_INSERT_HEAD(&p->waiting, j, queue);
	job_guard(j, p->worker->rules.acquire_timeout_ms);
}

/* fail_waiting: jobs for an image that cannot be what they were admitted for. */
static void
fail_waiting(struct pool *p, const char *image, const char *digest)
{
	struct job *j, *next;

	for (j = TAILQ_FIRST(&p->waiting); j != NULL; j = next) {
		next = TAILQ_NEXT(j, queue);
		if (strcmp(wanted_image(j), image) == 0 &&
		    (digest == NULL || strcmp(wanted_digest(j), digest) != 0))
			job_stop(j, STOP_IMAGE);
	}
}

void
pool_on_created(struct pool *p, struct slot *s)
{
	struct pool_image *im = image_of(p, s->image);

	if (im != NULL)
		*im = (struct pool_image){ .failures = 0 };
	fail_waiting(p, s->image, s->digest);
	beat_soon(&p->worker->beat);
}

void
pool_on_ready(struct pool *p, struct slot *s)
{
	struct job *j;

	if (lane_is_plain(p->lane)) {
		lane_kick(p->lane);	/* which spreads what waits, too */
		return;
	}
	if (lane_forks(p->lane))
		forked_runner_free(p);
	TAILQ_FOREACH(j, &p->waiting, queue)
		if (fits(s, j))
			break;
	if (j != NULL) {
		TAILQ_REMOVE(&p->waiting, j, queue);
		slot_take(s, j);
		return;
	}
	if (s->served == 0 || is_worn(s))
		retire_worn(p);
	lane_kick(p->lane);
}

void
pool_on_exit(struct pool *p, struct slot *s)
{
	bool never_ready = s->digest[0] == '\0' && s->served == 0 && lane_has_images(p->lane);

	count_why(p, s->why);
	if (s->was_killed && lane_has_images(p->lane))
		house_sweep_cgroups(&p->worker->house);
	if ((never_ready && !s->retire) || s->state == SLOT_RESETTING) {
		image_failed(p, s->image, s->reason != NULL);
		if (s->reason != NULL)
			fail_waiting(p, s->image, NULL);
	} else if (!lane_has_images(p->lane) && !s->retire && s->served == 0) {
		image_failed(p, s->image, false);
	}
	beat_soon(&p->worker->beat);
}

/* ---- the program and its arguments -------------------------------------- */

struct argv_maker { struct pool_argv *a; size_t n, at; bool full; };

static void __attribute__((format(printf, 2, 3)))
arg(struct argv_maker *m, const char *fmt, ...)
{
	size_t room = sizeof(m->a->text) - m->at;
	va_list ap;
	int k;

	va_start(ap, fmt);
	k = vsnprintf(m->a->text + m->at, room, fmt, ap);
	va_end(ap);
	if (k < 0 || (size_t)k >= room || m->n + 1 >= POOL_ARGV_MAX) {
		m->full = true;
		return;
	}
	m->a->v[m->n++] = m->a->text + m->at;
	m->a->v[m->n] = NULL;
	m->at += (size_t)k + 1;
}

static void
arg_settings(struct argv_maker *m, const struct rules *r)
{
	const struct { const char *name, *value; } shared[] = {
		{ "instance", r->instance }, { "image_dir", r->image_dir },
		{ "cache_dir", r->cache_dir }, { "spool_dir", r->spool_dir },
		{ "log_level", r->log_level },
	};

	if (r->conf_file != NULL) {
		arg(m, "-c");
		arg(m, "%s", r->conf_file);
	}
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (shared[i].value[0] != '\0')
			arg(m, "--%s=%s", shared[i].name, shared[i].value);
}

/* arg_outside: the addresses of the adapters, for the only runners that may use them. */
static void
arg_outside(struct argv_maker *m, const struct rules *r)
{
	if (r->ipfs_api[0] != '\0')
		arg(m, "--ipfs-api=%s", r->ipfs_api);
	if (r->evm_rpc_file[0] != '\0')
		arg(m, "--evm-rpc-file=%s", r->evm_rpc_file);
	if (r->prio_dir[0] != '\0')
		arg(m, "--prio-dir=%s", r->prio_dir);
}

static void
arg_forks(struct argv_maker *m, const struct pool *p)
{
	arg(m, "--spool=%s", p->worker->rules.spool_dir);
	arg(m, "--memory-mb=%" PRId64, lane_share(p->lane)->memory_mb);
	if (p->lane->row->peers && p->worker->rules.agg_ca_file[0] != '\0')
		arg(m, "--ca-file=%s", p->worker->rules.agg_ca_file);
}

/* pool_argv: image NULL: the sweep of what dead sandboxes left. */
int
pool_argv(struct pool *p, const char *image, struct pool_argv *a, struct err *e)
{
	const struct rules *r = &p->worker->rules;
	struct argv_maker m = { .a = a };

	arg(&m, "%s/%s", r->libexec_dir, p->lane->row->program);
	if (lane_has_images(p->lane)) {
		arg_settings(&m, r);
		if (image == NULL)
			arg(&m, "--sweep");
		else
			arg(&m, "--image=%s", image);
	} else if (strcmp(r->log_level, "debug") == 0) {
		arg(&m, "--debug");
	}
	if (p->lane->row->outside)
		arg_outside(&m, r);
	if (lane_forks(p->lane))
		arg_forks(&m, p);
	return m.full ? err_set(e, ERR_LIMIT, "arguments of %s too long", p->lane->row->program) : 0;
}

/* ---- what beats say ----------------------------------------------------- */

void
pool_describe(const struct pool *p, struct json_object *o)
{
	struct json_object *replaced = json_object_new_object();
	const struct slot *s;
	int64_t failed = 0;

	for (enum slot_state st = 0; st < SLOT_STATE_MAX; st++) {
		int64_t n = 0;

		TAILQ_FOREACH(s, &p->slots, link)
			n += strcmp(slot_state_name(s->state), slot_state_name(st)) == 0;
		json_add_i64(o, slot_state_name(st), n);
	}
	for (size_t i = 0; i < p->n_images; i++)
		failed += p->images[i].failures > 0;
	json_add_i64(o, "failed", failed);
	json_add_i64(o, "size", p->size);
	json_add_i64(o, "waiting", lane_waiting(p->lane));
	for (size_t i = 0; i < POOL_WHYS_MAX && p->replaced[i].why != NULL; i++)
		json_add_i64(replaced, p->replaced[i].why, p->replaced[i].n);
	json_add(o, "replaced", replaced);
}
