/*
 * A folder as a bucket.  Names are walked segment by segment from an open folder,
 * and no symbolic link is followed: the peer may write in parts of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "backend.h"

#define SLICE		(256u << 10)
#define TEMP_MAX	300	/* bytes: .<name>.tmp */
#define DEPTH_MAX	32

/* refused: what the owner of the folder decides, told apart from what broke. */
static int
refused(struct err *e, const char *what)
{
	int sys = errno;

	err_sys(e, "%s", what);
	if (e != NULL && (sys == EACCES || sys == EPERM || sys == EROFS || sys == ELOOP || sys == ENAMETOOLONG))
		e->code = ERR_CONFIG;
	return -1;
}

/* step: one folder down; it is made when make says so and it is missing. */
static int
step(int at, const char *segment, bool make, struct err *e)
{
	int fd;

	if (make && mkdirat(at, segment, 0777) == 0) {
		if (fsync(at) == -1)
			return err_sys(e, "sync");
	} else if (make && errno != EEXIST) {
		return refused(e, "mkdir");
	}
	fd = openat(at, segment, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_NOT_FOUND, "no such folder");
	return fd == -1 ? refused(e, "open a folder") : fd;
}

/* parent_of: the open folder of a name; *leaf is its last segment. */
static int
parent_of(const struct prio_store *s, const char *name, bool make, const char **leaf, struct err *e)
{
	CLEANUP(cleanup_free) char *copy = strdup(name);
	char *segment = copy, *slash;
	int fd = fcntl(s->root, F_DUPFD_CLOEXEC, 3);

	if (copy == NULL)
		abort();
	if (fd == -1)
		return err_sys(e, "open the bucket");
	for (; (slash = strchr(segment, '/')) != NULL; segment = slash + 1) {
		int next;

		*slash = '\0';
		next = step(fd, segment, make, e);
		close(fd);
		if (next == -1)
			return -1;
		fd = next;
	}
	*leaf = name + (segment - copy);
	return fd;
}

/* ---- reading ------------------------------------------------------------ */

static int
open_object(struct prio_store *s, const char *name, int *out, struct err *e)
{
	CLEANUP(cleanup_close) int dir = -1, fd = -1;
	const char *leaf;
	struct stat st;

	dir = parent_of(s, name, false, &leaf, e);
	if (dir == -1)
		return -1;
	/* non-blocking: whatever stands there, opening must not wait for it */
	fd = openat(dir, leaf, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return errno == ENOENT ? err_set(e, ERR_NOT_FOUND, "no such object") : refused(e, "open");
	if (fstat(fd, &st) == -1)
		return err_sys(e, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "is no regular file");
	*out = fd;
	fd = -1;
	return 1;
}

static int
head(struct prio_store *s, const char *name, int64_t *size, struct err *e)
{
	CLEANUP(cleanup_close) int dir = -1;
	struct err why = ERR_INIT;
	const char *leaf;
	struct stat st;

	dir = parent_of(s, name, false, &leaf, &why);
	if (dir == -1 && why.code == ERR_NOT_FOUND)
		return 0;
	if (dir == -1) {
		if (e != NULL)
			*e = why;
		return -1;
	}
	if (fstatat(dir, leaf, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : refused(e, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "is no regular file");
	*size = st.st_size;
	return 1;
}

static int
get(struct prio_store *s, const char *name, int64_t from, int64_t len, prio_sink_fn *sink, void *arg, struct err *e)
{
	CLEANUP(cleanup_free) char *slice = malloc(SLICE);
	CLEANUP(cleanup_close) int fd = -1;

	if (slice == NULL)
		abort();
	if (open_object(s, name, &fd, e) == -1)
		return -1;
	while (len > 0) {
		ssize_t k = pread(fd, slice, len < SLICE ? (size_t)len : SLICE, (off_t)from);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "read");
		if (k == 0)
			return err_set(e, ERR_BAD_RANGE, "past its end");
		if (sink(arg, slice, (size_t)k, e) == -1)
			return -1;
		from += k;
		len -= k;
	}
	return 0;
}

/* ---- writing ------------------------------------------------------------ */

/*
 * open_temp: the temporary file of a name, ours alone by its lock.  Another process
 * may have renamed it while we waited: then it is an object, and no more to be
 * written to.  1, or 0 for "look again".
 */
static int
open_temp(int dir, const char *temp, int *out, struct err *e)
{
	CLEANUP(cleanup_close) int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	struct stat ours, named;

	if (fd == -1)
		return refused(e, "create");
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		return err_set(e, ERR_BACKPRESSURE, "another process writes it");
	if (fstat(fd, &ours) == -1)
		return err_sys(e, "stat");
	if (fstatat(dir, temp, &named, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : err_sys(e, "stat");
	if (ours.st_ino != named.st_ino || ours.st_dev != named.st_dev)
		return 0;
	if (ftruncate(fd, 0) == -1)
		return err_sys(e, "truncate");
	*out = fd;
	fd = -1;
	return 1;
}

static int
copy_bytes(int to, const struct prio_file *f, struct err *e)
{
	CLEANUP(cleanup_free) char *slice = malloc(SLICE);
	int64_t at = 0;

	if (slice == NULL)
		abort();
	while (at < f->size) {
		ssize_t k = pread(f->fd, slice, f->size - at < SLICE ? (size_t)(f->size - at) : SLICE, (off_t)at), did = 0;

		if (k == -1 && errno == EINTR)
			continue;
		if (k <= 0)
			return k == 0 ? err_set(e, ERR_SYS, "a file became shorter while it was read") : err_sys(e, "read");
		while (did < k) {
			ssize_t w = write(to, slice + did, (size_t)(k - did));

			if (w == -1 && errno != EINTR)
				return err_sys(e, "write");
			did += w > 0 ? w : 0;
		}
		at += k;
	}
	return 0;
}

static int
put(struct prio_store *s, const char *name, const struct prio_file *f, struct err *e)
{
	CLEANUP(cleanup_close) int dir = -1, fd = -1;
	char temp[TEMP_MAX];
	const char *leaf;
	int rc = 0;

	dir = parent_of(s, name, true, &leaf, e);
	if (dir == -1)
		return -1;
	if ((size_t)snprintf(temp, sizeof(temp), ".%s.tmp", leaf) >= 256)
		return err_set(e, ERR_VALIDATION, "its last segment is too long");
	while (rc == 0)
		rc = open_temp(dir, temp, &fd, e);
	if (rc == -1)
		return -1;
	if (copy_bytes(fd, f, e) == -1)
		return -1;
	if (fsync(fd) == -1)
		return err_sys(e, "sync");
	if (renameat(dir, temp, dir, leaf) == -1)
		return refused(e, "rename");
	return fsync(dir) == -1 ? err_sys(e, "sync the folder") : 0;
}

static int
remove_object(struct prio_store *s, const char *name, struct err *e)
{
	CLEANUP(cleanup_close) int dir = -1;
	struct err why = ERR_INIT;
	const char *leaf;

	dir = parent_of(s, name, false, &leaf, &why);
	if (dir == -1) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		if (e != NULL)
			*e = why;
		return -1;
	}
	if (unlinkat(dir, leaf, 0) == -1)
		return errno == ENOENT ? 0 : refused(e, "unlink");
	return fsync(dir) == -1 ? err_sys(e, "sync the folder") : 0;
}

/* ---- lists -------------------------------------------------------------- */

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

struct walk { const char *prefix; prio_list_fn *fn; void *arg; };

/* related: may something below the folder `path` ("a/b/") begin with the prefix? */
static bool
related(const char *path, const char *prefix)
{
	size_t n = strlen(path), m = strlen(prefix);

	return strncmp(path, prefix, n < m ? n : m) == 0;
}

static int walk_folder(const struct walk *w, int parent, const char *segment, const char *path, int depth, struct err *e);

static int
walk_entry(const struct walk *w, int dir, const char *leaf, const char *path, int depth, struct err *e)
{
	char name[PRIO_NAME_MAX];
	struct stat st;

	if (*leaf == '.' || (size_t)snprintf(name, sizeof(name), "%s%s", path, leaf) >= sizeof(name) - 1)
		return 0;
	if (fstatat(dir, leaf, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : refused(e, "stat");	/* gone meanwhile */
	if (S_ISREG(st.st_mode))
		return strncmp(name, w->prefix, strlen(w->prefix)) == 0 ? w->fn(w->arg, name, st.st_size, e) : 0;
	if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
		return 0;
	memcpy(name + strlen(name), "/", 2);
	return related(name, w->prefix) ? walk_folder(w, dir, leaf, name, depth + 1, e) : 0;
}

static int
walk_folder(const struct walk *w, int parent, const char *segment, const char *path, int depth, struct err *e)
{
	CLEANUP(close_dir) DIR *d = NULL;
	const struct dirent *ent;
	int fd = openat(parent, segment, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT ? 0 : refused(e, "open a folder");
	d = fdopendir(fd);
	if (d == NULL) {
		close(fd);
		return err_sys(e, "read a folder");
	}
	for (errno = 0; (ent = readdir(d)) != NULL; errno = 0)
		if (walk_entry(w, fd, ent->d_name, path, depth, e) == -1)
			return -1;
	return errno != 0 ? err_sys(e, "read a folder") : 0;
}

static int
list(struct prio_store *s, const char *prefix, prio_list_fn *fn, void *arg, struct err *e)
{
	struct walk w = { .prefix = prefix, .fn = fn, .arg = arg };

	return walk_folder(&w, s->root, ".", "", 0, e);
}

const struct prio_backend prio_folder_backend = { .put = put, .get = get, .head = head, .list = list,
    .remove = remove_object, .open = open_object };
