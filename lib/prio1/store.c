#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/buf.h"
#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../blob/s3.h"
#include "backend.h"

#define SLICE		(256u << 10)
#define WHOLE_BYTES	(INT64_C(64) << 20)	/* objects above this go up in parts */
#define LIST_MAX	1000000
#define WORK_DIR	"/var/tmp"

/* ---- opening ------------------------------------------------------------ */

static void
identify(struct prio_store *s, const char *at, const char *below)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	buf_addf(&b, "%s %s", at, below);
	sha256_hex(s->ident, b.data, b.len);
}

/* open_bucket: "<bucket>[/<prefix>]". */
static int
open_bucket(struct prio_store *s, const char *where, const struct prio_access *a, struct err *e)
{
	CLEANUP(s3_target_release) struct s3_target t = S3_TARGET_INIT;
	CLEANUP(buf_release) struct buf at = BUF_INIT;
	CLEANUP(cleanup_free) char *bucket = strdup(where);
	char prefix[sizeof(t.prefix)] = "";
	char *slash;

	if (bucket == NULL)
		abort();
	slash = strchr(bucket, '/');
	if (slash != NULL) {
		size_t n = strlen(slash + 1);

		if (n + 2 > sizeof(prefix))
			return err_set(e, ERR_CONFIG, "a bucket's prefix: at most %zu bytes", sizeof(prefix) - 2);
		memcpy(prefix, slash + 1, n);
		if (n > 0 && prefix[n - 1] != '/')
			prefix[n] = '/';
		*slash = '\0';
	}
	if (a->endpoint == NULL || *a->endpoint == '\0')
		return err_set(e, ERR_CONFIG, "%s: a folder's absolute path is expected, or an endpoint of a store", where);
	if (a->key == NULL || a->key->secret.len == 0)
		return err_set(e, ERR_CONFIG, "%s: the key of the store is missing", where);
	if (s3_target_set(&t, a->endpoint, bucket, prefix, a->region != NULL ? a->region : "us-east-1", e) == -1)
		return -1;
	buf_addf(&at, "%s %s", t.base, bucket);
	identify(s, at.data, prefix);
	if (a->unsigned_payload && strncmp(t.base, "https://", 8) != 0)
		return err_set(e, ERR_CONFIG, "unsigned payloads go over https only");
	if (secret_alloc(&t.key.secret, a->key->secret.len, e) == -1)
		return -1;
	memcpy(t.key.secret.p, a->key->secret.p, a->key->secret.len);
	memcpy(t.key.id, a->key->id, sizeof(t.key.id));
	s->unsigned_payload = a->unsigned_payload;
	s->backend = &prio_s3_backend;
	return s3_open_target(&s->s3, &t, a->ca_file != NULL ? a->ca_file : "", WHOLE_BYTES, e);
}

static int
open_folder(struct prio_store *s, const char *path, struct err *e)
{
	CLEANUP(cleanup_free) char *real = realpath(path, NULL);

	s->backend = &prio_folder_backend;
	identify(s, "folder", real != NULL ? real : path);
	s->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->root == -1) {
		err_sys(e, "%s", path);
		if (e != NULL)
			e->code = ERR_CONFIG;
		return -1;
	}
	return 0;
}

int
prio_store_open(struct prio_store **out, const char *where, const struct prio_access *access, struct err *e)
{
	CLEANUP(prio_store_close) struct prio_store *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		abort();
	s->root = -1;
	s->work_dir = strdup(access->work_dir != NULL ? access->work_dir : WORK_DIR);
	if (s->work_dir == NULL)
		abort();
	if (*where == '/')
		rc = open_folder(s, where, e);
	else if (strncmp(where, "file:", 5) == 0)
		rc = open_folder(s, where + 5, e);
	else
		rc = open_bucket(s, where + (strncmp(where, "s3://", 5) == 0 ? 5 : 0), access, e);
	if (rc == -1)
		return -1;
	*out = STEAL(s);
	return 0;
}

const char *
prio_store_ident(const struct prio_store *s)
{
	return s->ident;
}

void
prio_store_close(struct prio_store **s)
{
	if (*s == NULL)
		return;
	cleanup_close(&(*s)->root);
	s3_close((*s)->s3);
	free((*s)->work_dir);
	free(*s);
	*s = NULL;
}

/* ---- names -------------------------------------------------------------- */

/* check_name: a relative path without empty, hidden or upward segments. */
static int
check_name(const char *name, struct err *e)
{
	size_t n = strlen(name);

	if (n == 0 || n >= PRIO_NAME_MAX)
		return err_set(e, ERR_VALIDATION, "the name of an object: 1 to %d bytes", PRIO_NAME_MAX - 1);
	for (const char *p = name; *p != '\0'; p++) {
		bool first = p == name || p[-1] == '/';

		if ((unsigned char)*p < 0x20 || *p == 0x7f || (first && (*p == '/' || *p == '.')) ||
		    (*p == '/' && p[1] == '\0'))
			return err_set(e, ERR_VALIDATION, "the name of an object: no empty or hidden segment, no control character");
	}
	return 0;
}

/* ---- files -------------------------------------------------------------- */

void
prio_file_release(struct prio_file *f)
{
	cleanup_close(&f->fd);
}

int
prio_temp(struct prio_file *f, const char *work_dir, struct err *e)
{
	int fd = open(work_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd == -1)
		return err_sys(e, "a file without a name in %s", work_dir);
	*f = (struct prio_file){ .fd = fd };
	return 0;
}

/* seal: digest of the first size bytes of the file. */
static int
seal(struct prio_file *f, int64_t size, struct err *e)
{
	CLEANUP(cleanup_free) char *slice = malloc(SLICE);
	CLEANUP(sha256_release) struct sha256 h = { 0 };
	uint8_t sum[SHA256_LEN];
	int64_t at = 0;

	if (slice == NULL)
		abort();
	sha256_init(&h);
	while (at < size) {
		ssize_t k = pread(f->fd, slice, size - at < SLICE ? (size_t)(size - at) : SLICE, (off_t)at);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "read");
		if (k == 0)
			return err_set(e, ERR_SYS, "a file became shorter while it was read");
		sha256_update(&h, slice, (size_t)k);
		at += k;
	}
	sha256_final(&h, sum);
	hex_encode(f->sha256, sum, sizeof(sum));
	f->size = size;
	return 0;
}

int
prio_file_seal(struct prio_file *f, struct err *e)
{
	struct stat st;

	if (fstat(f->fd, &st) == -1)
		return err_sys(e, "stat");
	return seal(f, st.st_size, e);
}

static int
write_all(int fd, const void *p, size_t n, struct err *e)
{
	const char *at = p;

	while (n > 0) {
		ssize_t k = write(fd, at, n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "write");
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

/* ---- objects ------------------------------------------------------------ */

int
prio_put(struct prio_store *s, const char *name, int fd, int64_t size, struct err *e)
{
	struct prio_file f = { .fd = fd };	/* the caller's */

	if (check_name(name, e) == -1 || seal(&f, size, e) == -1 || s->backend->put(s, name, &f, e) == -1)
		return err_wrap(e, "put %s", name);
	return 0;
}

int
prio_put_bytes(struct prio_store *s, const char *name, const void *p, size_t n, struct err *e)
{
	CLEANUP(prio_file_release) struct prio_file f = PRIO_FILE_INIT;

	if (prio_temp(&f, s->work_dir, e) == -1 || write_all(f.fd, p, n, e) == -1)
		return err_wrap(e, "put %s", name);
	return prio_put(s, name, f.fd, (int64_t)n, e);
}

int
prio_get(struct prio_store *s, const char *name, int64_t from, int64_t len, prio_sink_fn *sink, void *arg, struct err *e)
{
	if (from < 0 || len < 0 || from > INT64_MAX - len)
		return err_set(e, ERR_BAD_RANGE, "get %s: a range of %s", name, from < 0 ? "before its begin" : "that length");
	if (check_name(name, e) == -1 || s->backend->get(s, name, from, len, sink, arg, e) == -1)
		return err_wrap(e, "get %s", name);
	return 0;
}

int
prio_head(struct prio_store *s, const char *name, int64_t *size, struct err *e)
{
	int64_t ignored;
	int rc = check_name(name, e) == -1 ? -1 : s->backend->head(s, name, size != NULL ? size : &ignored, e);

	return rc == -1 ? err_wrap(e, "head %s", name) : rc;
}

int
prio_delete(struct prio_store *s, const char *name, struct err *e)
{
	if (check_name(name, e) == -1 || s->backend->remove(s, name, e) == -1)
		return err_wrap(e, "delete %s", name);
	return 0;
}

static int
to_file(void *arg, const void *p, size_t n, struct err *e)
{
	return write_all(*(int *)arg, p, n, e);
}

/* fetch: name is checked; copy: never the store's own file. */
static int
fetch(struct prio_store *s, const char *name, int64_t max_bytes, bool copy, struct prio_file *f, struct err *e)
{
	CLEANUP(prio_file_release) struct prio_file got = PRIO_FILE_INIT;
	int64_t size = 0;
	int rc = copy ? 0 : s->backend->open(s, name, &got.fd, e);

	if (rc == -1)
		return -1;
	if (rc == 0) {
		rc = s->backend->head(s, name, &size, e);
		if (rc != 1)
			return rc == -1 ? -1 : err_set(e, ERR_NOT_FOUND, "no such object");
	} else {
		struct stat st;

		if (fstat(got.fd, &st) == -1)
			return err_sys(e, "stat");
		size = st.st_size;
	}
	if (size > max_bytes)
		return err_set(e, ERR_TOO_LARGE, "%lld bytes, more than %lld", (long long)size, (long long)max_bytes);
	if (got.fd == -1 && (prio_temp(&got, s->work_dir, e) == -1 || s->backend->get(s, name, 0, size, to_file, &got.fd, e) == -1))
		return -1;
	if (seal(&got, size, e) == -1)
		return -1;
	if (lseek(got.fd, 0, SEEK_SET) == -1)	/* a copy was written to its end */
		return err_sys(e, "seek");
	*f = got;
	got.fd = -1;
	return 0;
}

int
prio_fetch(struct prio_store *s, const char *name, int64_t max_bytes, struct prio_file *f, struct err *e)
{
	if (check_name(name, e) == -1 || fetch(s, name, max_bytes, false, f, e) == -1)
		return err_wrap(e, "fetch %s", name);
	return 0;
}

int
prio_fetch_copy(struct prio_store *s, const char *name, int64_t max_bytes, struct prio_file *f, struct err *e)
{
	if (check_name(name, e) == -1 || fetch(s, name, max_bytes, true, f, e) == -1)
		return err_wrap(e, "fetch %s", name);
	return 0;
}

int
prio_slurp(struct prio_store *s, const char *name, size_t max, struct buf *out, struct err *e)
{
	CLEANUP(prio_file_release) struct prio_file f = PRIO_FILE_INIT;
	char *room;

	if (prio_fetch(s, name, (int64_t)max, &f, e) == -1)
		return -1;
	buf_reset(out);
	room = buf_room(out, (size_t)f.size);
	if (room == NULL)
		return err_set(e, ERR_TOO_LARGE, "%s: %lld bytes", name, (long long)f.size);
	if (pread(f.fd, room, (size_t)f.size, 0) != (ssize_t)f.size)
		return err_set(e, ERR_SYS, "%s: cannot be read whole", name);
	buf_grew(out, (size_t)f.size);
	return 0;
}

int
prio_carry(struct prio_store *from, const char *name, struct prio_store *to, const char *as, int64_t max_bytes, struct err *e)
{
	CLEANUP(prio_file_release) struct prio_file f = PRIO_FILE_INIT;

	return prio_fetch(from, name, max_bytes, &f, e) == -1 ? -1 : prio_put(to, as, f.fd, f.size, e);
}

int
prio_copy(struct prio_store *s, const char *from, const char *to, struct err *e)
{
	return prio_carry(s, from, s, to, INT64_MAX, e);
}

/* ---- lists -------------------------------------------------------------- */

struct entry { char *name; int64_t size; };
struct entries { struct entry *list; size_t n, cap; };

static void
entries_release(struct entries *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->list[i].name);
	free(l->list);
}

/* keep: what a name of ours can be; others in the store are nothing to us. */
static int
keep(void *arg, const char *name, int64_t size, struct err *e)
{
	struct entries *l = arg;

	if (check_name(name, NULL) == -1)
		return 0;
	if (l->n == LIST_MAX)
		return err_set(e, ERR_LIMIT, "more than %d objects", LIST_MAX);
	if (l->n == l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 64;
		l->list = reallocarray(l->list, l->cap, sizeof(*l->list));
		if (l->list == NULL)
			abort();
	}
	l->list[l->n] = (struct entry){ .name = strdup(name), .size = size };
	if (l->list[l->n++].name == NULL)
		abort();
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

int
prio_list(struct prio_store *s, const char *prefix, prio_list_fn *fn, void *arg, struct err *e)
{
	CLEANUP(entries_release) struct entries l = { .list = NULL };

	if (s->backend->list(s, prefix, keep, &l, e) == -1)
		return err_wrap(e, "list %s", prefix);
	if (l.n > 0)
		qsort(l.list, l.n, sizeof(*l.list), by_name);
	for (size_t i = 0; i < l.n; i++)
		if (fn(arg, l.list[i].name, l.list[i].size, e) == -1)
			return -1;
	return 0;
}
