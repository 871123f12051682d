#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/fault.h"

#define CPU_PERIOD_US	100000
#define LEAF		"darkroom-daemons"	/* v2: our own processes stand below the delegated group */
#define END_MS		2000			/* a killed process ends within this, or hangs in the kernel */
#define CLEAR_ROUNDS	4			/* forks that were under way show in the next round */

/* v1 controllers by mount option, v2 controllers by cgroup.controllers; the freezer of v2 is part of every group. */
static const struct { const char *v1, *v2; } roles[CG_ROLE_MAX] = {
	[CG_MEMORY] = { "memory", "memory" },
	[CG_PIDS] = { "pids", "pids" },
	[CG_CPU] = { "cpu", "cpu" },
	[CG_CPUACCT] = { "cpuacct", "cpu" },
	[CG_FREEZER] = { "freezer", "" },
};

/* What keeps a limit where no group does: rlimits of each process, and on_watch of attempt.c for all. */
static const struct { const char *limit; enum cg_role role; const char *otherwise; } means[CG_MEANS_MAX] = {
	{ "memory", CG_MEMORY, "rlimit+watch" },
	{ "pids", CG_PIDS, "rlimit" },
	{ "cpu", CG_CPU, "rlimit+watch" },
	{ "kill", CG_FREEZER, "pid namespace" },
};

/* Where a figure is read: file, key of a line (NULL: the file is the number), divisor to our unit. */
struct source { const char *file, *key; int64_t div; };
static const struct { enum cg_role role; struct source v1, v2; } figures[CG_FIGURE_MAX] = {
	[CG_MEMORY_NOW] = { CG_MEMORY, { "memory.usage_in_bytes", NULL, 1 }, { "memory.current", NULL, 1 } },
	[CG_MEMORY_PEAK] = { CG_MEMORY, { "memory.max_usage_in_bytes", NULL, 1 }, { "memory.peak", NULL, 1 } },
	[CG_MEMORY_FILE] = { CG_MEMORY, { "memory.stat", "cache", 1 }, { "memory.stat", "file", 1 } },
	[CG_MEMORY_SHMEM] = { CG_MEMORY, { "memory.stat", "shmem", 1 }, { "memory.stat", "shmem", 1 } },
	[CG_OOM_KILLS] = { CG_MEMORY, { "memory.oom_control", "oom_kill", 1 }, { "memory.events", "oom_kill", 1 } },
	[CG_PIDS_DENIED] = { CG_PIDS, { "pids.events", "max", 1 }, { "pids.events", "max", 1 } },
	[CG_PIDS_NOW] = { CG_PIDS, { "pids.current", NULL, 1 }, { "pids.current", NULL, 1 } },
	[CG_CPU_US] = { CG_CPUACCT, { "cpuacct.usage", NULL, 1000 }, { "cpu.stat", "usage_usec", 1 } },
};

/* ---- small files --------------------------------------------------------- */
static int
put(const char *dir, const char *name, const char *file, const char *text)
{
	char path[PATH_MAX];
	CLEANUP(cleanup_close) int fd = -1;
	size_t n = strlen(text);

	snprintf(path, sizeof(path), "%s/%s%s%s", dir, name, *name != '\0' ? "/" : "", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd != -1 && write(fd, text, n) == (ssize_t)n ? 0 : -1;
}

static ssize_t
get(char *out, size_t max, const char *dir, const char *name, const char *file)
{
	char path[PATH_MAX];
	CLEANUP(cleanup_close) int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s%s%s", dir, name, *name != '\0' ? "/" : "", file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || (n = read(fd, out, max - 1)) == -1)
		return -1;
	out[n] = '\0';
	return n;
}

/* next_line(&text): the line text begins with, without its end; NULL at the end. */
static char *
next_line(char **text)
{
	return *text != NULL && **text != '\0' ? strsep(text, "\n") : NULL;
}

/* has_word(list, word): word stands in list, between commas or spaces. */
static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
		if ((p == list || strchr(", ", p[-1]) != NULL) &&
		    (p[n] == '\0' || strchr(", \n", p[n]) != NULL))
			return true;
	return false;
}

/* ---- what the host has ---------------------------------------------------- */
static void
add_root(struct cg_host *h, const char *dir)
{
	if (h->n_roots < CG_ROOTS_MAX)
		h->roots[h->n_roots++] = strdup(dir);
}

static void
found(struct cg_host *h, enum cg_role role, const char *dir, bool v2)
{
	if (h->role[role].dir != NULL || access(dir, W_OK) == -1)
		return;			/* read-only as in most containers: as good as none */
	h->role[role].dir = strdup(dir);
	h->role[role].v2 = v2;
}

/* own_v2(out, n): our group's path in the v2 hierarchy, without the leaf we may have moved to. */
static int
own_v2(char *out, size_t n)
{
	char text[8192], *line, *at = text;
	size_t len;

	if (get(text, sizeof(text), "/proc/self", "", "cgroup") == -1)
		return -1;
	while ((line = next_line(&at)) != NULL) {
		if (strncmp(line, "0::", 3) != 0)
			continue;
		snprintf(out, n, "%s", strcmp(line + 3, "/") == 0 ? "" : line + 3);
		len = strlen(out);
		if (len >= sizeof("/" LEAF) - 1 && strcmp(out + len - (sizeof("/" LEAF) - 1), "/" LEAF) == 0)
			out[len - (sizeof("/" LEAF) - 1)] = '\0';
		return 0;
	}
	return -1;
}

/*
 * A v2 group hands controllers down only if it holds no process itself (the
 * root aside), so whoever stands in ours is moved to a leaf first.  Where the
 * controllers belong to v1, v2 has none to hand down and nobody is moved.
 */
static void
delegate(const char *base, const char *controllers)
{
	char text[8192], *pid, *at = text, want[32];

	if (!has_word(controllers, "memory") || (mkdir(base, 0755) == -1 && errno != EEXIST))
		return;
	if (put(base, "", "cgroup.subtree_control", "+memory") == -1) {
		char leaf[2 * PATH_MAX];

		snprintf(leaf, sizeof(leaf), "%s/" LEAF, base);
		(void)mkdir(leaf, 0755);
		if (get(text, sizeof(text), base, "", "cgroup.procs") > 0)
			while ((pid = next_line(&at)) != NULL)
				(void)put(leaf, "", "cgroup.procs", pid);
	}
	for (size_t i = 0; i < CG_ROLE_MAX; i++) {
		if (*roles[i].v2 == '\0' || !has_word(controllers, roles[i].v2))
			continue;
		snprintf(want, sizeof(want), "+%s", roles[i].v2);
		(void)put(base, "", "cgroup.subtree_control", want);
	}
}

static void
probe_v2(struct cg_host *h, const char *mount)
{
	char own[PATH_MAX / 2], base[PATH_MAX + PATH_MAX / 2], text[1024];

	if (own_v2(own, sizeof(own)) == -1)
		return;
	snprintf(base, sizeof(base), "%s%s", mount, own);
	if (get(text, sizeof(text), base, "", "cgroup.controllers") == -1)
		return;
	delegate(base, text);
	h->v2_base = strdup(own);
	add_root(h, base);
	if (get(text, sizeof(text), base, "", "cgroup.subtree_control") == -1)
		return;
	for (size_t i = 0; i < CG_ROLE_MAX; i++)
		if (*roles[i].v2 == '\0' || has_word(text, roles[i].v2))
			found(h, i, base, true);
}

int
cg_probe(struct cg_host *h, struct err *e)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *m;
	char v2_mount[PATH_MAX] = "";

	*h = (struct cg_host){ .n_roots = 0 };
	if (f == NULL)
		return err_sys(e, "/proc/self/mounts");
	while ((m = getmntent(f)) != NULL) {
		if (strcmp(m->mnt_type, "cgroup2") == 0 && *v2_mount == '\0')
			snprintf(v2_mount, sizeof(v2_mount), "%s", m->mnt_dir);
		if (strcmp(m->mnt_type, "cgroup") != 0)
			continue;
		add_root(h, m->mnt_dir);
		for (size_t i = 0; i < CG_ROLE_MAX; i++)
			if (has_word(m->mnt_opts, roles[i].v1))
				found(h, i, m->mnt_dir, false);
	}
	endmntent(f);
	if (*v2_mount != '\0')
		probe_v2(h, v2_mount);
	return 0;
}

bool
cg_any(const struct cg_host *h)
{
	for (size_t i = 0; i < CG_ROLE_MAX; i++)
		if (h->role[i].dir != NULL)
			return true;
	return false;
}

void
cg_means(struct cg_means out[CG_MEANS_MAX], const struct cg_host *h)
{
	for (size_t i = 0; i < CG_MEANS_MAX; i++) {
		out[i].limit = means[i].limit;
		out[i].kept = !cg_has(h, means[i].role) ? means[i].otherwise :
		    h->role[means[i].role].v2 ? "cgroup v2" : "cgroup v1";
	}
}

void
cg_release(struct cg_host *h)
{
	for (size_t i = 0; i < CG_ROLE_MAX; i++)
		free(h->role[i].dir);
	for (size_t i = 0; i < h->n_roots; i++)
		free(h->roots[i]);
	free(h->v2_base);
	*h = (struct cg_host){ .n_roots = 0 };
}

/* ---- one group ------------------------------------------------------------- */
/* first_of(h, role): this role's hierarchy has not been seen with an earlier role. */
static bool
first_of(const struct cg_host *h, size_t role)
{
	if (h->role[role].dir == NULL)
		return false;
	for (size_t i = 0; i < role; i++)
		if (h->role[i].dir != NULL && strcmp(h->role[i].dir, h->role[role].dir) == 0)
			return false;
	return true;
}

static int
set(const struct cg_host *h, const char *name, enum cg_role role, const char *v1, const char *v2,
    const char *text, struct err *e)
{
	const char *file = h->role[role].v2 ? v2 : v1;

	if (!cg_has(h, role))
		return 0;
	if (put(h->role[role].dir, name, file, text) == -1)
		return err_sys(e, "cgroup %s: %s", name, file);
	return 0;
}

int
cg_limit(const struct cg_host *h, const char *name, const struct cg_limits *l, struct err *e)
{
	char bytes[32], pids[32], cpu[48];

	snprintf(bytes, sizeof(bytes), "%lld", (long long)l->memory_bytes);
	snprintf(pids, sizeof(pids), "%lld", (long long)l->pids);
	snprintf(cpu, sizeof(cpu), h->role[CG_CPU].v2 ? "%lld %d" : "%lld",
	    (long long)l->cpus * CPU_PERIOD_US, CPU_PERIOD_US);
	/* In v1 memory may not exceed memory and swap: out of the way with an older limit. */
	if (cg_has(h, CG_MEMORY) && !h->role[CG_MEMORY].v2)
		(void)put(h->role[CG_MEMORY].dir, name, "memory.memsw.limit_in_bytes", "-1");
	if (set(h, name, CG_MEMORY, "memory.limit_in_bytes", "memory.max", bytes, e) == -1 ||
	    set(h, name, CG_PIDS, "pids.max", "pids.max", pids, e) == -1 ||
	    set(h, name, CG_CPU, "cpu.cfs_quota_us", "cpu.max", cpu, e) == -1)
		return -1;
	/* Hosts without swap accounting have no such file, and nothing to forbid. */
	if (!cg_has(h, CG_MEMORY))
		return 0;
	(void)put(h->role[CG_MEMORY].dir, name,
	    h->role[CG_MEMORY].v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes",
	    h->role[CG_MEMORY].v2 ? "0" : bytes);
	return 0;
}

/* undo(h, name, n): remove the folders of the first n roles, which are ours. */
static void
undo(const struct cg_host *h, const char *name, size_t n)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < n; i++)
		if (first_of(h, i)) {
			snprintf(path, sizeof(path), "%s/%s", h->role[i].dir, name);
			(void)rmdir(path);
		}
}

int
cg_make(const struct cg_host *h, const char *name, struct err *e)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < CG_ROLE_MAX; i++) {
		if (!first_of(h, i))
			continue;
		snprintf(path, sizeof(path), "%s/%s", h->role[i].dir, name);
		if (mkdir(path, 0755) == -1) {
			err_sys(e, "cgroup %s", path);
			undo(h, name, i);
			return -1;
		}
	}
	return 0;
}

int
cg_join(const struct cg_host *h, const char *name, pid_t pid, struct err *e)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	for (size_t i = 0; i < CG_ROLE_MAX; i++)
		if (first_of(h, i) && put(h->role[i].dir, name, "cgroup.procs", text) == -1)
			return err_sys(e, "cgroup %s: join", name);
	return 0;
}

int64_t
cg_read(const struct cg_host *h, const char *name, enum cg_figure f)
{
	enum cg_role role = figures[f].role;
	const struct source *src = h->role[role].v2 ? &figures[f].v2 : &figures[f].v1;
	char text[8192], *line, *at = text;
	size_t n = src->key != NULL ? strlen(src->key) : 0;

	if (h->role[role].dir == NULL || get(text, sizeof(text), h->role[role].dir, name, src->file) <= 0)
		return -1;
	if (src->key == NULL)
		return strtoll(text, NULL, 10) / src->div;
	while ((line = next_line(&at)) != NULL)
		if (strncmp(line, src->key, n) == 0 && line[n] == ' ')
			return strtoll(line + n + 1, NULL, 10) / src->div;
	return -1;
}

static bool
empty_in(const char *dir, const char *name)
{
	char text[64];

	return get(text, sizeof(text), dir, name, "cgroup.procs") <= 0;
}

bool
cg_empty(const struct cg_host *h, const char *name)
{
	for (size_t i = 0; i < CG_ROLE_MAX; i++)
		if (first_of(h, i) && !empty_in(h->role[i].dir, name))
			return false;
	return true;
}

/* kill_in: SIGKILL to every process that dir's group lists. */
static void
kill_in(const char *dir, const char *name)
{
	char text[1 << 16], *pid, *at = text;

	if (get(text, sizeof(text), dir, name, "cgroup.procs") <= 0)
		return;
	while ((pid = next_line(&at)) != NULL)
		if (strtol(pid, NULL, 10) > 1)
			(void)kill((pid_t)strtol(pid, NULL, 10), SIGKILL);
}

void
cg_kill(const struct cg_host *h, const char *name)
{
	const char *dir = h->role[CG_FREEZER].dir;

	if (dir != NULL && h->role[CG_FREEZER].v2 && put(dir, name, "cgroup.kill", "1") == 0)
		return;
	if (dir != NULL && !h->role[CG_FREEZER].v2)
		(void)put(dir, name, "freezer.state", "FROZEN");
	for (size_t i = 0; i < h->n_roots; i++)
		kill_in(h->roots[i], name);
	if (dir != NULL && !h->role[CG_FREEZER].v2)
		(void)put(dir, name, "freezer.state", "THAWED");
}

bool
cg_remove(const struct cg_host *h, const char *name)
{
	char path[PATH_MAX];
	bool gone = true;

	for (size_t i = 0; i < h->n_roots; i++) {
		snprintf(path, sizeof(path), "%s/%s", h->roots[i], name);
		if (rmdir(path) == -1 && errno != ENOENT)
			gone = false;
	}
	return gone;
}

void
cg_path(char *out, size_t n, const struct cg_host *h, const char *name)
{
	snprintf(out, n, "%s/%s", h->role[CG_MEMORY].v2 && h->v2_base != NULL ? h->v2_base : "", name);
}

/* ---- what the dead left ------------------------------------------------------ */
/* start_of(pid): when it started, in ticks since boot; -1 if it does not live:
 * a dead one whose parent has not waited for it has nothing any more. */
static long long
start_of(long pid)
{
	char dir[32], text[1024], *p;

	snprintf(dir, sizeof(dir), "/proc/%ld", pid);
	if (get(text, sizeof(text), dir, "", "stat") <= 0 || (p = strrchr(text, ')')) == NULL ||
	    (p[1] == ' ' && (p[2] == 'Z' || p[2] == 'X')))
		return -1;
	for (int field = 2; field < 22 && p != NULL; field++)	/* proc(5): 22 is starttime */
		p = strchr(p + 1, ' ');
	return p != NULL ? strtoll(p + 1, NULL, 10) : -1;
}

int
cg_prefix(char *out, size_t n, const char *instance, struct err *e)
{
	long long start = start_of(getpid());

	if (start == -1)
		return err_set(e, ERR_SANDBOX, "/proc/self/stat cannot be read");
	snprintf(out, n, "darkroom-%s-%d-%lld", instance, (int)getpid(), start);
	return 0;
}

/*
 * orphan(name, prefix): one of this instance's groups whose maker is gone.  The
 * whole name must fit <pid>-<start>-<letter><number>: instance a must not take
 * the group of instance a-2 for one that process 2 has made.
 */
static bool
orphan(const char *name, const char *prefix)
{
	long long start;
	long pid;
	char kind;
	int n = 0;

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return false;
	name += strlen(prefix);
	if (sscanf(name, "%ld-%lld-%c%*u%n", &pid, &start, &kind, &n) != 3 || n == 0 || name[n] != '\0')
		return false;
	return pid > 0 && (kind == 'c' || kind == 'j') && start_of(pid) != start;
}

/* await_end(dir, name): wait until no process that dir's group lists lives, for END_MS each at most. */
static void
await_end(const char *dir, const char *name)
{
	char text[1 << 16], *pid, *at = text;

	if (get(text, sizeof(text), dir, name, "cgroup.procs") <= 0)
		return;
	while ((pid = next_line(&at)) != NULL) {
		CLEANUP(cleanup_close) int fd = (int)syscall(SYS_pidfd_open, (pid_t)strtol(pid, NULL, 10), 0);
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (fd != -1)
			(void)poll(&p, 1, END_MS);
	}
}

bool
cg_clear(const struct cg_host *h, const char *name)
{
	for (int i = 0; i < CLEAR_ROUNDS; i++) {
		if (cg_remove(h, name))
			return true;
		cg_kill(h, name);
		for (size_t r = 0; r < h->n_roots; r++)
			await_end(h->roots[r], name);
	}
	return cg_remove(h, name);
}

int
cg_sweep(const struct cg_host *h, const char *instance)
{
	char prefix[CG_NAME_MAX];
	int n = 0;

	snprintf(prefix, sizeof(prefix), "darkroom-%s-", instance);
	for (size_t i = 0; i < h->n_roots; i++) {
		DIR *d = opendir(h->roots[i]);
		struct dirent *de;

		if (d == NULL)
			continue;
		while ((de = readdir(d)) != NULL)
			if (orphan(de->d_name, prefix) && cg_clear(h, de->d_name)) {
				FAULT_POINT(CGROUP_SWEPT);
				n++;
			}
		closedir(d);
	}
	return n;
}
