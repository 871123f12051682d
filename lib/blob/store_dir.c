/* Store dir: the blob folder.  Daemons link and open its files themselves. */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "blob.h"

#define SLICE	(256u << 10)

static int
sha_of(const struct store_blob *b, uint8_t sha[SHA256_LEN], struct err *e)
{
	if (hex_decode(sha, SHA256_LEN, b->sha256, strlen(b->sha256)) != SHA256_LEN)
		return err_set(e, ERR_PROTO, "sha256 of a blob");
	return 0;
}

static const char *
folder(const struct store_set *s)
{
	return conf_str(s->conf, "blob_dir");
}

/* copy: a stretch of a file, slice by slice. */
static int
copy(int fd, int64_t from, int64_t len, store_sink_fn *sink, void *arg, struct err *e)
{
	CLEANUP(cleanup_free) char *slice = malloc(SLICE);

	if (slice == NULL)
		abort();
	while (len > 0) {
		ssize_t k = pread(fd, slice, len < SLICE ? (size_t)len : SLICE, (off_t)from);

		if (k == -1 && errno == EINTR)
			continue;
		if (k <= 0)
			return err_set(e, ERR_PROTO, "a file is shorter than its row says");
		if (sink(arg, slice, (size_t)k, e) == -1)
			return -1;
		from += k;
		len -= k;
	}
	return 0;
}

static int
write_blob(void *arg, const void *p, size_t n, struct err *e)
{
	return blob_write(arg, p, n, e);
}

static int
put(struct store_set *s, struct store_blob *b, int fd, struct err *e)
{
	CLEANUP(blob_abort) struct blob_writer w = BLOB_WRITER_INIT;
	uint8_t sha[SHA256_LEN], got[SHA256_LEN];

	b->place[0] = '\0';
	if (sha_of(b, sha, e) == -1 || blob_init(folder(s), e) == -1 ||
	    blob_begin(&w, folder(s), b->size, e) == -1 || copy(fd, 0, b->size, write_blob, &w, e) == -1)
		return -1;
	return blob_commit(&w, got, sha, e);
}

static int
get(struct store_set *s, const struct store_blob *b, int64_t from, int64_t len, store_sink_fn *sink, void *arg, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	uint8_t sha[SHA256_LEN];

	if (sha_of(b, sha, e) == -1 || blob_open(&fd, NULL, folder(s), sha, e) == -1)
		return -1;
	return copy(fd, from, len, sink, arg, e);
}

static int
remove_file(struct store_set *s, const struct store_blob *b, struct err *e)
{
	uint8_t sha[SHA256_LEN];

	if (sha_of(b, sha, e) == -1)
		return -1;
	return blob_unlink(folder(s), sha, BLOB_YOUNG_S, e) == -1 ? -1 : 0;
}

static int
exists(struct store_set *s, const struct store_blob *b, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	struct err why = ERR_INIT;
	uint8_t sha[SHA256_LEN];
	int64_t size;

	if (sha_of(b, sha, e) == -1)
		return -1;
	if (blob_open(&fd, &size, folder(s), sha, &why) == 0)
		return size == b->size;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	if (e != NULL)
		*e = why;
	return -1;
}

static int
check(struct store_set *s, struct err *e)
{
	if (access(folder(s), R_OK | W_OK | X_OK) == -1)
		return err_sys(e, "blob_dir %s", folder(s));
	return 0;
}

const struct store store_dir = { .name = "dir", .setting = "folder", .put = put, .get = get, .remove = remove_file,
    .exists = exists, .check = check };
