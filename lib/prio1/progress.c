#include "progress.h"

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
#include "../base/codec.h"
#include "../base/folder.h"
#include "../base/json.h"

#define FILE_BYTES_MAX	(PRIO_MANIFEST_MAX + 65536)
#define NAME_BYTES_MAX	64
#define LINES_MAX	(INT64_C(1) << 40)	/* of a part: far more than there are, and those of all parts can be added */
static const char bound[] = "run";

struct prio_progress { int folder; };

/* ---- the folder --------------------------------------------------------- */

static int
open_state(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return err_sys(e, "%s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "%s", path);
	if (fstat(fd, &st) == -1 || (st.st_mode & 077) != 0) {
		close(fd);
		return err_set(e, ERR_CONFIG, "%s: a folder that its owner alone may open (mode 0700) is expected", path);
	}
	return fd;
}

int
prio_progress_open(struct prio_progress **out, const char *state_dir, const char *run, struct err *e)
{
	CLEANUP(prio_progress_close) struct prio_progress *p = calloc(1, sizeof(*p));
	CLEANUP(cleanup_close) int state = -1, runs = -1;
	char name[SHA256_HEX];

	if (p == NULL)
		abort();
	p->folder = -1;
	sha256_hex(name, run, strlen(run));
	name[32] = '\0';
	state = open_state(state_dir, e);
	runs = state != -1 ? folder_open(state, "runs", 0700, e) : -1;
	p->folder = runs != -1 ? folder_open(runs, name, 0700, e) : -1;
	if (p->folder == -1)
		return -1;
	if (flock(p->folder, LOCK_EX | LOCK_NB) == -1)
		return err_set(e, ERR_BACKPRESSURE, "another process is at work on this run");
	if (fsync(runs) == -1 || fsync(state) == -1)
		return err_sys(e, "%s: sync", state_dir);
	*out = STEAL(p);
	return 0;
}

void
prio_progress_close(struct prio_progress **p)
{
	if (*p == NULL)
		return;
	cleanup_close(&(*p)->folder);
	free(*p);
	*p = NULL;
}

/* ---- files -------------------------------------------------------------- */

int
prio_progress_has(struct prio_progress *p, const char *name, struct err *e)
{
	if (faccessat(p->folder, name, F_OK, 0) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(e, "progress: %s", name);
}

int
prio_progress_create(struct prio_progress *p, const char *name, int *fd, struct err *e)
{
	char temp[NAME_BYTES_MAX];

	snprintf(temp, sizeof(temp), "%s.tmp", name);
	*fd = openat(p->folder, temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return *fd == -1 ? err_sys(e, "progress: %s", name) : 0;
}

int
prio_progress_keep(struct prio_progress *p, const char *name, int fd, struct err *e)
{
	char temp[NAME_BYTES_MAX];

	snprintf(temp, sizeof(temp), "%s.tmp", name);
	if (fsync(fd) == -1 || renameat(p->folder, temp, p->folder, name) == -1 || fsync(p->folder) == -1)
		return err_sys(e, "progress: %s", name);
	return 0;
}

int
prio_progress_read(struct prio_progress *p, const char *name, int *fd, struct err *e)
{
	*fd = openat(p->folder, name, O_RDONLY | O_CLOEXEC);
	if (*fd != -1)
		return 0;
	return errno == ENOENT ? err_set(e, ERR_NOT_FOUND, "progress: %s: no such file", name) : err_sys(e, "progress: %s", name);
}

int
prio_progress_save(struct prio_progress *p, const char *name, const void *bytes, size_t n, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	const char *at = bytes;

	if (prio_progress_create(p, name, &fd, e) == -1)
		return -1;
	while (n > 0) {
		ssize_t k = write(fd, at, n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "progress: %s", name);
		at += k;
		n -= (size_t)k;
	}
	return prio_progress_keep(p, name, fd, e);
}

int
prio_progress_load(struct prio_progress *p, const char *name, struct buf *out, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	struct stat st;
	char *room;

	if (prio_progress_read(p, name, &fd, e) == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		return err_sys(e, "progress: %s", name);
	buf_reset(out);
	room = st.st_size <= FILE_BYTES_MAX ? buf_room(out, (size_t)st.st_size) : NULL;
	if (room == NULL)
		return err_set(e, ERR_LIMIT, "progress: %s: %lld bytes", name, (long long)st.st_size);
	if (pread(fd, room, (size_t)st.st_size, 0) != (ssize_t)st.st_size)
		return err_sys(e, "progress: %s", name);
	buf_grew(out, (size_t)st.st_size);
	return 0;
}

int
prio_progress_remove(struct prio_progress *p, const char *name, struct err *e)
{
	return unlinkat(p->folder, name, 0) == -1 && errno != ENOENT ? err_sys(e, "progress: %s", name) : 0;
}

static void
close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

int
prio_progress_scrub(struct prio_progress *p, const char *prefix, struct err *e)
{
	int fd = openat(p->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(close_dir) DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *ent;

	if (d == NULL) {
		err_sys(e, "progress");
		cleanup_close(&fd);
		return -1;
	}
	while ((ent = readdir(d)) != NULL)
		if (strncmp(ent->d_name, prefix, strlen(prefix)) == 0 && prio_progress_remove(p, ent->d_name, e) == -1)
			return -1;
	return 0;
}

/* ---- what a run is of --------------------------------------------------- */

int
prio_progress_bind(struct prio_progress *p, struct json_object *what, struct err *e)
{
	CLEANUP(json_put) struct json_object *before = NULL;
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	int rc = prio_progress_has(p, bound, e);
	bool more = false;

	if (rc == -1)
		return -1;
	if (rc == 0)
		return prio_progress_save(p, bound, json_text(what), strlen(json_text(what)), e);
	if (prio_progress_load(p, bound, &text, e) == -1 || json_parse(&before, text.data, text.len, e) == -1)
		return -1;
	if (!json_object_is_type(before, json_type_object))
		return err_set(e, ERR_CONFIG, "%s of the run's folder: an object is expected", bound);
	json_object_object_foreach(what, key, value) {
		struct json_object *was = NULL;

		if (!json_object_object_get_ex(before, key, &was)) {	/* an earlier release did not say */
			json_object_object_add(before, key, json_object_get(value));
			more = true;
		} else if (json_object_equal(was, value) == 0) {
			return err_set(e, ERR_CONFLICT, "run_used: a run of this name began with another %s; a name is used once", key);
		}
	}
	return more ? prio_progress_save(p, bound, json_text(before), strlen(json_text(before)), e) : 0;
}

/* ---- parts -------------------------------------------------------------- */

static void
done_name(char out[NAME_BYTES_MAX], enum prio_stage stage, size_t part)
{
	snprintf(out, NAME_BYTES_MAX, "done.%s.%05zu", prio_stage_name[stage], part);
}

int
prio_done_save(struct prio_progress *p, enum prio_stage stage, size_t part, const struct prio_done *d, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	char name[NAME_BYTES_MAX], hex[SHA256_HEX];

	json_add_str(o, "name", d->out.name);
	json_add_i64(o, "bytes", d->out.bytes);
	json_add_str(o, "sha256", d->out.sha256);
	json_add_str(o, "in_sha256", d->in_sha256);
	json_add_i64(o, "total", d->tally.total);
	for (int i = 0; i < PRIO_OUTCOME_MAX; i++)
		json_add_i64(o, prio_outcome_name[i], d->tally.outcome[i]);
	hex_encode(hex, d->tally.accepted.checksum, SHA256_LEN);
	json_add_i64(o, "count", d->tally.accepted.count);
	json_add_str(o, "checksum", hex);
	done_name(name, stage, part);
	return prio_progress_save(p, name, json_text(o), strlen(json_text(o)), e);
}

static int
get_text(char *out, size_t max, struct json_object *o, const char *key, struct err *e)
{
	const char *s;

	if (json_get_str(o, key, 0, max - 1, &s, e) == -1)
		return -1;
	memcpy(out, s, strlen(s) + 1);
	return 0;
}

int
prio_done_load(struct prio_progress *p, enum prio_stage stage, size_t part, struct prio_done *d, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct prio_done got = { .tally = PRIO_TALLY_INIT };
	char name[NAME_BYTES_MAX], hex[SHA256_HEX];
	int rc;

	done_name(name, stage, part);
	rc = prio_progress_has(p, name, e);
	if (rc != 1)
		return rc;
	if (prio_progress_load(p, name, &text, e) == -1 || json_parse(&o, text.data, text.len, e) == -1 ||
	    get_text(got.out.name, sizeof(got.out.name), o, "name", e) == -1 ||
	    json_get_i64(o, "bytes", 0, INT64_MAX, &got.out.bytes, e) == -1 ||
	    get_text(got.out.sha256, sizeof(got.out.sha256), o, "sha256", e) == -1 ||
	    get_text(got.in_sha256, sizeof(got.in_sha256), o, "in_sha256", e) == -1 ||
	    json_get_i64(o, "total", 0, LINES_MAX, &got.tally.total, e) == -1 ||
	    json_get_i64(o, "count", 0, LINES_MAX, &got.tally.accepted.count, e) == -1 ||
	    get_text(hex, sizeof(hex), o, "checksum", e) == -1)
		return err_wrap(e, "progress: %s", name);
	for (int i = 0; i < PRIO_OUTCOME_MAX; i++)
		if (json_get_i64(o, prio_outcome_name[i], 0, LINES_MAX, &got.tally.outcome[i], e) == -1)
			return err_wrap(e, "progress: %s", name);
	if (hex_decode(got.tally.accepted.checksum, SHA256_LEN, hex, strlen(hex)) != SHA256_LEN)
		return err_set(e, ERR_CONFIG, "progress: %s: checksum", name);
	*d = got;
	return 1;
}
