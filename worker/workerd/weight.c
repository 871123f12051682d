#include "weight.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mntent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/log.h"

#define V1_SHARES	1024	/* cpu.shares of a group that says nothing; cpu.weight of such a one is 100 */
#define LEAF		"/darkroom-daemons"	/* worker/sandbox/cgroup.c moves us there */

static const char *const words[WEIGHT_MEANS_MAX] = {
	[WEIGHT_NONE] = "none", [WEIGHT_CGROUP2] = "cgroup v2", [WEIGHT_CGROUP1] = "cgroup v1",
	[WEIGHT_NICE] = "nice", [WEIGHT_SCHED] = "sched",
};

const char *
weight_word(enum weight_means m)
{
	return words[m];
}

/* ---- small files -------------------------------------------------------- */

static int
put(const char *dir, const char *file, const char *text)
{
	char path[PATH_MAX + 64];
	CLEANUP(cleanup_close) int fd = -1;
	size_t n = strlen(text);

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd != -1 && write(fd, text, n) == (ssize_t)n ? 0 : -1;
}

static int
get(char *out, size_t max, const char *dir, const char *file)
{
	char path[PATH_MAX + 64];
	CLEANUP(cleanup_close) int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || (n = read(fd, out, max - 1)) == -1)
		return -1;
	out[n] = '\0';
	return 0;
}

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
		if ((p == list || strchr(", \n", p[-1]) != NULL) && strchr(", \n", p[n]) != NULL)
			return true;
	return false;
}

/* ---- where groups can be made -------------------------------------------- */

/* own_v2: the path of our group in the v2 hierarchy, above the leaf. */
static int
own_v2(char *out, size_t max)
{
	char text[8192], *line, *at = text;
	size_t n;

	if (get(text, sizeof(text), "/proc/self", "cgroup") == -1)
		return -1;
	while ((line = strsep(&at, "\n")) != NULL) {
		if (strncmp(line, "0::", 3) != 0)
			continue;
		snprintf(out, max, "%s", strcmp(line + 3, "/") == 0 ? "" : line + 3);
		n = strlen(out);
		if (n >= sizeof(LEAF) - 1 && strcmp(out + n - (sizeof(LEAF) - 1), LEAF) == 0)
			out[n - (sizeof(LEAF) - 1)] = '\0';
		return 0;
	}
	return -1;
}

/* try_v2: ours hands the CPU down already, or does so now.  A group with
 * processes of its own cannot, unless it is the root. */
static bool
try_v2(struct weight *w, const char *mount)
{
	char own[PATH_MAX / 2], base[PATH_MAX], text[1024];

	if (own_v2(own, sizeof(own)) == -1 ||
	    snprintf(base, sizeof(base), "%s%s", mount, own) >= (int)sizeof(base) ||
	    get(text, sizeof(text), base, "cgroup.controllers") == -1 || !has_word(text, "cpu"))
		return false;
	(void)put(base, "cgroup.subtree_control", "+cpu");
	if (get(text, sizeof(text), base, "cgroup.subtree_control") == -1 || !has_word(text, "cpu"))
		return false;
	memcpy(w->base, base, sizeof(base));
	w->v2 = true;
	return true;
}

static bool
try_v1(struct weight *w, const struct mntent *m)
{
	if (!has_word(m->mnt_opts, "cpu") || access(m->mnt_dir, W_OK) == -1)
		return false;
	snprintf(w->base, sizeof(w->base), "%s", m->mnt_dir);
	return true;
}

void
weight_init(struct weight *w, const char *instance)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	const struct mntent *m;

	*w = (struct weight){ .instance = instance };
	while (f != NULL && w->base[0] == '\0' && (m = getmntent(f)) != NULL) {
		if (strcmp(m->mnt_type, "cgroup2") == 0)
			(void)try_v2(w, m->mnt_dir);
		else if (strcmp(m->mnt_type, "cgroup") == 0)
			(void)try_v1(w, m);
	}
	if (f != NULL)
		endmntent(f);
}

/* ---- a lane ------------------------------------------------------------- */

static struct weight_lane *
lane_of(const struct weight *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->lanes[i].name, name) == 0)
			return (struct weight_lane *)&w->lanes[i];
	return NULL;
}

static int
make_group(const struct weight *w, struct weight_lane *l)
{
	char weight[24];
	int64_t v1 = l->share.cpu_weight * V1_SHARES / 100;

	if (w->base[0] == '\0' || l->share.cpu_weight == 0 ||
	    snprintf(l->group, sizeof(l->group), "%s/darkroom-lane-%s-%s", w->base, w->instance, l->name) >= (int)sizeof(l->group))
		return -1;
	if (mkdir(l->group, 0755) == -1 && errno != EEXIST)
		return -1;
	snprintf(weight, sizeof(weight), "%" PRId64, w->v2 ? l->share.cpu_weight : v1 > 2 ? v1 : 2);
	return put(l->group, w->v2 ? "cpu.weight" : "cpu.shares", weight);
}

/* The means in the order of the specification. */
static enum weight_means
decide(const struct weight *w, struct weight_lane *l)
{
	if (make_group(w, l) == 0)
		return w->v2 ? WEIGHT_CGROUP2 : WEIGHT_CGROUP1;
	l->group[0] = '\0';
	if (l->share.nice > 0)
		return WEIGHT_NICE;
	return l->share.sched != SHARE_OTHER ? WEIGHT_SCHED : WEIGHT_NONE;
}

/* yields: a lane that is to stand back; one that is not may be weighted by nothing. */
static bool
yields(const struct share *s)
{
	return s->cpu_weight != 100;
}

void
weight_lane(struct weight *w, const char *name, const struct share *share)
{
	struct weight_lane *l = lane_of(w, name);

	if (l == NULL && w->n < WEIGHT_LANES_MAX)
		l = &w->lanes[w->n++];
	if (l == NULL)
		return;
	*l = (struct weight_lane){ .name = name, .share = *share };
	l->means = decide(w, l);
	log_event(l->means == WEIGHT_NONE && yields(share) ? LOG_WARN : LOG_INFO, "lane.weighted", LOG_FIELDS(
	    F_STR("lane", name), F_STR("means", weight_word(l->means)), F_I64("weight", share->cpu_weight),
	    F_I64("nice", share->nice)));
}

enum weight_means
weight_of(const struct weight *w, const char *name)
{
	const struct weight_lane *l = lane_of(w, name);

	return l != NULL ? l->means : WEIGHT_NONE;
}

/* ---- a runner ----------------------------------------------------------- */

static int
put_nice(pid_t pid, int nice)
{
	char dir[32], text[8];

	if (setpriority(PRIO_PROCESS, (id_t)pid, nice) == -1)
		return -1;
	snprintf(dir, sizeof(dir), "/proc/%d", (int)pid);
	snprintf(text, sizeof(text), "%d", nice);
	(void)put(dir, "autogroup", text);	/* where the kernel has autogroups */
	return 0;
}

static int
put_group(const struct weight_lane *l, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	return put(l->group, "cgroup.procs", text);
}

static int
put_policy(const struct weight_lane *l, pid_t pid)
{
	const struct sched_param p = { .sched_priority = 0 };

	return sched_setscheduler(pid, share_policy(l->share.sched), &p);
}

void
weight_put(const struct weight *w, const char *name, pid_t pid)
{
	const struct weight_lane *l = lane_of(w, name);
	int rc = 0;

	if (l == NULL || l->means == WEIGHT_NONE)
		return;
	if (l->group[0] != '\0')
		rc = put_group(l, pid);
	else if (l->means == WEIGHT_NICE)
		rc = put_nice(pid, (int)l->share.nice);
	else
		rc = put_policy(l, pid);
	if (rc == -1)
		log_warn("lane.unweighted", F_STR("lane", name), F_STR("means", weight_word(l->means)),
		    F_I64("runner_pid", pid), F_I64("status", errno));
}

/* ordinary: a lane whose group is not held back; NULL: there is none. */
static const struct weight_lane *
ordinary(const struct weight *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->lanes[i].group[0] != '\0' && !yields(&w->lanes[i].share))
			return &w->lanes[i];
	return NULL;
}

/* move_session: from the group of one lane to that of another. */
static void
move_session(const struct weight_lane *from, const struct weight_lane *to, pid_t leader)
{
	char text[8192], *at = text, *line;

	if (get(text, sizeof(text), from->group, "cgroup.procs") == -1)
		return;
	while ((line = strsep(&at, "\n")) != NULL) {
		pid_t pid = (pid_t)strtol(line, NULL, 10);

		if (pid > 0 && getsid(pid) == leader)
			(void)put_group(to, pid);
	}
}

void
weight_lift(const struct weight *w, const char *name, pid_t leader)
{
	const struct weight_lane *l = lane_of(w, name), *to = ordinary(w);

	if (l == NULL || leader <= 0)
		return;
	if (l->group[0] != '\0' && to != NULL && to != l)
		move_session(l, to, leader);
	else if (l->means == WEIGHT_NICE)
		(void)setpriority(PRIO_PGRP, (id_t)leader, 0);
}

void
weight_release(struct weight *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->lanes[i].group[0] != '\0')
			(void)rmdir(w->lanes[i].group);
}
