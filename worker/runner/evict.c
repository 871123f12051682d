#include "evict.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/folder.h"

#define ENTRIES_MAX	100000
#define UNFINISHED_S	3600
#define DEPTH_MAX	64

struct entry {
	char	name[80];	/* below the cache: folder and name */
	int64_t	bytes;
	time_t	used;
};
struct entries { struct entry *e; size_t n; int64_t bytes; };

static void
entries_release(struct entries *s)
{
	free(s->e);
}

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static DIR *
open_dir(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);

	if (d == NULL)
		cleanup_close(&fd);
	return d;
}

static bool
is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* size_of: bytes on the disk of a file, or of a folder and all below it. */
static int64_t
size_of(int parent, const char *name, int depth)
{
	CLEANUP(close_dir) DIR *d = NULL;
	const struct dirent *ent;
	struct stat st;
	int64_t n;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	n = (int64_t)st.st_blocks * 512;
	if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
		return n;
	d = open_dir(parent, name);
	while (d != NULL && (ent = readdir(d)) != NULL)
		if (!is_dot(ent->d_name))
			n += size_of(dirfd(d), ent->d_name, depth + 1);
	return n;
}

static void
add(struct entries *s, int cache_fd, const char *folder, const char *name)
{
	struct entry *x;
	struct stat st;

	if (s->n == ENTRIES_MAX)
		return;
	if (s->n % 256 == 0) {
		s->e = reallocarray(s->e, s->n + 256, sizeof(*s->e));
		if (s->e == NULL)
			abort();
	}
	x = &s->e[s->n];
	if ((size_t)snprintf(x->name, sizeof(x->name), "%s/%s", folder, name) >= sizeof(x->name) ||
	    fstatat(cache_fd, x->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return;
	x->used = st.st_mtime;
	x->bytes = size_of(cache_fd, x->name, 0);
	s->bytes += x->bytes;
	s->n++;
}

static int
collect(struct entries *s, int cache_fd, const char *folder, struct err *e)
{
	CLEANUP(close_dir) DIR *d = open_dir(cache_fd, folder);
	const struct dirent *ent;

	if (d == NULL)
		return err_sys(e, "open %s", folder);
	while ((ent = readdir(d)) != NULL)
		if (!is_dot(ent->d_name))
			add(s, cache_fd, folder, ent->d_name);
	return 0;
}

/*
 * drop: remove an entry that nobody holds.  It loses its name first, so that
 * nobody finds a half of it; then whoever locked it in between keeps what is
 * open, and the next one makes it anew.
 */
static bool
drop(int cache_fd, const struct entry *x)
{
	CLEANUP(cleanup_close) int fd = openat(cache_fd, x->name,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char gone[96];
	struct err e = ERR_INIT;

	if (fd == -1 || flock(fd, LOCK_EX | LOCK_NB) == -1)
		return false;
	snprintf(gone, sizeof(gone), "%.*s/tmp-gone-%d", (int)strcspn(x->name, "/"),
	    x->name, (int)getpid());
	if (renameat(cache_fd, x->name, cache_fd, gone) == -1)
		return false;
	FAULT_POINT(EVICT_RENAMED);
	return folder_remove(cache_fd, gone, &e) == 0;
}

static int
by_use(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->used > y->used) - (x->used < y->used);
}

int
evict_run(int cache_fd, int64_t max_bytes, struct err *e)
{
	CLEANUP(entries_release) struct entries s = { .n = 0 };
	time_t now = time(NULL);

	if (collect(&s, cache_fd, "assets", e) == -1 ||
	    collect(&s, cache_fd, "tar", e) == -1)
		return -1;
	if (s.n > 0)
		qsort(s.e, s.n, sizeof(*s.e), by_use);
	for (size_t i = 0; i < s.n; i++) {
		const struct entry *x = &s.e[i];
		bool unfinished = strncmp(strchr(x->name, '/') + 1, "tmp-", 4) == 0;

		if (unfinished ? now - x->used < UNFINISHED_S : s.bytes <= max_bytes)
			continue;
		if (drop(cache_fd, x))
			s.bytes -= x->bytes;
	}
	return 0;
}
