#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "capture.h"
#include "census.h"
#include "collect.h"
#include "filter.h"
#include "jobfs.h"
#include "outcome.h"
#include "pen.h"

#define MIB		(1LL << 20)
#define WATCH_MS	25	/* how often memory is compared with memory_mb */
#define USAGE_EVERY	40	/* watches: once a second */
#define PAUSE_MS	2	/* a stream past its cap is drained at 64 KiB per this */
#define STUCK_MS	10000	/* a killed process that is not gone by then hangs in the kernel */
#define PACKETS_MAX	256	/* a script that talks more than this is not listened to any more */
#define NPROC_SPARE	16	/* above pids: the control group decides, this stands behind it */
#define NOFILE		1024
#define NOFILE_UNCOUNTED 256	/* what pipes and sockets hold is in no process's memory */
#define STACK_BYTES	(8 * MIB)	/* of a thread, as glibc reserves it */
#define ARENA_BYTES	(128 * MIB)	/* of address space, likewise */
#define NOTIF_BYTES	256	/* room for the struct seccomp_notif of kernels to come */

struct stream { struct attempt *a; int i; struct loop_fd *on; struct loop_timer *resume; };

struct attempt {
	struct attempt_env env;
	struct spec spec;
	struct jobfs fs;
	struct capture cap;
	struct collect collect;
	struct spare spare;
	struct ending end;
	struct census census;		/* open where groups do not count everything */
	struct json_object *files;
	char	group[CG_NAME_MAX];
	int	listener;
	int	ends[2];		/* the script's ends of the streams, until handed over */
	bool	grouped, finishing, discard;
	unsigned packets, watches;
	int64_t	handed_us, started_us;
	struct stream streams[2];
	struct loop_fd *on_sock, *on_keeper, *on_listener;
	struct loop_timer *deadline, *watch, *stuck, *step;
	char	*traceback;
};

static void on_keeper(void *arg, uint32_t events);

int
spare_enrol(struct spare *s, const struct cg_host *cg, const char *name, struct err *e)
{
	if (cg_make(cg, name, e) == -1)
		return -1;
	FAULT_POINT(SPARE_GROUPED);
	snprintf(s->group, sizeof(s->group), "%s", name);
	return cg_join(cg, name, s->pid, e);
}

void
spare_release(struct spare *s, const struct cg_host *cg)
{
	if (s->group[0] != '\0' && !cg_clear(cg, s->group))
		log_warn("cgroup.stuck", F_STR("name", s->group));
	cleanup_close(&s->keeper);
	cleanup_close(&s->sock);
	cleanup_close(&s->status);
	*s = (struct spare)SPARE_INIT;
}

const char *attempt_id(const struct attempt *a) { return a->spec.id; }
bool attempt_fresh(const struct attempt *a) { return a->spec.fresh; }

static void
setup_failed(struct attempt *a, const struct err *e)
{
	if (a->end.setup[0] == '\0')
		snprintf(a->end.setup, sizeof(a->end.setup), "%.*s", (int)sizeof(a->end.setup) - 1, e->msg);
}

/* ---- killing -------------------------------------------------------------------- */
static void
sigkill(struct attempt *a)
{
	if (a->spare.keeper != -1)
		(void)syscall(SYS_pidfd_send_signal, a->spare.keeper, SIGKILL, NULL, 0);
}

void
attempt_kill(struct attempt *a, const char *reason)
{
	if (a->finishing || a->end.killed[0] != '\0')
		return;
	snprintf(a->end.killed, sizeof(a->end.killed), "%s", reason);
	sigkill(a);
	loop_timer_set(a->stuck, STUCK_MS);
}

static void
on_deadline(void *arg)
{
	attempt_kill(arg, "TIMEOUT");
}

void
attempt_deadline(struct attempt *a, int64_t ms)
{
	if (!a->finishing)
		loop_timer_set(a->deadline, ms);
}

/* ---- while it runs ----------------------------------------------------------------- */
/* What counts against memory_mb: everything but files on the job's disk and clean pages of other files. */
static int64_t
memory_used(struct attempt *a)
{
	int64_t limit = a->spec.limits.memory_mb * MIB, now, file, shmem;

	if (!cg_has(a->env.cg, CG_MEMORY))
		return census_memory(&a->census, limit, jobfs_used(&a->fs));
	now = cg_read(a->env.cg, a->group, CG_MEMORY_NOW);
	if (now <= limit)
		return now;
	file = cg_read(a->env.cg, a->group, CG_MEMORY_FILE);
	shmem = cg_read(a->env.cg, a->group, CG_MEMORY_SHMEM);
	return now - jobfs_used(&a->fs) - (file > shmem ? file - shmem : 0);
}

/* cpu_budget(a): seconds of CPU time that the job can use if it keeps to its limits. */
static int64_t
cpu_budget(const struct attempt *a)
{
	return a->spec.limits.cpus * a->spec.limits.wall_s;
}

static int64_t
cpu_used_us(const struct attempt *a)
{
	int64_t us = cg_read(a->env.cg, a->group, CG_CPU_US);

	return us != -1 ? us : a->census.cpu_us;
}

static int64_t
memory_peak(const struct attempt *a)
{
	return cg_has(a->env.cg, CG_MEMORY) ? cg_read(a->env.cg, a->group, CG_MEMORY_PEAK) : a->census.memory_peak;
}

static void
tell_usage(struct attempt *a, int64_t memory)
{
	struct attempt_usage u = { .cpu_ms = cpu_used_us(a) / 1000, .memory_bytes = memory, .memory_peak_bytes = memory_peak(a),
	    .disk_bytes = jobfs_used(&a->fs), .pids = cg_read(a->env.cg, a->group, CG_PIDS_NOW) };

	if (u.pids == -1)
		u.pids = a->census.tasks;
	a->env.ops->usage(a->env.arg, &u);
}

static void
on_watch(void *arg)
{
	struct attempt *a = arg;
	int64_t used;

	census_take(&a->census);
	used = memory_used(a);
	if (used > a->spec.limits.memory_mb * MIB)
		attempt_kill(a, "OOM");
	if (!cg_has(a->env.cg, CG_CPU) && cpu_used_us(a) > cpu_budget(a) * 1000000)
		attempt_kill(a, "TIMEOUT");
	if (++a->watches % USAGE_EVERY == 0)
		tell_usage(a, used);
	loop_timer_set(a->watch, WATCH_MS);
}

static void
broken_files(struct attempt *a, const struct err *e)
{
	setup_failed(a, e);
	sigkill(a);
}

static void
on_stream(void *arg, uint32_t events)
{
	struct stream *s = arg;
	struct err e = ERR_INIT;
	int rc;

	(void)events;
	rc = capture_read(&s->a->cap, s->i, &e);
	if (rc < 0)
		loop_fd_del(&s->on);
	if (rc == -2)
		broken_files(s->a, &e);
	if (rc == 1 && capture_over(&s->a->cap, s->i) && loop_fd_mod(s->on, 0, &e) == 0)
		loop_timer_set(s->resume, PAUSE_MS);
}

static void
on_resume(void *arg)
{
	struct stream *s = arg;
	struct err e = ERR_INIT;

	if (s->on != NULL)
		(void)loop_fd_mod(s->on, EPOLLIN, &e);
}

static void
on_listener(void *arg, uint32_t events)
{
	struct attempt *a = arg;
	union { struct seccomp_notif n; char room[NOTIF_BYTES]; } u;

	memset(&u, 0, sizeof(u));
	if ((events & EPOLLIN) != 0 && ioctl(a->listener, SECCOMP_IOCTL_NOTIF_RECV, &u.n) == 0) {
		filter_name(u.n.data.arch, u.n.data.nr, a->end.syscall, sizeof(a->end.syscall));
		attempt_kill(a, "SYSCALL_DENIED");
	}
	loop_fd_del(&a->on_listener);
}

/* ---- what the wrapper says: see zygote/job.py ----------------------------------------- */
static void
hear_setup(struct attempt *a, struct json_object *o, struct packet *p)
{
	const char *step = "?";
	int64_t number = 0;

	(void)p;
	if (a->end.started || a->end.binding)
		return;
	(void)json_opt_str(o, "step", 1, 64, &step, NULL);
	(void)json_opt_i64(o, "errno", 0, 4096, &number, NULL);
	snprintf(a->end.setup, sizeof(a->end.setup), "%.40s: errno %d", step, (int)number);
}

static void
hear_listener(struct attempt *a, struct json_object *o, struct packet *p)
{
	struct err e = ERR_INIT;

	(void)o;
	if (a->listener != -1 || a->end.started || p->n_fds != 1)
		return;
	a->listener = p->fds[0];
	p->n_fds = 0;
	a->end.binding = true;
	a->on_listener = loop_fd_add(a->env.loop, a->listener, EPOLLIN, on_listener, a, &e);
	if (a->on_listener == NULL)
		broken_files(a, &e);
}

static void
hear_input(struct attempt *a, struct json_object *o, struct packet *p)
{
	const char *variable = "", *type = "";

	(void)p;
	if (a->end.started)
		return;
	(void)json_opt_str(o, "variable", 1, SPEC_NAME_MAX, &variable, NULL);
	(void)json_opt_str(o, "type", 1, sizeof(a->end.bad_type) - 1, &type, NULL);
	for (size_t i = 0; i < a->spec.n_inputs; i++)
		if (strcmp(a->spec.inputs[i].variable, variable) == 0)
			a->end.bad_input = (int)i;
	snprintf(a->end.bad_type, sizeof(a->end.bad_type), "%s", type);
}

static void
hear_started(struct attempt *a, struct json_object *o, struct packet *p)
{
	(void)o;
	(void)p;
	if (a->end.started || !a->end.binding)
		return;
	a->end.started = true;
	FAULT_WITNESS("begun %s %s", a->spec.id, a->spec.dir);
	FAULT_POINT(ATTEMPT_STARTED);
	a->started_us = clock_mono_us();
	loop_timer_set(a->deadline, a->spec.timeout_ms);
	a->env.ops->started(a->env.arg);
}

static void
hear_exception(struct attempt *a, struct json_object *o, struct packet *p)
{
	const char *text = NULL;

	(void)p;
	if (!a->end.started)
		return;
	outcome_hear(&a->end, o);
	if (json_opt_str(o, "traceback", 1, PEN_PACKET_MAX, &text, NULL) == 1) {
		free(a->traceback);
		a->traceback = strdup(text);
	}
}

static const struct {
	const char *t;
	void (*hear)(struct attempt *a, struct json_object *o, struct packet *p);
} words[] = {
	{ "setup", hear_setup }, { "listener", hear_listener }, { "input", hear_input },
	{ "started", hear_started }, { "exception", hear_exception },
};

/* hear_one: 1 a packet was taken (or ignored), 0 none there, -1 the end. */
static int
hear_one(struct attempt *a)
{
	char text[PEN_PACKET_MAX + 1];
	struct packet p = { .data = text };
	CLEANUP(json_put) struct json_object *o = NULL;
	const char *t = "";
	int rc = pen_recv(a->spare.sock, &p);

	if (rc != 1)
		return rc;
	a->packets++;
	if (json_parse(&o, p.data, p.len, NULL) == 0 && json_object_is_type(o, json_type_object) &&
	    json_opt_str(o, "t", 1, 16, &t, NULL) == 1)
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (strcmp(words[i].t, t) == 0)
				words[i].hear(a, o, &p);
	packet_close(&p);
	return 1;
}

static void
on_sock(void *arg, uint32_t events)
{
	struct attempt *a = arg;

	(void)events;
	if (hear_one(a) == -1 || a->packets > PACKETS_MAX)
		loop_fd_del(&a->on_sock);
}

/* ---- the end ----------------------------------------------------------------------------- */
/* witness_files: what this run made, apart from what will be said of it. */
static void
witness_files(const struct attempt *a)
{
	for (size_t i = 0; i < json_object_array_length(a->files); i++)
		FAULT_WITNESS("made %s %s %s", a->spec.id, a->spec.dir, json_object_get_string(
		    json_object_object_get(json_object_array_get_idx(a->files, i), "sha256")));
}

static void
done(struct attempt *a, bool broken)
{
	struct json_object *outcome, *notes = a->collect.notes;

	a->end.too_large = a->collect.too_large;
	a->end.missing = a->collect.missing;
	a->end.near = a->collect.missing != NULL ? collect_near(&a->collect, a->collect.missing) : NULL;
	a->end.truncated = a->cap.truncated;
	witness_files(a);
	FAULT_POINT(ATTEMPT_COLLECTED);
	outcome = outcome_json(&a->end, STEAL(a->files),
	    notes != NULL ? json_object_get(notes) : json_object_new_array());
	a->env.ops->done(a->env.arg, outcome, broken);
}

static void
on_step(void *arg)
{
	struct attempt *a = arg;
	struct err e = ERR_INIT;
	int rc = collect_step(&a->collect, a->files, &e);

	if (rc == 1) {
		loop_timer_set(a->step, 0);
		return;
	}
	if (rc == -1)
		setup_failed(a, &e);
	done(a, false);
}

static void
unwatch(struct attempt *a)
{
	for (size_t i = 0; i < 2; i++) {
		loop_fd_del(&a->streams[i].on);
		loop_timer_cancel(a->streams[i].resume);
	}
	loop_fd_del(&a->on_sock);
	loop_fd_del(&a->on_keeper);
	loop_fd_del(&a->on_listener);
	loop_timer_cancel(a->deadline);
	loop_timer_cancel(a->watch);
	loop_timer_cancel(a->stuck);
}

static void
take_figures(struct attempt *a)
{
	const struct cg_host *h = a->env.cg;
	int status;

	if (read(a->spare.status, &status, sizeof(status)) == sizeof(status)) {
		a->end.has_status = true;
		a->end.status = status;
	}
	a->end.wall_us = clock_mono_us() - (a->end.started ? a->started_us : a->handed_us);
	a->end.disk_full = jobfs_full(&a->fs);
	a->end.oom_kills = cg_read(h, a->group, CG_OOM_KILLS);
	a->end.pids_denied = cg_has(h, CG_PIDS) ? cg_read(h, a->group, CG_PIDS_DENIED) :
	    a->census.tasks_peak >= a->spec.limits.pids || a->end.tasks >= a->spec.limits.pids;
	a->end.cpu_us = cpu_used_us(a);
	a->end.memory_peak = memory_peak(a);
}

static int
keep_traceback(struct attempt *a, struct err *e)
{
	CLEANUP(outfile_release) struct outfile o = OUTFILE_INIT;
	struct json_object *row = NULL;

	if (a->traceback == NULL || strcmp(outcome_reason(&a->end) != NULL ? outcome_reason(&a->end) : "",
	    "EXCEPTION") != 0)
		return 0;
	if (outfile_open(&o, a->spec.dir, CAPTURE_FILES, e) == -1 ||
	    outfile_write(&o, a->traceback, strlen(a->traceback), e) == -1 ||
	    outfile_close(&o, "traceback", "traceback", &row, e) == -1)
		return -1;
	json_object_array_add(a->files, row);
	return 0;
}

/* finish: nobody of the job lives any more (or, broken, will not die). */
static void
finish(struct attempt *a, bool broken)
{
	struct err e = ERR_INIT;

	while (a->packets <= PACKETS_MAX && hear_one(a) == 1)
		;
	a->finishing = true;
	unwatch(a);
	take_figures(a);
	census_release(&a->census);
	FAULT_POINT(ATTEMPT_ENDED);
	a->grouped = !cg_clear(a->env.cg, a->group);
	a->env.ops->collecting(a->env.arg);
	if (capture_close(&a->cap, a->files, &e) == -1 || keep_traceback(a, &e) == -1) {
		setup_failed(a, &e);
		done(a, broken);
		return;
	}
	if (a->discard || broken || !a->end.started) {
		done(a, broken);
		return;
	}
	if (collect_walk(&a->collect, a->fs.artifacts, &a->spec, CAPTURE_FILES + 1, &e) == -1) {
		setup_failed(a, &e);
		done(a, broken);
		return;
	}
	on_step(a);
}

static void
on_keeper(void *arg, uint32_t events)
{
	(void)events;
	finish(arg, false);
}

static void
on_stuck(void *arg)
{
	struct attempt *a = arg;

	cg_kill(a->env.cg, a->group);
	finish(a, true);
}

/* ---- the beginning -------------------------------------------------------------------------- */
static int
prepare(struct attempt *a, const struct spare *s, struct err *e)
{
	const struct spec_limits *l = &a->spec.limits;
	const struct cg_limits limits = { .memory_bytes = (l->memory_mb + l->disk_mb) * MIB,
		.pids = l->pids, .cpus = l->cpus };
	size_t bad = SIZE_MAX;

	snprintf(a->group, sizeof(a->group), "%s", s->group);
	if (cg_limit(a->env.cg, a->group, &limits, e) == -1)
		return -1;
	if (jobfs_make(&a->fs, &a->spec, a->env.base_uid, &bad, e) == -1) {
		a->end.bad_input = bad != SIZE_MAX ? (int)bad : -1;
		return -1;
	}
	return capture_open(&a->cap, a->spec.dir, l->log_kb * 1024, a->ends, e);
}

static void
make_timers(struct attempt *a)
{
	a->deadline = loop_timer_new(a->env.loop, on_deadline, a);
	a->watch = loop_timer_new(a->env.loop, on_watch, a);
	a->stuck = loop_timer_new(a->env.loop, on_stuck, a);
	a->step = loop_timer_new(a->env.loop, on_step, a);
	for (int i = 0; i < 2; i++) {
		a->streams[i] = (struct stream){ .a = a, .i = i };
		a->streams[i].resume = loop_timer_new(a->env.loop, on_resume, &a->streams[i]);
	}
}

struct attempt *
attempt_new(const struct attempt_env *env, struct json_object *frame, const struct spare *s,
    struct json_object **refused)
{
	struct attempt *a = calloc(1, sizeof(*a));
	struct err e = ERR_INIT;

	if (a == NULL)
		abort();
	a->env = *env;
	a->fs = (struct jobfs)JOBFS_INIT;
	a->cap = (struct capture)CAPTURE_INIT;
	a->collect = (struct collect)COLLECT_INIT;
	a->spare = (struct spare)SPARE_INIT;
	a->census = (struct census)CENSUS_INIT;
	a->listener = a->ends[0] = a->ends[1] = -1;
	a->files = json_object_new_array();
	a->end.spec = &a->spec;
	a->end.bad_input = -1;
	make_timers(a);
	if (spec_parse(&a->spec, frame, &e) == 0 && prepare(a, s, &e) == 0) {
		FAULT_POINT(ATTEMPT_PREPARED);
		return a;
	}
	if (a->end.bad_input == -1)
		setup_failed(a, &e);
	*refused = outcome_json(&a->end, STEAL(a->files), json_object_new_array());
	attempt_free(a);
	return NULL;
}

static void
add_limit(struct json_object *list, int resource, int64_t value)
{
	struct json_object *pair = json_object_new_array();

	json_object_array_add(pair, json_object_new_int(resource));
	json_object_array_add(pair, json_object_new_int64(value));
	json_object_array_add(list, pair);
}

/* add_stand_ins: limits of each process where no group limits all of them together. */
static void
add_stand_ins(const struct attempt *a, struct json_object *list)
{
	const struct spec_limits *l = &a->spec.limits;
	long long pages = 0, data = 0;
	char path[32];
	FILE *f;

	if (!cg_has(a->env.cg, CG_CPU))
		add_limit(list, RLIMIT_CPU, cpu_budget(a) + 1);
	if (cg_has(a->env.cg, CG_MEMORY))
		return;
	/* On top of what it has from the zygote; stacks and arenas of threads are reserved, not used. */
	snprintf(path, sizeof(path), "/proc/%d/statm", (int)a->spare.pid);
	f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%lld %*d %*d %*d %*d %lld", &pages, &data) != 2)
		pages = data = 0;
	if (f != NULL)
		fclose(f);
	add_limit(list, RLIMIT_DATA, data * sysconf(_SC_PAGESIZE) + l->memory_mb * MIB + l->pids * STACK_BYTES);
	add_limit(list, RLIMIT_AS, pages * sysconf(_SC_PAGESIZE) + (l->memory_mb + l->disk_mb) * MIB +
	    l->pids * (STACK_BYTES + ARENA_BYTES));
}

/* order_json: what the process that becomes the script needs to know itself. */
static struct json_object *
order_json(const struct attempt *a)
{
	const struct cg_host *h = a->env.cg;
	const struct { int resource; int64_t value; } limits[] = {
		{ RLIMIT_CORE, 1 },	/* no file, and no pipe to core_pattern's program: see filter.c */
		{ RLIMIT_NOFILE, cg_has(h, CG_MEMORY) ? NOFILE : NOFILE_UNCOUNTED },
		{ RLIMIT_MEMLOCK, 8 * MIB }, { RLIMIT_MSGQUEUE, 0 },
		{ RLIMIT_RTPRIO, 0 }, { RLIMIT_SIGPENDING, 1024 },
		{ RLIMIT_NPROC, a->spec.limits.pids + (cg_has(h, CG_PIDS) ? NPROC_SPARE : 0) },
	};
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	struct json_object *targets = json_object_new_array();

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		add_limit(list, limits[i].resource, limits[i].value);
	add_stand_ins(a, list);
	for (size_t i = 0; i < JOBFS_TREES; i++)
		json_object_array_add(targets, json_object_new_string(jobfs_target[i]));
	json_add(o, "limits", list);
	json_add(o, "targets", targets);
	json_add_i64(o, "cpus", a->spec.limits.cpus);
	return o;
}

/* should_die_first(pid): when the host itself runs out of memory. */
static void
should_die_first(pid_t pid)
{
	CLEANUP(cleanup_close) int fd = -1;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", (int)pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd != -1 && write(fd, "1000", 4) != 4)
		log_warn("job.unranked", F_I64("pid", pid));
}

static bool
counted_by_groups(const struct cg_host *h)
{
	return cg_has(h, CG_MEMORY) && cg_has(h, CG_PIDS) && cg_has(h, CG_CPU) && cg_has(h, CG_CPUACCT);
}

static int
hand_over(struct attempt *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *order = order_json(a);
	CLEANUP(cleanup_close) int script = -1;
	const char *text = json_text(order);
	int fds[3 + JOBFS_TREES];
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/script", a->spec.dir);
	script = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (script == -1)
		return err_sys(e, "script");
	if (!counted_by_groups(a->env.cg) && census_open(&a->census, a->spare.pid, e) == -1)
		return -1;
	should_die_first(a->spare.pid);
	fds[0] = a->ends[0];
	fds[1] = a->ends[1];
	fds[2] = script;
	memcpy(fds + 3, a->fs.tree, sizeof(a->fs.tree));
	if (pen_send(a->spare.sock, text, strlen(text), fds, 3 + JOBFS_TREES, e) == -1)
		return -1;
	FAULT_POINT(ATTEMPT_HANDED);
	jobfs_close_trees(&a->fs);
	cleanup_close(&a->ends[0]);
	cleanup_close(&a->ends[1]);
	return 0;
}

static int
watch_all(struct attempt *a, struct err *e)
{
	for (int i = 0; i < 2; i++) {
		a->streams[i].on = loop_fd_add(a->env.loop, a->cap.fd[i], EPOLLIN, on_stream, &a->streams[i], e);
		if (a->streams[i].on == NULL)
			return -1;
	}
	a->on_sock = loop_fd_add(a->env.loop, a->spare.sock, EPOLLIN, on_sock, a, e);
	a->on_keeper = loop_fd_add(a->env.loop, a->spare.keeper, EPOLLIN, on_keeper, a, e);
	return a->on_sock != NULL && a->on_keeper != NULL ? 0 : -1;
}

void
attempt_run(struct attempt *a, struct spare *s)
{
	struct err e = ERR_INIT;

	a->spare = *s;
	*s = (struct spare)SPARE_INIT;
	a->spare.group[0] = '\0';
	a->grouped = true;
	a->handed_us = clock_mono_us();
	if (watch_all(a, &e) == 0 && hand_over(a, &e) == 0) {
		loop_timer_set(a->deadline, a->spec.timeout_ms);
		loop_timer_set(a->watch, WATCH_MS);
		return;
	}
	setup_failed(a, &e);
	sigkill(a);		/* the keeper's end leads to done */
	loop_timer_set(a->stuck, STUCK_MS);
}

void
attempt_free(struct attempt *a)
{
	if (a == NULL)
		return;
	sigkill(a);
	unwatch(a);
	if (a->grouped)
		(void)cg_clear(a->env.cg, a->group);
	loop_timer_free(&a->deadline);
	loop_timer_free(&a->watch);
	loop_timer_free(&a->stuck);
	loop_timer_free(&a->step);
	for (size_t i = 0; i < 2; i++)
		loop_timer_free(&a->streams[i].resume);
	cleanup_close(&a->listener);
	cleanup_close(&a->ends[0]);
	cleanup_close(&a->ends[1]);
	spare_release(&a->spare, a->env.cg);
	census_release(&a->census);
	jobfs_release(&a->fs);
	capture_release(&a->cap);
	collect_release(&a->collect);
	json_put(&a->files);
	free(a->traceback);
	spec_release(&a->spec);
	free(a);
}
