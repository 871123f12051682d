#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/blob/blob.h"
#include "../../lib/blob/carry.h"
#include "../../lib/crypt/sha256.h"
#include "job.h"
#include "stage.h"
#include "worker.h"

#define STEP_FILES	8	/* of one pass of the loop */
#define FILES_MAX	2048	/* artifacts and streams of one job */
#define FILE_SIZE_MAX	(INT64_C(1) << 40)
#define CARRY_MS	3600000	/* silence of a store ends it much earlier */
#define CARRY_AGAIN_MS	2000
#define PATIENCE_US	(600 * INT64_C(1000000))	/* a store that is away for so long fails the run */

struct publish {
	struct job *job;
	struct json_object *files;	/* of the outcome; borrowed */
	size_t	at, n;
	int64_t	inlined;		/* bytes */
	struct loop_timer *next;
	struct carry *carry;		/* files on their way to a store */
	int64_t	until_us;		/* patience with it; 0: not tried yet */
};

/* What the runner says of one file; borrowed from the outcome. */
struct pfile {
	const char *path, *sha256;
	int64_t	size;
};

/* path_ok: out/<digits>: the only names that a runner makes. */
static bool
path_ok(const char *path)
{
	if (strncmp(path, "out/", 4) != 0)
		return false;
	path += 4;
	return *path != '\0' && strlen(path) <= 9 &&
	    path[strspn(path, "0123456789")] == '\0';
}

static int
pfile_parse(struct pfile *f, struct json_object *o, struct err *e)
{
	*f = (struct pfile){ 0 };
	if (json_get_str(o, "path", 5, 16, &f->path, e) == -1 ||
	    json_get_str(o, "sha256", 64, 64, &f->sha256, e) == -1 ||
	    json_get_i64(o, "size", 0, FILE_SIZE_MAX, &f->size, e) == -1)
		return -1;
	return path_ok(f->path) ? 0 : err_set(e, ERR_PROTO, "path of a file");
}

/* pfile_open: the regular file that was announced, or -1. */
static int
pfile_open(const struct job *j, const struct pfile *f, struct err *e)
{
	int fd = openat(j->dir_fd, f->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd == -1)
		return err_sys(e, "open a result");
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size != f->size) {
		close(fd);
		return err_set(e, ERR_PROTO, "a result is not what its runner said");
	}
	return fd;
}

static struct json_object *
files_of(const struct job *j)
{
	struct json_object *files = NULL;

	if (!json_object_object_get_ex(j->outcome, "files", &files) ||
	    !json_object_is_type(files, json_type_array))
		return NULL;
	return files;
}

int
publish_open(struct job *j, const char *class)
{
	struct json_object *files = files_of(j), *o, *c;
	struct err e = ERR_INIT;
	struct pfile f;

	for (size_t i = 0; files != NULL && i < json_object_array_length(files); i++) {
		o = json_object_array_get_idx(files, i);
		if (!json_object_object_get_ex(o, "class", &c) ||
		    strcmp(json_object_get_string(c), class) != 0)
			continue;
		return pfile_parse(&f, o, &e) == -1 ? -1 : pfile_open(j, &f, &e);
	}
	return -1;
}

/* ---- one file ----------------------------------------------------------- */

static int
read_all(int fd, char *p, size_t n, struct err *e)
{
	size_t at = 0;

	while (at < n) {
		ssize_t k = read(fd, p + at, n - at);

		if (k == -1 && errno == EINTR)
			continue;
		if (k <= 0)
			return err_sys(e, "read a result");
		at += (size_t)k;
	}
	return 0;
}

static int
put_inline(struct publish *p, struct json_object *o, const struct pfile *f, struct err *e)
{
	CLEANUP(cleanup_close) int fd = pfile_open(p->job, f, e);
	CLEANUP(cleanup_free) char *data = NULL, *text = NULL;
	char have[SHA256_HEX];
	size_t n = (size_t)f->size;

	if (fd == -1)
		return -1;
	data = malloc(n + 1);
	text = malloc(B64_LEN(n));
	if (data == NULL || text == NULL)
		abort();
	if (read_all(fd, data, n, e) == -1)
		return -1;
	sha256_hex(have, data, n);
	if (strcmp(have, f->sha256) != 0)
		return err_set(e, ERR_PROTO, "a result does not match its digest");
	b64_encode(text, data, n);
	json_add_str(o, "data_b64", text);
	json_add_str(o, "store", "pg");
	p->inlined += f->size;
	return 0;
}

/* The file keeps its name in the job's folder until the finish is committed. */
static int
put_file(struct job *j, struct json_object *o, const struct pfile *f, struct err *e)
{
	CLEANUP(cleanup_close) int fd = pfile_open(j, f, e);
	struct stage_path dir = stage_dir(j);
	char path[PATH_MAX + 32];
	uint8_t sha[SHA256_LEN];

	if (fd == -1)
		return -1;
	if (hex_decode(sha, sizeof(sha), f->sha256, 64) != SHA256_LEN)
		return err_set(e, ERR_PROTO, "sha256 of a file");
	snprintf(path, sizeof(path), "%s/%s", dir.path, f->path);
	if (blob_link(j->worker->rules.blob_dir, path, sha, e) == -1)
		return -1;
	FAULT_POINT(PUBLISH_LINKED);
	json_add_str(o, "store", "dir");
	return 0;
}

static int
put(struct publish *p, struct json_object *o, struct err *e)
{
	struct pfile f;

	if (pfile_parse(&f, o, e) == -1)
		return -1;
	if (f.size <= p->job->worker->rules.inline_bytes &&
	    p->inlined + f.size <= PUBLISH_INLINE_MAX) {
		if (put_inline(p, o, &f, e) == -1)
			return -1;
		json_object_object_del(o, "path");
	} else if (!p->job->worker->rules.carries && put_file(p->job, o, &f, e) == -1) {
		return -1;
	}
	return 0;
}

/* ---- all of them -------------------------------------------------------- */

void
publish_cancel(struct job *j)
{
	struct publish *p = STEAL(j->publish);

	if (p == NULL)
		return;
	loop_timer_free(&p->next);
	carry_free(p->carry);
	free(p);
}

/* A result that cannot be kept is a failure of ours: run it again. */
static void
failed(struct job *j, const struct err *e)
{
	log_error("job.unpublished", F_STR("job_id", j->id), F_ERR(e));
	publish_cancel(j);
	job_fail(j, "SANDBOX_FAILED", NULL);
}

static void
published(struct job *j)
{
	publish_cancel(j);
	FAULT_POINT(PUBLISH_DONE);
	job_published(j);
}

/* name_places: what darkroom-blob said, into the files, in their order. */
static int
name_places(struct publish *p, const struct buf *said, struct err *e)
{
	const char *at = said->data, *store = p->job->worker->rules.store->name;
	char sha[65], place[37];

	for (size_t i = 0; i < p->n; i++) {
		struct json_object *o = json_object_array_get_idx(p->files, i);
		struct pfile f;

		if (!json_object_object_get_ex(o, "path", NULL))
			continue;
		if (pfile_parse(&f, o, e) == -1)
			return -1;
		if (carry_said(&at, sha, place) == 0 || strcmp(sha, f.sha256) != 0)
			return err_set(e, ERR_PROTO, "darkroom-blob did not say where a file is");
		json_add_str(o, "store", store);
		json_add_str(o, "place", place);
	}
	return 0;
}

static void
on_carried(void *arg, const struct buf *said, const struct err *why)
{
	struct publish *p = arg;
	struct job *j = p->job;
	struct err e = ERR_INIT;

	p->carry = NULL;
	if (why == NULL && name_places(p, said, &e) == -1)
		why = &e;
	if (why == NULL) {
		published(j);
	} else if (why->code == ERR_BACKPRESSURE && clock_mono_us() < p->until_us) {
		log_warn("job.publish_waits", F_STR("job_id", j->id), F_ERR(why));
		loop_timer_set(p->next, CARRY_AGAIN_MS);
	} else {
		failed(j, why);
	}
}

/* carry: the files that are not inline go to the store, all in one errand. */
static int
carry(struct publish *p, struct err *e)
{
	CLEANUP(buf_release) struct buf list = BUF_INIT;
	struct worker *w = p->job->worker;

	for (size_t i = 0; i < p->n; i++) {
		struct json_object *o = json_object_array_get_idx(p->files, i);
		struct pfile f;

		if (!json_object_object_get_ex(o, "path", NULL))
			continue;
		if (pfile_parse(&f, o, e) == -1)
			return -1;
		buf_addf(&list, "%s %" PRId64 " %s\n", f.sha256, f.size, f.path);
	}
	if (list.failed)
		return err_set(e, ERR_LIMIT, "more files than one errand takes");
	if (list.len == 0) {
		published(p->job);
		return 0;
	}
	if (p->until_us == 0)
		p->until_us = clock_mono_us() + PATIENCE_US;
	p->carry = carry_start(&(const struct carry_spec){ .loop = w->loop, .conf = w->rules.conf, .task = "put",
	    .list = &list, .fd = p->job->dir_fd, .limit_ms = CARRY_MS }, on_carried, p, e);
	return p->carry == NULL ? -1 : 0;
}

static void
step(void *arg)
{
	struct publish *p = arg;
	struct job *j = p->job;
	struct err e = ERR_INIT;

	for (int k = 0; k < STEP_FILES && p->at < p->n; k++, p->at++)
		if (put(p, json_object_array_get_idx(p->files, p->at), &e) == -1) {
			failed(j, &e);
			return;
		}
	if (p->at < p->n) {
		loop_timer_set(p->next, 0);
		return;
	}
	if (!j->worker->rules.carries)
		published(j);
	else if (carry(p, &e) == -1)
		failed(j, &e);
}

static struct publish *
publish_new(struct job *j)
{
	struct publish *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	p->job = j;
	p->files = files_of(j);
	p->n = p->files != NULL ? json_object_array_length(p->files) : 0;
	p->next = loop_timer_new(j->worker->loop, step, p);
	j->publish = p;
	return p;
}

/* again_elsewhere: to other places; 1, or 0 when there is nothing to carry. */
static int
again_elsewhere(struct job *j, struct json_object *files, size_t n)
{
	size_t carried = 0;

	for (size_t i = 0; i < n; i++)
		carried += json_object_object_get_ex(json_object_array_get_idx(files, i), "path", NULL);
	if (carried == 0)
		return 0;
	j->state = JOB_PUBLISHING;
	j->concluded = false;
	publish_new(j)->at = n;
	loop_timer_set(j->publish->next, 0);
	return 1;
}

int
publish_again(struct job *j, struct err *e)
{
	struct json_object *files = files_of(j);
	size_t n = files != NULL ? json_object_array_length(files) : 0;

	if (j->worker->rules.carries)
		return again_elsewhere(j, files, n);
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(files, i);
		struct pfile f;

		if (!json_object_object_get_ex(o, "path", NULL))
			continue;
		if (pfile_parse(&f, o, e) == -1 || put_file(j, o, &f, e) == -1)
			return -1;
	}
	return 0;
}

void
publish_start(struct job *j)
{
	struct publish *p = publish_new(j);
	struct err e = ERR_INIT;

	canary_judge(&j->worker->canary, j);
	if (p->n > FILES_MAX) {
		err_set(&e, ERR_LIMIT, "%zu files in one outcome", p->n);
		failed(j, &e);
		return;
	}
	step(p);
}
