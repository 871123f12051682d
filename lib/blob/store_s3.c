/* Store s3: one object at <prefix><sha256>/<place>. */
#include "store.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/rand.h"

static int
path_of(struct store_set *s, const struct store_blob *b, struct s3 **c, char path[S3_PATH_MAX], struct err *e)
{
	*c = store_client(s, e);
	if (*c == NULL)
		return -1;
	s3_path(path, s3_target(*c), b->sha256, b->place);
	return 0;
}

static int
put(struct store_set *s, struct store_blob *b, int fd, struct err *e)
{
	char path[S3_PATH_MAX];
	struct s3 *c;

	if (store_client(s, e) == NULL || store_place(s, store_s3.name, b, e) == -1 ||
	    path_of(s, b, &c, path, e) == -1)
		return -1;
	return s3_put(c, path, fd, b->size, b->sha256, e);
}

static int
get(struct store_set *s, const struct store_blob *b, int64_t from, int64_t len, store_sink_fn *sink, void *arg, struct err *e)
{
	char path[S3_PATH_MAX];
	struct s3 *c;

	return path_of(s, b, &c, path, e) == -1 ? -1 : s3_get(c, path, from, len, sink, arg, e);
}

static int
remove_object(struct store_set *s, const struct store_blob *b, struct err *e)
{
	char path[S3_PATH_MAX];
	struct s3 *c;

	return path_of(s, b, &c, path, e) == -1 ? -1 : s3_remove(c, path, b->size > S3_PART_BYTES, e);
}

static int
exists(struct store_set *s, const struct store_blob *b, struct err *e)
{
	struct err why = ERR_INIT;
	char path[S3_PATH_MAX];
	struct s3 *c;
	int64_t size;

	if (path_of(s, b, &c, path, e) == -1)
		return -1;
	if (s3_size(c, path, &size, &why) == 0)
		return size == b->size;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	if (e != NULL)
		*e = why;
	return -1;
}

/* What a probe stored, and how much of it has come back. */
struct probe { uint8_t bytes[SHA256_LEN]; size_t at; };

static int
same_bytes(void *arg, const void *p, size_t n, struct err *e)
{
	struct probe *o = arg;

	if (n > sizeof(o->bytes) - o->at || memcmp(o->bytes + o->at, p, n) != 0)
		return err_set(e, ERR_PROTO, "s3: other bytes than were stored");
	o->at += n;
	return 0;
}

/* check: a few random bytes go up, come back and go; one name for each host's
 * address space of process ids, so that nothing gathers. */
static int
check(struct store_set *s, struct err *e)
{
	CLEANUP(cleanup_close) int fd = memfd_create("probe", MFD_CLOEXEC);
	struct store_blob b = { .size = SHA256_LEN };
	struct probe o = { .at = 0 };
	char path[S3_PATH_MAX];
	struct s3 *c;
	int rc;

	rand_bytes(o.bytes, sizeof(o.bytes));
	sha256_hex(b.sha256, o.bytes, sizeof(o.bytes));
	if (fd == -1 || write(fd, o.bytes, sizeof(o.bytes)) != (ssize_t)sizeof(o.bytes))
		return err_sys(e, "a probe");
	c = store_client(s, e);
	if (c == NULL)
		return -1;
	snprintf(path, sizeof(path), "/%s/%sprobe/%d", s3_target(c)->bucket, s3_target(c)->prefix, (int)getpid());
	if (s3_put(c, path, fd, b.size, b.sha256, e) == -1)
		return -1;
	rc = s3_get(c, path, 0, b.size, same_bytes, &o, e);
	return s3_remove(c, path, false, rc == 0 ? e : NULL) == -1 ? -1 : rc;
}

static int
config(const struct conf *c, struct err *e)
{
	CLEANUP(s3_target_release) struct s3_target t = S3_TARGET_INIT;

	return s3_target_read(&t, c, e);
}

const struct store store_s3 = { .name = "s3", .setting = "s3", .put = put, .get = get, .remove = remove_object,
    .exists = exists, .config = config, .check = check };
