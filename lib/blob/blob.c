#include "blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/fault.h"
#include "../base/rand.h"

#define DIR_MAX		1024	/* bytes of the store's own path */
#define AWAY		"away-"	/* tmp/away-<digest>-<random>: taken from its name */
#define AWAY_S		5	/* after so long whoever took it has died, or meets it again */

/* fail: the current errno as an error; a full disk is no fault of ours. */
__attribute__((format(printf, 2, 3)))
static int
fail(struct err *e, const char *fmt, ...)
{
	enum err_code code = errno == ENOSPC || errno == EDQUOT ?
	    ERR_BACKPRESSURE : ERR_SYS;
	int saved = errno;
	char what[BLOB_PATH_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	errno = saved;
	err_sys(e, "%s", what);
	if (e != NULL)
		e->code = code;
	return -1;
}

static int
make_dir(const char *path, struct err *e)
{
	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		return fail(e, "mkdir %s", path);
	return 0;
}

/* sync_dir: a rename or unlink lasts only once its folder is on the disk. */
static int
sync_dir(const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1 || fsync(fd) == -1)
		return fail(e, "fsync %s", path);
	return 0;
}

static int
sub_path(char out[BLOB_PATH_MAX], const char *dir, const char *sub,
    struct err *e)
{
	if (strnlen(dir, DIR_MAX + 1) > DIR_MAX)
		return err_set(e, ERR_LIMIT, "blob_dir: more than %d bytes",
		    DIR_MAX);
	snprintf(out, BLOB_PATH_MAX, "%s/%s", dir, sub);
	return 0;
}

int
blob_init(const char *dir, struct err *e)
{
	char tmp[BLOB_PATH_MAX];

	if (sub_path(tmp, dir, "tmp", e) == -1 || make_dir(dir, e) == -1 ||
	    make_dir(tmp, e) == -1)
		return -1;
	return sync_dir(dir, e);
}

/* fan_path: <dir>/ab, the folder of a digest. */
static int
fan_path(char out[BLOB_PATH_MAX], const char *dir, const uint8_t sha[SHA256_LEN],
    struct err *e)
{
	char ab[HEX_LEN(1)];

	hex_encode(ab, sha, 1);
	return sub_path(out, dir, ab, e);
}

int
blob_path(char out[BLOB_PATH_MAX], const char *dir, const uint8_t sha[SHA256_LEN],
    struct err *e)
{
	char name[SHA256_HEX + 1];

	hex_encode(name, sha, 1);
	name[2] = '/';
	hex_encode(name + 3, sha + 1, SHA256_LEN - 1);
	return sub_path(out, dir, name, e);
}

int
blob_open(int *fd, int64_t *size, const char *dir, const uint8_t sha[SHA256_LEN],
    struct err *e)
{
	CLEANUP(cleanup_close) int f = -1;
	char path[BLOB_PATH_MAX];
	struct stat st;

	if (blob_path(path, dir, sha, e) == -1)
		return -1;
	f = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (f == -1 && errno == ENOENT)
		return err_set(e, ERR_NOT_FOUND, "blob %s is not here", path);
	if (f == -1 || fstat(f, &st) == -1)
		return fail(e, "open %s", path);
	if (size != NULL)
		*size = st.st_size;
	*fd = f;
	f = -1;
	return 0;
}

/*
 * away_path(out, dir, sha): a name under dir/tmp that tells whose bytes were
 * taken away, so that a removal cut short can be undone by anybody.
 */
static int
away_path(char out[BLOB_PATH_MAX], const char *dir, const uint8_t sha[SHA256_LEN],
    struct err *e)
{
	uint8_t random[8];
	char hex[SHA256_HEX], salt[HEX_LEN(sizeof(random))];
	char name[sizeof("tmp/" AWAY "-") + sizeof(hex) + sizeof(salt)];

	rand_bytes(random, sizeof(random));
	hex_encode(hex, sha, SHA256_LEN);
	hex_encode(salt, random, sizeof(random));
	snprintf(name, sizeof(name), "tmp/" AWAY "%s-%s", hex, salt);
	return sub_path(out, dir, name, e);
}

/*
 * put_back: what was taken away must not go: its name comes back, unless a
 * writer of the same bytes has made it again.
 */
static int
put_back(const char *dir, const char *away, const uint8_t sha[SHA256_LEN],
    struct err *e)
{
	char path[BLOB_PATH_MAX], fan[BLOB_PATH_MAX];

	if (blob_path(path, dir, sha, e) == -1 || fan_path(fan, dir, sha, e) == -1)
		return -1;
	if (link(away, path) == -1 && errno != EEXIST)
		return fail(e, "link %s", path);
	if (sync_dir(fan, e) == -1)
		return -1;
	return unlink(away) == -1 ? fail(e, "unlink %s", away) : 0;
}

/*
 * Nothing removes a name on condition of what it names, and a writer may
 * replace it at any time: so it is taken away, looked at, and put back if it is
 * not what was judged.  blob_sweep puts back what a dead process left away.
 */
int
blob_unlink(const char *dir, const uint8_t sha[SHA256_LEN], int64_t young_s,
    struct err *e)
{
	char path[BLOB_PATH_MAX], fan[BLOB_PATH_MAX], away[BLOB_PATH_MAX];
	struct stat judged, taken;

	if (blob_path(path, dir, sha, e) == -1 ||
	    fan_path(fan, dir, sha, e) == -1 || away_path(away, dir, sha, e) == -1)
		return -1;
	if (lstat(path, &judged) == -1)
		return errno == ENOENT ? 1 : fail(e, "stat %s", path);
	if (judged.st_mtime > time(NULL) - young_s)
		return 0;
	if (rename(path, away) == -1)
		return errno == ENOENT ? 1 : fail(e, "rename %s", path);
	FAULT_POINT(BLOB_AWAY);
	if (lstat(away, &taken) == -1)
		return fail(e, "stat %s", away);
	if (taken.st_ino != judged.st_ino)
		return put_back(dir, away, sha, e);
	if (unlink(away) == -1)
		return fail(e, "unlink %s", away);
	return sync_dir(fan, e) == -1 ? -1 : 1;
}

/*
 * make_fan: the folder ab belongs to the owner of the store, so that daemons of
 * several users can share it whoever of them needs the folder first.
 */
static int
make_fan(const char *dir, const char *fan, struct err *e)
{
	struct stat st;

	if (mkdir(fan, 0755) == -1)
		return errno == EEXIST ? 0 : fail(e, "mkdir %s", fan);
	if (geteuid() == 0 && (stat(dir, &st) == -1 ||
	    lchown(fan, st.st_uid, st.st_gid) == -1))
		return fail(e, "chown %s", fan);
	return sync_dir(dir, e);
}

/*
 * settle: rename a finished, fsynced file to its name.  The folder ab is made
 * on demand and never removed, so no rename can race its removal.
 */
static int
settle(const char *dir, const char *from, const uint8_t sha[SHA256_LEN],
    struct err *e)
{
	char path[BLOB_PATH_MAX], fan[BLOB_PATH_MAX];

	if (blob_path(path, dir, sha, e) == -1 ||
	    fan_path(fan, dir, sha, e) == -1 ||
	    make_fan(dir, fan, e) == -1)
		return -1;
	FAULT_POINT(BLOB_UNNAMED);
	if (rename(from, path) == -1)
		return fail(e, "rename to %s", path);
	FAULT_POINT(BLOB_NAMED);
	return sync_dir(fan, e);
}

/* finished(path): read-only for everybody and on disk; regular files only. */
static int
finished(const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return fail(e, "open %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PROTO, "%s is no regular file", path);
	if (fchmod(fd, 0444) == -1 || fsync(fd) == -1)
		return fail(e, "fsync %s", path);
	return 0;
}

/* tmp_path(out, dir): a name under dir/tmp that nobody else has. */
static int
tmp_path(char out[BLOB_PATH_MAX], const char *dir, struct err *e)
{
	uint8_t random[16];
	char name[8 + HEX_LEN(sizeof(random)) + 16];

	rand_bytes(random, sizeof(random));
	snprintf(name, sizeof(name), "tmp/%d-", (int)getpid());
	hex_encode(name + strlen(name), random, sizeof(random));
	return sub_path(out, dir, name, e);
}

int
blob_adopt(const char *dir, const char *path, const uint8_t sha[SHA256_LEN],
    struct err *e)
{
	return finished(path, e) == -1 ? -1 : settle(dir, path, sha, e);
}

int
blob_link(const char *dir, const char *path, const uint8_t sha[SHA256_LEN],
    struct err *e)
{
	char tmp[BLOB_PATH_MAX];

	if (finished(path, e) == -1 || tmp_path(tmp, dir, e) == -1)
		return -1;
	if (link(path, tmp) == -1)
		return fail(e, "link %s", tmp);
	FAULT_POINT(BLOB_LINKED);
	if (settle(dir, tmp, sha, e) == -1) {
		unlink(tmp);
		return -1;
	}
	/* rename(2) leaves the old name when both are one file already */
	if (unlink(tmp) == -1 && errno != ENOENT)
		return fail(e, "unlink %s", tmp);
	return 0;
}

int
blob_begin(struct blob_writer *w, const char *dir, int64_t max_bytes,
    struct err *e)
{
	struct blob_writer n = BLOB_WRITER_INIT;

	if (tmp_path(n.tmp, dir, e) == -1)
		return -1;
	snprintf(n.dir, sizeof(n.dir), "%s", dir);
	n.max = max_bytes;
	n.fd = open(n.tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (n.fd == -1)
		return fail(e, "create %s", n.tmp);
	FAULT_POINT(BLOB_BEGUN);
	sha256_init(&n.hash);
	*w = n;
	return 0;
}

int
blob_write(struct blob_writer *w, const void *p, size_t n, struct err *e)
{
	const char *from = p;

	if (n > INT64_MAX || (int64_t)n > w->max - w->size)
		return err_set(e, ERR_TOO_LARGE, "more than %lld bytes",
		    (long long)w->max);
	sha256_update(&w->hash, p, n);
	w->size += (int64_t)n;
	while (n > 0) {
		ssize_t did = write(w->fd, from, n);

		if (did == -1 && errno == EINTR)
			continue;
		if (did == -1)
			return fail(e, "write %s", w->tmp);
		from += did;
		n -= (size_t)did;
	}
	return 0;
}

int
blob_commit(struct blob_writer *w, uint8_t sha[SHA256_LEN], const uint8_t *want,
    struct err *e)
{
	uint8_t sum[SHA256_LEN];

	sha256_final(&w->hash, sum);
	if (want != NULL && memcmp(sum, want, sizeof(sum)) != 0)
		return err_set(e, ERR_VALIDATION,
		    "the bytes do not match the declared digest");
	if (fsync(w->fd) == -1)
		return fail(e, "fsync %s", w->tmp);
	if (settle(w->dir, w->tmp, sum, e) == -1)
		return -1;
	w->tmp[0] = '\0';
	blob_abort(w);
	memcpy(sha, sum, sizeof(sum));
	return 0;
}

void
blob_abort(struct blob_writer *w)
{
	if (w->fd == -1)
		return;
	sha256_release(&w->hash);
	cleanup_close(&w->fd);
	if (w->tmp[0] != '\0')
		unlink(w->tmp);
	w->tmp[0] = '\0';
}

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

/* away_digest: whose bytes a name of tmp has taken away; false: another file. */
static bool
away_digest(uint8_t sha[SHA256_LEN], const char *name)
{
	size_t n = strlen(AWAY);

	return strncmp(name, AWAY, n) == 0 && strnlen(name + n, SHA256_HEX) == SHA256_HEX &&
	    name[n + SHA256_HEX - 1] == '-' &&
	    hex_decode(sha, SHA256_LEN, name + n, SHA256_HEX - 1) == SHA256_LEN;
}

/* sweep_one: 1 removed, 0 left or put back, -1. */
static int
sweep_one(const char *dir, int tmp, const char *name, int64_t older_s, struct err *e)
{
	char away[BLOB_PATH_MAX], sub[NAME_MAX + sizeof("tmp/")];
	uint8_t sha[SHA256_LEN];
	time_t now = time(NULL);
	struct stat st;

	if (fstatat(tmp, name, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
		return 0;
	if (away_digest(sha, name)) {
		if (now - st.st_ctime < (older_s < AWAY_S ? older_s : AWAY_S))
			return 0;
		snprintf(sub, sizeof(sub), "tmp/%s", name);
		return sub_path(away, dir, sub, e) == -1 ? -1 : put_back(dir, away, sha, e);
	}
	/* another sweeper may have been first: only count ours */
	return now - st.st_mtime >= older_s && unlinkat(tmp, name, 0) == 0;
}

int
blob_sweep(const char *dir, int64_t older_s, struct err *e)
{
	CLEANUP(close_dir) DIR *d = NULL;
	char tmp[BLOB_PATH_MAX];
	const struct dirent *ent;
	int removed = 0, rc;

	if (sub_path(tmp, dir, "tmp", e) == -1)
		return -1;
	d = opendir(tmp);
	if (d == NULL)
		return fail(e, "opendir %s", tmp);
	while ((ent = readdir(d)) != NULL) {
		rc = sweep_one(dir, dirfd(d), ent->d_name, older_s, e);
		if (rc == -1)
			return -1;
		removed += rc;
	}
	return removed;
}
