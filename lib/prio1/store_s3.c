/* Buckets of an S3-compatible store. */
#include <stdio.h>
#include <string.h>

#include "../blob/s3.h"
#include "backend.h"

#define PATH_BYTES	(3 * PRIO_NAME_MAX + 256)	/* every byte encoded, bucket and prefix */

static int
put(struct prio_store *s, const char *name, const struct prio_file *f, struct err *e)
{
	char path[PATH_BYTES];

	if (s3_name_path(path, sizeof(path), s3_target(s->s3), name, e) == -1)
		return -1;
	return s3_put(s->s3, path, f->fd, f->size, s->unsigned_payload ? SIGV4_UNSIGNED : f->sha256, e);
}

static int
get(struct prio_store *s, const char *name, int64_t from, int64_t len, prio_sink_fn *sink, void *arg, struct err *e)
{
	char path[PATH_BYTES];

	if (s3_name_path(path, sizeof(path), s3_target(s->s3), name, e) == -1)
		return -1;
	return s3_get(s->s3, path, from, len, sink, arg, e);
}

static int
head(struct prio_store *s, const char *name, int64_t *size, struct err *e)
{
	char path[PATH_BYTES];
	struct err why = ERR_INIT;

	if (s3_name_path(path, sizeof(path), s3_target(s->s3), name, e) == -1)
		return -1;
	if (s3_size(s->s3, path, size, &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	if (e != NULL)
		*e = why;
	return -1;
}

static int
list(struct prio_store *s, const char *prefix, prio_list_fn *fn, void *arg, struct err *e)
{
	return s3_list(s->s3, prefix, fn, arg, e);
}

static int
remove_object(struct prio_store *s, const char *name, struct err *e)
{
	char path[PATH_BYTES];

	if (s3_name_path(path, sizeof(path), s3_target(s->s3), name, e) == -1)
		return -1;
	return s3_remove(s->s3, path, false, e);
}

static int
open_object(struct prio_store *s, const char *name, int *fd, struct err *e)
{
	(void)s, (void)name, (void)fd, (void)e;
	return 0;
}

const struct prio_backend prio_s3_backend = { .put = put, .get = get, .head = head, .list = list,
    .remove = remove_object, .open = open_object };
