#include "upload.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/fault.h"
#include "../lib/base/json.h"
#include "../lib/blob/blob.h"
#include "../lib/blob/carry.h"
#include "../lib/blob/store.h"
#include "scan.h"

#define SLICE		(64u << 10)	/* bytes of one read */
#define SLICES		4		/* reads of one step: about a millisecond of hashing */
#define SYNC_SLICE	(4 << 20)	/* bytes that one step waits for the disk */

#define CARRY_MS	840000		/* nginx waits for 900 s */

enum upload_stage { UPLOAD_HASH, UPLOAD_SYNC, UPLOAD_STORE, UPLOAD_CARRY, UPLOAD_CARRIED, UPLOAD_DONE };
struct upload {
	enum upload_stage stage;
	int	fd;
	char	path[BLOB_PATH_MAX], blob_dir[BLOB_PATH_MAX];
	char	hex[SHA256_HEX];	/* declared, or ""; the body's own from UPLOAD_SYNC on */
	int64_t	size, read, synced;
	struct sha256 hash;
	struct scan *scan;
	struct scan_facts facts;
	bool	copies;			/* another mount: through w */
	struct blob_writer w;
	char	*data;			/* small bodies are kept; NULL: a file */
	const struct store *store;	/* of blob_store */
	char	place[S3_PLACE_LEN];	/* there */
	struct carry *carry;
	struct err why;			/* it failed */
	struct upload_spec spec;	/* loop, conf, wake, arg */
};

/* A rename needs one mount, not only one file system: service managers like to
 * mount each writable folder by itself. */
static bool
same_mount(int fd, const char *dir)
{
	struct statx a, b;

	return statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &a) == 0 && statx(AT_FDCWD, dir, 0, STATX_MNT_ID, &b) == 0 &&
	    (a.stx_mask & b.stx_mask & STATX_MNT_ID) != 0 && a.stx_mnt_id == b.stx_mnt_id;
}

static int
place(struct upload *u, const struct upload_spec *spec, struct err *e)
{
	struct stat st;

	u->fd = open(spec->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (u->fd == -1 || fstat(u->fd, &st) == -1)
		return err_sys(e, "the spooled body");
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PROTO, "the spooled body is no file");
	u->size = st.st_size;
	if (u->size <= spec->inline_max) {
		u->data = malloc((size_t)u->size + 1);
		if (u->data == NULL)
			abort();
		return 0;
	}
	if (u->store != &store_dir)
		return 0;
	u->copies = !same_mount(u->fd, spec->blob_dir);
	return u->copies ? blob_begin(&u->w, spec->blob_dir, u->size, e) : 0;
}

int
upload_open(struct upload **out, const struct upload_spec *spec, struct err *e)
{
	struct upload *u = calloc(1, sizeof(*u));

	if (u == NULL)
		abort();
	u->fd = u->w.fd = -1;
	u->facts.rows = -1;
	snprintf(u->path, sizeof(u->path), "%s", spec->path);
	snprintf(u->blob_dir, sizeof(u->blob_dir), "%s", spec->blob_dir);
	snprintf(u->hex, sizeof(u->hex), "%s", spec->sha256_hex != NULL ? spec->sha256_hex : "");
	sha256_init(&u->hash);
	u->scan = scan_new(spec->kind);
	u->spec = *spec;
	u->store = store_chosen(spec->conf, e);
	if (u->store == NULL || place(u, spec, e) == -1) {
		upload_free(u);
		return -1;
	}
	*out = u;
	return 0;
}

void
upload_free(struct upload *u)
{
	if (u == NULL)
		return;
	carry_free(u->carry);
	blob_abort(&u->w);
	sha256_release(&u->hash);
	scan_free(u->scan);
	json_put(&u->facts.columns);
	cleanup_close(&u->fd);
	free(u->data);
	free(u);
}

/* The next bytes of the body; 0 at its end. */
static ssize_t
next_slice(struct upload *u, char *slice, struct err *e)
{
	ssize_t n;

	do
		n = pread(u->fd, slice, SLICE, (off_t)u->read);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_sys(e, "reading the spooled body");
	if ((n == 0) != (u->read == u->size) || n > u->size - u->read)
		return err_set(e, ERR_PROTO, "the spooled body changed while it was read");
	return n;
}

static int
take_slice(struct upload *u, const char *slice, size_t n, struct err *e)
{
	sha256_update(&u->hash, slice, n);
	if (u->data != NULL)
		memcpy(u->data + u->read, slice, n);
	else if (u->copies && blob_write(&u->w, slice, n, e) == -1)
		return -1;
	u->read += (int64_t)n;
	return scan_feed(u->scan, slice, n, e);
}

static int
verify(struct upload *u, struct err *e)
{
	uint8_t sha[SHA256_LEN];
	char hex[SHA256_HEX];

	sha256_final(&u->hash, sha);
	hex_encode(hex, sha, sizeof(sha));
	if (u->hex[0] != '\0' && strcmp(hex, u->hex) != 0)
		return err_set(e, ERR_FORBIDDEN, "X-Darkroom-Content-SHA256 is not the digest of the body");
	memcpy(u->hex, hex, sizeof(u->hex));
	if (scan_end(u->scan, &u->facts, e) == -1)
		return -1;
	u->stage = u->data != NULL ? UPLOAD_DONE : u->store != &store_dir ? UPLOAD_CARRY : UPLOAD_SYNC;
	FAULT_POINT(UPLOAD_VERIFIED);
	return 0;
}

/* The file that will be the blob; -1: none, the bytes go elsewhere. */
static int
blob_fd(const struct upload *u)
{
	if (u->data != NULL || u->store != &store_dir)
		return -1;
	return u->copies ? u->w.fd : u->fd;
}

static int
hash_step(struct upload *u, struct err *e)
{
	static char slice[SLICE];
	int64_t from = u->read;

	for (int i = 0; i < SLICES; i++) {
		ssize_t n = next_slice(u, slice, e);

		if (n == -1)
			return -1;
		if (n == 0)
			return verify(u, e);
		if (take_slice(u, slice, (size_t)n, e) == -1)
			return -1;
	}
	/* the disk begins while the next ones are hashed; whether it did is found later */
	if (blob_fd(u) != -1)
		sync_file_range(blob_fd(u), (off_t)from, (off_t)(u->read - from), SYNC_FILE_RANGE_WRITE);
	return 0;
}

/*
 * Bring the bytes to the disk a piece at a time, so that the fsync of the last
 * step finds little to do.  What a file system cannot do piecewise, that fsync
 * does: errors are its to find.
 */
static int
sync_step(struct upload *u, struct err *e)
{
	(void)e;
	sync_file_range(blob_fd(u), (off_t)u->synced, SYNC_SLICE,
	    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
	u->synced += SYNC_SLICE;
	if (u->synced >= u->size)
		u->stage = UPLOAD_STORE;
	return 0;
}

static int
store_step(struct upload *u, struct err *e)
{
	uint8_t sha[SHA256_LEN];

	hex_decode(sha, sizeof(sha), u->hex, strlen(u->hex));
	if (u->copies ? blob_commit(&u->w, sha, sha, e) == -1 : blob_adopt(u->blob_dir, u->path, sha, e) == -1)
		return -1;
	FAULT_POINT(UPLOAD_STORED);
	u->stage = UPLOAD_DONE;
	return 0;
}

static void
on_carried(void *arg, const struct buf *said, const struct err *e)
{
	struct upload *u = arg;
	const char *at = said->data;
	char sha[SHA256_HEX];

	u->carry = NULL;
	if (e != NULL)
		u->why = *e;
	else if (carry_said(&at, sha, u->place) == 0 || strcmp(sha, u->hex) != 0)
		err_set(&u->why, ERR_PROTO, "darkroom-blob did not say where the body is");
	u->stage = UPLOAD_CARRIED;
	u->spec.wake(u->spec.arg);
}

/* The spooled file is this request's until its end: darkroom-blob opens it by name. */
static int
carry_step(struct upload *u, struct err *e)
{
	CLEANUP(buf_release) struct buf list = BUF_INIT;
	CLEANUP(cleanup_close) int dir = -1;
	char *slash = strrchr(u->path, '/');

	if (u->carry != NULL)
		return 0;
	if (slash == NULL)
		return err_set(e, ERR_PROTO, "the spooled body has no folder");
	*slash = '\0';
	dir = open(u->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	if (dir == -1)
		return err_sys(e, "the folder of the spooled body");
	buf_addf(&list, "%s %lld %s\n", u->hex, (long long)u->size, slash + 1);
	u->carry = carry_start(&(const struct carry_spec){ .loop = u->spec.loop, .conf = u->spec.conf, .task = "put",
	    .list = &list, .fd = dir, .limit_ms = CARRY_MS }, on_carried, u, e);
	return u->carry == NULL ? -1 : 0;
}

static int
carried_step(struct upload *u, struct err *e)
{
	if (u->why.code != ERR_NONE)
		return err_set(e, u->why.code, "%s", u->why.msg);
	u->stage = UPLOAD_DONE;
	return 0;
}

int
upload_step(struct upload *u, struct err *e)
{
	static int (*const steps[UPLOAD_DONE])(struct upload *, struct err *) = {
		[UPLOAD_HASH] = hash_step, [UPLOAD_SYNC] = sync_step, [UPLOAD_STORE] = store_step,
		[UPLOAD_CARRY] = carry_step, [UPLOAD_CARRIED] = carried_step,
	};

	if (u->stage != UPLOAD_DONE && steps[u->stage](u, e) == -1)
		return -1;
	return u->carry != NULL ? 2 : u->stage != UPLOAD_DONE;
}

void
upload_args(struct upload *u, struct json_object *args)
{
	json_add_str(args, "sha256", u->hex);
	json_add_i64(args, "size", u->size);
	json_add_str(args, "store", u->data != NULL ? "pg" : u->store->name);
	if (u->place[0] != '\0')
		json_add_str(args, "place", u->place);
	if (u->data != NULL) {
		CLEANUP(cleanup_free) char *b64 = malloc(B64_LEN((size_t)u->size));

		if (b64 == NULL)
			abort();
		b64_encode(b64, u->data, (size_t)u->size);
		json_add_str(args, "data_b64", b64);
	}
	if (u->facts.columns != NULL)
		json_add(args, "columns", STEAL(u->facts.columns));
	if (u->facts.rows >= 0)
		json_add_i64(args, "row_count", u->facts.rows);
}
