#include "jobfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/folder.h"
#include "../../lib/base/json.h"
#include "../../lib/blob/blob.h"
#include "../../lib/blob/carry.h"
#include "stage.h"
#include "worker.h"

#define FILES_MAX	256
#define SEGMENT_SLICE	((size_t)1 << 26)	/* bytes of one call */
#define FILE_SIZE_MAX	(INT64_C(1) << 40)
#define CARRY_MS	3600000	/* silence of a store ends it much earlier */

struct jobfile {
	struct job *job;
	struct json_object *files;
	size_t	at;
	int	in_fd;			/* the folder in/ */
	struct carry *carry;
	jobfile_done_fn *done;
};

/* One row of the array; borrowed from it. */
struct source { const char *name, *sha256, *store, *place, *data_b64, *path; int64_t size; };

void
jobfile_free(struct jobfile *f)
{
	if (f == NULL)
		return;
	carry_free(f->carry);
	cleanup_close(&f->in_fd);
	free(f);
}

static bool
name_ok(const char *s)
{
	return s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

/* read_segment: {name, path}: a file of this host, absolute and plain. */
static int
read_segment(struct source *s, struct err *e)
{
	s->store = "segment";
	return s->path[0] == '/' && strstr(s->path, "/../") == NULL ? 0 : err_set(e, ERR_PROTO, "path of a segment");
}

static int
read_source(struct source *s, struct json_object *o, struct err *e)
{
	int rc;

	*s = (struct source){ .place = "", .data_b64 = "" };
	if (json_get_str(o, "name", 1, 36, &s->name, e) == -1)
		return -1;
	if (!name_ok(s->name))
		return err_set(e, ERR_PROTO, "name of a file");
	rc = json_opt_str(o, "path", 1, PATH_MAX - 1, &s->path, e);
	if (rc != 0)
		return rc == 1 ? read_segment(s, e) : -1;
	return json_get_str(o, "sha256", 64, 64, &s->sha256, e) == -1 ||
	    json_get_str(o, "store", 1, 8, &s->store, e) == -1 || json_opt_str(o, "place", 0, 64, &s->place, e) == -1 ||
	    json_opt_str(o, "data_b64", 0, 4u << 20, &s->data_b64, e) == -1 ||
	    json_get_i64(o, "size", 0, FILE_SIZE_MAX, &s->size, e) == -1 ? -1 : 0;
}

/* copy_segment: from another file system: what it holds now.  The kernel does it, and
 * a segment is bounded; whoever has many sets segment_dir beside spool_dir. */
static int
copy_segment(struct jobfile *f, const struct source *s, struct err *e)
{
	CLEANUP(cleanup_close) int in = open(s->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(cleanup_close) int out = in == -1 ? -1 :
	    openat(f->in_fd, s->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	ssize_t n;

	if (out == -1)
		return err_sys(e, "segment %s", s->name);
	do
		n = copy_file_range(in, NULL, out, NULL, SEGMENT_SLICE, 0);
	while (n > 0);
	return n == 0 ? 0 : err_sys(e, "segment %s", s->name);
}

/* from_segment: a second name, under which the front may still be appending: what
 * the job was told of is there already. */
static int
from_segment(struct jobfile *f, const struct source *s, struct err *e)
{
	if (linkat(AT_FDCWD, s->path, f->in_fd, s->name, 0) == 0)
		return 0;
	return errno == EXDEV ? copy_segment(f, s, e) : err_sys(e, "segment %s", s->name);
}

/* from_row: the bytes came with the answer. */
static int
from_row(struct jobfile *f, const struct source *s, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *data = NULL;
	size_t len = strlen(s->data_b64);
	ssize_t n;

	data = malloc(len + 1);
	if (data == NULL)
		abort();
	n = b64_decode(data, len + 1, s->data_b64, len);
	if (n != s->size)
		return err_set(e, ERR_PROTO, "bytes of a file");
	return folder_write(f->in_fd, s->name, data, (size_t)n, 0400, e);
}

/* from_folder: a second name of the blob. */
static int
from_folder(struct jobfile *f, const struct source *s, struct err *e)
{
	char path[BLOB_PATH_MAX];
	uint8_t sha[SHA256_LEN];

	if (hex_decode(sha, sizeof(sha), s->sha256, 64) != SHA256_LEN)
		return err_set(e, ERR_PROTO, "sha256 of a file");
	if (blob_path(path, f->job->worker->rules.blob_dir, sha, e) == -1)
		return -1;
	return linkat(AT_FDCWD, path, f->in_fd, s->name, 0) == -1 ? err_sys(e, "file %s", s->name) : 0;
}

static void step(struct jobfile *f);

static void
on_carried(void *arg, const struct buf *said UNUSED, const struct err *why)
{
	struct jobfile *f = arg;

	f->carry = NULL;
	if (why != NULL) {
		f->done(f->job, why);
		return;
	}
	f->at++;
	step(f);
}

/* from_store: by darkroom-blob, straight into the job's folder. */
static int
from_store(struct jobfile *f, const struct source *s, struct err *e)
{
	CLEANUP(cleanup_close) int out = -1;
	CLEANUP(buf_release) struct buf list = BUF_INIT;
	struct worker *w = f->job->worker;

	out = openat(f->in_fd, s->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (out == -1)
		return err_sys(e, "file %s", s->name);
	buf_addf(&list, "%s %s %s %" PRId64 " 0 %" PRId64 "\n", s->store, s->sha256, s->place, s->size, s->size);
	f->carry = carry_start(&(const struct carry_spec){ .loop = w->loop, .conf = w->rules.conf, .task = "get",
	    .list = &list, .fd = out, .limit_ms = CARRY_MS }, on_carried, f, e);
	return f->carry == NULL ? -1 : 0;
}

static const struct {
	const char *store;
	int	(*take)(struct jobfile *f, const struct source *s, struct err *e);
} stores[] = {
	{ "pg", from_row }, { "dir", from_folder }, { "s3", from_store }, { "rows", from_store },
	{ "segment", from_segment },
};

static int
take(struct jobfile *f, struct json_object *o, struct err *e)
{
	struct source s;

	if (read_source(&s, o, e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
		if (strcmp(stores[i].store, s.store) == 0)
			return stores[i].take(f, &s, e);
	return err_set(e, ERR_PROTO, "store of a file");
}

/* step: the files in their order, until one has to be waited for. */
static void
step(struct jobfile *f)
{
	struct err e = ERR_INIT;

	for (; f->files != NULL && f->at < json_object_array_length(f->files); f->at++) {
		if (take(f, json_object_array_get_idx(f->files, f->at), &e) == -1) {
			f->done(f->job, &e);
			return;
		}
		if (f->carry != NULL)
			return;
	}
	f->done(f->job, NULL);
}

/* folder: of the job, if it can need one. */
static int
folder(struct jobfile *f, struct err *e)
{
	if (f->files == NULL && !f->job->lane->row->makes_files)
		return 0;
	if (f->files != NULL && json_object_array_length(f->files) > FILES_MAX)
		return err_set(e, ERR_LIMIT, "over %d files", FILES_MAX);
	if (stage_folder(f->job, e) == -1)
		return -1;
	f->in_fd = folder_open(f->job->dir_fd, "in", 0700, e);
	return f->in_fd == -1 ? -1 : 0;
}

struct jobfile *
jobfile_start(struct job *j, struct json_object *files, jobfile_done_fn *done)
{
	struct jobfile *f = calloc(1, sizeof(*f));
	struct err e = ERR_INIT;

	if (f == NULL)
		abort();
	*f = (struct jobfile){ .job = j, .files = files, .in_fd = -1, .done = done };
	if (folder(f, &e) == -1)
		done(j, &e);
	else
		step(f);
	if (f->carry != NULL)
		return f;
	jobfile_free(f);
	return NULL;
}
