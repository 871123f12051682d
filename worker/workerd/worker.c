#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/blob/blob.h"
#include "../../lib/proc/sdnotify.h"
#include "assets.h"
#include "hostmem.h"
#include "idle.h"

#define TICK_MS		1000
#define LAST_MS		10000	/* for returns and the farewell when all else is done */

static void
each_lane(struct worker *w, void (*fn)(struct lane *l))
{
	for (size_t i = 0; i < LANE_MAX; i++)
		fn(&w->lanes[i]);
}

bool
worker_claims(const struct worker *w)
{
	return w->state == WORKER_LIVE && !w->stale && !w->paused && w->id != 0;
}

struct job *
worker_find(struct worker *w, const char *id)
{
	struct job *j;

	TAILQ_FOREACH(j, &w->jobs, link)
		if (strcmp(j->id, id) == 0)
			return j;
	return NULL;
}

void
worker_stop_all(struct worker *w, enum job_stop why)
{
	struct job *j, *next;

	for (j = TAILQ_FIRST(&w->jobs); j != NULL; j = next) {
		next = TAILQ_NEXT(j, link);
		job_stop(j, why);
	}
}

/* ---- the watch connection ----------------------------------------------- */

static void
notify_wake(struct worker *w, const char *word)
{
	int id = (int)strtol(word, NULL, 10);

	for (size_t i = 0; i < LANE_MAX; i++)
		if (w->lanes[i].row->id == id && w->lanes[i].served)
			idle_wake(&w->lanes[i]);
}

static void
notify_kill(struct worker *w, const char *word)
{
	struct job *j = worker_find(w, word);

	if (j != NULL)
		job_stop(j, STOP_LOST);
}

static void
notify_logs(struct worker *w, const char *word)
{
	struct job *j = worker_find(w, word);

	if (j != NULL)
		live_ask(&w->live, j);
}

static const struct {
	const char *prefix;
	void (*fn)(struct worker *w, const char *word);
} notices[] = { { "wake ", notify_wake }, { "kill ", notify_kill }, { "logs ", notify_logs } };

static void
on_notify(void *arg, const char *channel UNUSED, const char *payload)
{
	for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++) {
		size_t n = strlen(notices[i].prefix);

		if (strncmp(payload, notices[i].prefix, n) == 0)
			notices[i].fn(arg, payload + n);
	}
}

static void
on_watch(void *arg, bool up)
{
	struct worker *w = arg;

	each_lane(w, lane_watch_lost);
	if (!up)
		return;
	beat_soon(&w->beat);
	each_lane(w, idle_settle);
	each_lane(w, lane_kick);
}

/* close_watch: what its last answers ask for must not find it. */
static void
close_watch(struct worker *w)
{
	db_close(STEAL(w->watch));
	each_lane(w, lane_watch_lost);
}

static int
open_watch(struct worker *w, struct err *e)
{
	close_watch(w);
	snprintf(w->listen, sizeof(w->listen), "LISTEN w%" PRId64, w->id);
	w->setup[0] = w->listen;
	return db_open(&w->watch, w->loop, &(const struct db_opts){
	    .conninfo = w->rules.database, .application = "darkroom-workerd watch",
	    .roles = STMT_WORKER, .setup = w->setup, .on_state = on_watch,
	    .on_notify = on_notify, .arg = w }, e);
}

/* ---- joining ------------------------------------------------------------ */

static void
on_joined(void *arg, const PGresult *res, const struct err *e)
{
	struct worker *w = arg;
	struct err bad = ERR_INIT;

	w->joining = false;
	if (res == NULL) {
		if (e->code == ERR_DB)
			log_error("worker.refused", F_ERR(e));
		return;			/* the tick tries again */
	}
	FAULT_POINT(WORKER_JOINED);
	w->id = row_i64(res, 0, "id", 0);
	if (w->state == WORKER_JOINING)
		w->state = WORKER_LIVE;
	log_info("worker.joined", F_I64("worker", w->id));
	if (open_watch(w, &bad) == -1) {
		log_error("worker.failed", F_ERR(&bad));
		w->failed = true;
		loop_stop(w->loop);
		return;
	}
	beat_start(&w->beat);
	each_lane(w, lane_open);
	sdnotify_send("READY=1");
}

static struct json_object *
describe_lanes(const struct worker *w)
{
	struct json_object *o = json_object_new_object();

	if (w->rules.compute)
		json_add_i64(o, "compute", w->rules.pool_size);
	if (w->rules.light)
		json_add_i64(o, "light", w->rules.light_size);
	if (w->rules.maint)
		json_add_i64(o, "maint", 1);
	if (w->lanes[LANE_NET].served)
		json_add_i64(o, "net", w->rules.net_size);
	if (w->lanes[LANE_PRIO].served)
		json_add_i64(o, "prio", w->rules.net_size);
	for (enum lane_id i = LANE_FORKS; i < LANE_MAX; i++)
		if (w->lanes[i].served)
			json_add_i64(o, lane_rows[i].name, lane_knows(&w->lanes[i]) ? w->lanes[i].runners->target : 1);
	return o;
}

static struct json_object *
describe_specs(const struct worker *w)
{
	struct json_object *o = json_object_new_object();
	struct json_object *images = json_object_new_array();
	struct json_object *dead = json_object_new_array();

	for (size_t i = 0; i < w->rules.n_images; i++)
		json_object_array_add(images, json_object_new_string(w->rules.images[i]));
	if (w->dead_pid > 0)
		json_object_array_add(dead, json_object_new_int64(w->dead_pid));
	json_add(o, "images", images);
	json_add(o, "dead_pids", dead);
	json_add_str(o, "instance", w->rules.instance);
	json_add_i64(o, "cpus", sysconf(_SC_NPROCESSORS_ONLN));
	json_add_i64(o, "memory_bytes", hostmem_total());
	json_add_i64(o, "pool_max", w->rules.pool_max);
	if (w->house.limits != NULL)
		json_add(o, "limits", json_object_get(w->house.limits));
	return o;
}

void
worker_join(struct worker *w)
{
	CLEANUP(json_put) struct json_object *lanes = NULL, *specs = NULL;
	char host[256] = "", pid[16];

	if (w->id != 0 || w->joining || w->state == WORKER_DRAINING || !w->house.surveyed || !db_up(w->work))
		return;
	gethostname(host, sizeof(host) - 1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	lanes = describe_lanes(w);
	specs = describe_specs(w);
	w->joining = true;
	db_call(w->work, ST_WORKER_JOIN, (const struct db_param[]){
	    P_TEXT(host), P_TEXT(pid), P_TEXT(DARKROOM_VERSION),
	    P_TEXT(json_text(lanes)), P_TEXT(json_text(specs)) }, 5, on_joined, w);
	db_sync(w->work);
}

void
worker_lost(struct worker *w)
{
	log_error("worker.gone", F_I64("worker", w->id));
	worker_stop_all(w, STOP_LOST);
	beat_stop(&w->beat);
	w->id = 0;
	if (w->state == WORKER_LIVE)
		w->state = WORKER_JOINING;
	worker_join(w);
}

/* on_upkeep: its outages are the other connections' as well, which speak of them. */
static void
on_upkeep(void *arg, bool up)
{
	struct worker *w = arg;

	if (up)
		lane_kick(&w->lanes[LANE_MAINT]);
}

static void
on_work(void *arg, bool up)
{
	struct worker *w = arg;

	log_event(up ? LOG_INFO : LOG_WARN, up ? "db.connected" : "db.lost",
	    LOG_FIELDS(F_I64("worker", w->id)));
	if (!up)
		return;
	worker_join(w);
	each_lane(w, lane_kick);
}

/* ---- the end ------------------------------------------------------------ */

static void
on_left(void *arg, const PGresult *res UNUSED, const struct err *e UNUSED)
{
	struct worker *w = arg;

	loop_stop(w->loop);
}

/* leave_if_done: no job, no runner and no sweep of what killed ones held is left:
 * say farewell and end.  Once the grace period is over, results that a database could not be told are given up. */
static void
leave_if_done(struct worker *w)
{
	char id[24];

	if (w->state != WORKER_DRAINING || w->leaving || w->house.cgroups != NULL)
		return;
	if (w->n_jobs > 0 && (!w->last_call || db_up(w->work)))
		return;
	for (size_t i = 0; i < LANE_MAX; i++)
		if (!pool_ended(&w->lanes[i].pool))
			return;
	w->leaving = true;
	if (w->id == 0 || !db_up(w->work)) {
		loop_stop(w->loop);
		return;
	}
	snprintf(id, sizeof(id), "%" PRId64, w->id);
	db_call(w->work, ST_WORKER_LEAVE, (const struct db_param[]){ P_TEXT(id) },
	    1, on_left, w);
	db_sync(w->work);
	FAULT_POINT(WORKER_LEAVING);
}

static void
end_pools(struct worker *w)
{
	for (size_t i = 0; i < LANE_MAX; i++)
		pool_end(&w->lanes[i].pool);
}

void
worker_job_ended(struct worker *w)
{
	if (w->state == WORKER_DRAINING && w->n_jobs == 0)
		end_pools(w);
}

/* The grace period is over; later, that even the end takes too long. */
static void
on_grace(void *arg)
{
	struct worker *w = arg;

	if (w->last_call) {
		log_error("worker.cut_short", F_I64("running", (int64_t)w->n_jobs));
		loop_stop(w->loop);
		return;
	}
	w->last_call = true;
	loop_timer_set(w->grace, LAST_MS);
	worker_stop_all(w, STOP_DRAIN);
	end_pools(w);
}

void
worker_drain(struct worker *w)
{
	struct job *j, *next;

	if (w->state == WORKER_DRAINING) {
		loop_timer_set(w->grace, 0);
		return;
	}
	log_info("worker.draining", F_I64("worker", w->id), F_I64("running", (int64_t)w->n_jobs));
	sdnotify_send("STOPPING=1");
	w->state = WORKER_DRAINING;
	loop_timer_set(w->grace, w->rules.grace_ms);
	for (j = TAILQ_FIRST(&w->jobs); j != NULL; j = next) {
		next = TAILQ_NEXT(j, link);
		if (j->state == JOB_WAITING || j->state == JOB_STAGING)
			job_stop(j, STOP_DRAIN);
	}
	worker_job_ended(w);
}

/* ---- clock and wait ----------------------------------------------------- */

static void
on_tick(void *arg)
{
	struct worker *w = arg;

	loop_timer_set(w->tick, TICK_MS);
	sdnotify_send("WATCHDOG=1");
	worker_join(w);
	for (size_t i = 0; i < LANE_MAX; i++)
		if (w->lanes[i].served && lane_owns_runners(&w->lanes[i]) && w->id != 0)
			pool_tick(&w->lanes[i].pool);
	canary_tick(&w->canary);
	house_tick(&w->house);
}

static void
before_wait(void *arg)
{
	struct worker *w = arg;

	each_lane(w, lane_flush);
	leave_if_done(w);
}

/* ---- life --------------------------------------------------------------- */

/* take_lock: one workerd per spool folder, so that what lies there without a
 * living holder may be swept.  The file names the holder; what it named before
 * is dead. */
static int
take_lock(struct worker *w, struct err *e)
{
	char text[24] = "";
	int n;

	w->lock_fd = openat(w->spool_fd, "workerd.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (w->lock_fd == -1)
		return err_sys(e, "spool_dir: workerd.lock");
	if (pread(w->lock_fd, text, sizeof(text) - 1, 0) == -1)
		return err_sys(e, "spool_dir: workerd.lock");
	if (flock(w->lock_fd, LOCK_EX | LOCK_NB) == -1)
		return err_set(e, ERR_CONFIG, "spool_dir: in use by process %.*s: "
		    "give each workerd its own", (int)strcspn(text, "\n"), text);
	w->dead_pid = (int)strtol(text, NULL, 10);
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(w->lock_fd, 0) == -1 || pwrite(w->lock_fd, text, (size_t)n, 0) != n)
		return err_sys(e, "spool_dir: workerd.lock");
	FAULT_POINT(WORKER_LOCKED);
	return 0;
}

static int
open_folder(const char *setting, const char *path, struct err *e)
{
	int fd;

	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		return err_sys(e, "%s %s", setting, path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd == -1 ? err_sys(e, "%s %s", setting, path) : fd;
}

/* Results move from the spool to the store by rename. */
static int
same_file_system(struct worker *w, struct err *e)
{
	struct stat a, b;

	if (fstat(w->spool_fd, &a) == -1 || stat(w->rules.blob_dir, &b) == -1)
		return err_sys(e, "blob_dir %s", w->rules.blob_dir);
	if (a.st_dev != b.st_dev)
		return err_set(e, ERR_CONFIG,
		    "spool_dir and blob_dir must be on one file system");
	return 0;
}

/* open_blobs: the folder of results; what a node stored before it had another
 * store may still be there. */
static int
open_blobs(struct worker *w, struct err *e)
{
	if (!w->rules.carries && blob_init(w->rules.blob_dir, e) == -1)
		return err_wrap(e, "blob_dir");
	w->has_folder = access(w->rules.blob_dir, R_OK | W_OK | X_OK) == 0;
	return 0;
}

static int
open_folders(struct worker *w, struct err *e)
{
	if (open_blobs(w, e) == -1)
		return -1;
	w->spool_fd = open_folder("spool_dir", w->rules.spool_dir, e);
	if (w->spool_fd == -1)
		return -1;
	w->cache_fd = open_folder("cache_dir", w->rules.cache_dir, e);
	if (w->cache_fd == -1)
		return -1;
	if ((!w->rules.carries && same_file_system(w, e) == -1) || take_lock(w, e) == -1)
		return -1;
	return assets_init(w, e);
}

/* on_forks: of the connections of lanes of forks; theirs wait for nobody else. */
static void
on_forks(void *arg, bool up)
{
	struct worker *w = arg;

	for (enum lane_id i = LANE_FORKS; up && i < LANE_MAX; i++)
		lane_kick(&w->lanes[i]);
}

/* check_reserved: a lane with less memory than its setting counts on reserves fewer. */
static void
check_reserved(const struct lane *l)
{
	int64_t wanted = lane_share(l)->reserved;
	int reserved = share_reserved(lane_share(l), l->pool.size);

	if (reserved < wanted)
		log_warn("lane.unreserved", F_STR("lane", l->row->name), F_I64("have", reserved), F_I64("want", wanted));
}

static void
weigh(struct worker *w)
{
	for (enum lane_id i = LANE_FORKS; i < LANE_MAX; i++) {
		struct lane *l = &w->lanes[i];

		if (!l->served || !lane_owns_runners(l))
			continue;
		weight_lane(&w->weight, l->row->name, lane_share(l));
		check_reserved(l);
	}
}

/* check_landlock: without it runners start all the same, by seccomp alone. */
static void
check_landlock(void)
{
	struct err e = ERR_INIT;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) == -1) {
		(void)err_sys(&e, "landlock");
		log_warn("landlock.missed", F_ERR(&e));
	}
}

/* open_forks: what lanes of forks need, if any is served. */
static int
open_forks(struct worker *w, struct err *e)
{
	const struct rules *r = &w->rules;
	const bool creds = r->cred_light || r->cred_heavy || r->cred_idle, sums = r->agg || r->agg_peer;
	const struct { struct db_conn **to; const char *name; bool wanted; } conns[] = {
		{ &w->brisk, "darkroom-workerd brisk", creds }, { &w->slow, "darkroom-workerd slow", creds },
		{ &w->sums, "darkroom-workerd sums", sums },
	};

	if (!creds && !sums)
		return 0;
	if (vault_load(&w->vault, r->node_key_file, r->node_key_other_file, r->result_public_file, e) == -1)
		return -1;
	weight_init(&w->weight, r->instance);
	weigh(w);
	check_landlock();
	for (size_t i = 0; i < sizeof(conns) / sizeof(conns[0]); i++)
		if (conns[i].wanted && db_open(conns[i].to, w->loop, &(const struct db_opts){
		    .conninfo = r->database, .application = conns[i].name,
		    .roles = STMT_WORKER, .on_state = on_forks, .arg = w }, e) == -1)
			return -1;
	return 0;
}

int
worker_init(struct worker *w, struct loop *l, const struct conf *c,
    const char *conf_file, struct err *e)
{
	*w = (struct worker){ .loop = l, .lock_fd = -1, .spool_fd = -1, .cache_fd = -1 };
	TAILQ_INIT(&w->jobs);
	if (rules_read(&w->rules, c, conf_file, e) == -1 || open_folders(w, e) == -1)
		return -1;
	phases_init(&w->phases, w);
	live_init(&w->live, w);
	returns_init(&w->returns, w);
	beat_init(&w->beat, w);
	canary_init(&w->canary, w);
	for (enum lane_id i = 0; i < LANE_MAX; i++)
		lane_init(&w->lanes[i], w, i);
	if (open_forks(w, e) == -1)
		return -1;
	w->tick = loop_timer_new(l, on_tick, w);
	w->grace = loop_timer_new(l, on_grace, w);
	if (house_init(&w->house, w, e) == -1)
		return -1;
	loop_before_wait(l, before_wait, w);
	loop_timer_set(w->tick, TICK_MS);
	if (db_open(&w->upkeep, l, &(const struct db_opts){
	    .conninfo = w->rules.database, .application = "darkroom-workerd upkeep",
	    .roles = STMT_WORKER, .on_state = on_upkeep, .arg = w }, e) == -1)
		return -1;
	return db_open(&w->work, l, &(const struct db_opts){
	    .conninfo = w->rules.database, .application = "darkroom-workerd",
	    .roles = STMT_WORKER, .on_state = on_work, .arg = w }, e);
}

void
worker_release(struct worker *w)
{
	struct job *j;

	close_watch(w);
	db_close(w->upkeep);
	db_close(w->brisk);
	db_close(w->slow);
	db_close(w->sums);
	db_close(w->work);
	while ((j = TAILQ_FIRST(&w->jobs)) != NULL)
		job_free(j);
	each_lane(w, lane_release);
	house_release(&w->house);
	beat_release(&w->beat);
	returns_release(&w->returns);
	phases_release(&w->phases);
	live_release(&w->live);
	loop_timer_free(&w->tick);
	loop_timer_free(&w->grace);
	weight_release(&w->weight);
	vault_release(&w->vault);
	cleanup_close(&w->lock_fd);
	cleanup_close(&w->spool_fd);
	cleanup_close(&w->cache_fd);
}

void
worker_reload(struct worker *w, const struct conf *c)
{
	struct err e = ERR_INIT;

	if (rules_read(&w->rules, c, w->rules.conf_file, &e) == -1) {
		log_error("worker.reload_refused", F_ERR(&e));
		return;
	}
	for (size_t i = 0; i < LANE_MAX; i++)
		pool_resize(&w->lanes[i].pool);
	weigh(w);
	log_info("worker.reloaded", F_I64("worker", w->id));
}
