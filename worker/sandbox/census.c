#include "census.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"

/* Fields of /proc/<pid>/stat, see proc(5). */
enum { STAT_FIRST = 3, STAT_UTIME = 14, STAT_CSTIME = 17, STAT_THREADS = 20, STAT_RSS = 24, STAT_MAX };

#define FIGURE_MAX	(INT64_C(1) << 32)	/* of one process: ticks, pages, kB; sums of all stay far from overflow */
#define WALKS	3	/* that must agree before memory is called too much */

int
census_open(struct census *c, pid_t pid, struct err *e)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/root/proc", (int)pid);
	c->proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->proc != -1 ? 0 : err_sys(e, "the job's /proc");
}

void
census_release(struct census *c)
{
	cleanup_close(&c->proc);
}

/* figure(p, end): the number at p, within 0 and FIGURE_MAX. */
static int64_t
figure(const char *p, char **end)
{
	int64_t v = strtoll(p, end, 10);

	return v < 0 ? 0 : v < FIGURE_MAX ? v : FIGURE_MAX;
}

static bool
read_of(const struct census *c, const char *pid, const char *file, char *out, size_t n)
{
	CLEANUP(cleanup_close) int fd = -1;
	char path[300];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/%s", pid, file);
	fd = openat(c->proc, path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || (len = read(fd, out, n - 1)) <= 0)
		return false;
	out[len] = '\0';
	return true;
}

/* each(c, fn, arg): fn for every process of the job; one that ends meanwhile is passed over. */
static void
each(const struct census *c, void (*fn)(const struct census *c, const char *pid, void *arg), void *arg)
{
	int fd = openat(c->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *de;

	if (d == NULL) {
		cleanup_close(&fd);
		return;
	}
	while ((de = readdir(d)) != NULL)
		if (isdigit((unsigned char)de->d_name[0]))
			fn(c, de->d_name, arg);
	closedir(d);
}

/* ---- tasks, time, the quick sum of memory --------------------------------------- */
struct sums { int64_t tasks, ticks, pages; };

static void
add_stat(const struct census *c, const char *pid, void *arg)
{
	struct sums *s = arg;
	char text[1024], *p;
	int64_t v;

	/* The name, in parentheses, is the script's own choice: count from its last one. */
	if (!read_of(c, pid, "stat", text, sizeof(text)) || (p = strrchr(text, ')')) == NULL)
		return;
	p = strlen(p) > 2 ? strchr(p + 2, ' ') : NULL;	/* past the state, a letter */
	for (int field = STAT_FIRST + 1; field < STAT_MAX && p != NULL && *p != '\0'; field++) {
		v = figure(p, &p);
		if (field >= STAT_UTIME && field <= STAT_CSTIME)
			s->ticks += v;
		if (field == STAT_THREADS)
			s->tasks += v;
		if (field == STAT_RSS)
			s->pages += v;
	}
}

static struct sums
count(struct census *c)
{
	struct sums s = { 0 };
	int64_t us;

	each(c, add_stat, &s);
	us = s.ticks * (1000000 / sysconf(_SC_CLK_TCK));
	c->tasks = s.tasks - 1;			/* not the keeper */
	if (c->tasks > c->tasks_peak)
		c->tasks_peak = c->tasks;
	if (us > c->cpu_us)
		c->cpu_us = us;
	return s;
}

void
census_take(struct census *c)
{
	if (c->proc != -1)
		(void)count(c);
}

/* ---- memory ------------------------------------------------------------------------ */
struct shares { int64_t anon_kb, shmem_kb; };

static int64_t
kb_of(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p != NULL ? figure(p + strlen(key), NULL) : 0;
}

static void
add_shares(const struct census *c, const char *pid, void *arg)
{
	struct shares *s = arg;
	char text[4096];

	if (!read_of(c, pid, "smaps_rollup", text, sizeof(text)))
		return;
	s->anon_kb += kb_of(text, "\nPss_Anon:");
	s->shmem_kb += kb_of(text, "\nPss_Shmem:");
}

/* shares_of: the exact sum.  A fork or an exit during the walk makes it too large, never too small for long. */
static int64_t
shares_of(const struct census *c, int64_t disk)
{
	struct shares s = { 0 };
	int64_t shmem;

	each(c, add_shares, &s);
	shmem = s.shmem_kb * 1024 - disk;
	return s.anon_kb * 1024 + (shmem > 0 ? shmem : 0);
}

int64_t
census_memory(struct census *c, int64_t enough, int64_t disk)
{
	int64_t used;

	if (c->proc == -1)
		return -1;
	used = count(c).pages * sysconf(_SC_PAGESIZE);
	for (int i = 0; i < WALKS && used > enough; i++)
		used = shares_of(c, disk);
	if (used > c->memory_peak)
		c->memory_peak = used;
	return used;
}
