#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/clock.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"
#include "../../../lib/base/rand.h"
#include "../../../lib/crypt/wallet/exportfile.h"
#include "master.h"
#include "x_transfer.h"

#define PIECE	(64u << 10)	/* bytes of one write */
#define PAGE	1000		/* records of one answer, at most */

/* The file as it grows: what goes to disk goes into the digest. */
struct file {
	int	fd;
	struct sha256 sha;
	size_t	n;			/* bytes in piece */
	int64_t	size;
	uint8_t	piece[PIECE];
};

static int
file_flush(struct file *f, struct err *e)
{
	size_t at = 0;

	while (at < f->n) {
		ssize_t k = write(f->fd, f->piece + at, f->n - at);

		if (k == -1 && errno != EINTR)
			return err_sys(e, "write the export");
		at += k > 0 ? (size_t)k : 0;
	}
	sha256_update(&f->sha, f->piece, f->n);
	f->size += (int64_t)f->n;
	f->n = 0;
	return 0;
}

static int
file_put(void *ctx, const void *p, size_t n, struct err *e)
{
	struct file *f = ctx;
	const uint8_t *at = p;

	while (n > 0) {
		size_t k = n < PIECE - f->n ? n : PIECE - f->n;

		memcpy(f->piece + f->n, at, k);
		f->n += k;
		at += k;
		n -= k;
		if (f->n == PIECE && file_flush(f, e) == -1)
			return -1;
	}
	return 0;
}

/* put_items: a page of records, opened and sealed into the export. */
static int
put_items(struct export_writer *w, const struct wallet_keys *k, struct json_object *items, struct err *e)
{
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		CLEANUP(record_opened_release) struct record_opened r = RECORD_OPENED_INIT;

		if (record_open(&r, k, json_object_array_get_idx(items, i), e) == -1 ||
		    export_writer_put(w, &r.r, e) == -1)
			return -1;
	}
	return 0;
}

static int
put_all(struct fork_job *j, struct export_writer *w, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	const struct wallet_keys *k;
	const char *cursor = NULL;
	uint64_t done = 0;
	int more;

	if (cred_wallet_keys(j, &k, e) == -1)
		return -1;
	do {
		struct json_object *args = json_object_new_object(), *page = NULL, *items;

		if (cursor != NULL)
			json_add_str(args, "cursor", cursor);
		if (fork_ask(j, "record_page", args, &page, NULL, e) == -1)
			return -1;
		json_put(&value);
		value = page;
		if (json_get_arr(value, "items", 0, PAGE, &items, e) == -1 || put_items(w, k, items, e) == -1)
			return -1;
		done += json_object_array_length(items);
		fork_progress(j, "records", done, 0, "records");
		cursor = NULL;
		more = json_opt_str(value, "cursor", 1, 64, &cursor, e);
	} while (more == 1);
	return more;
}

static void
free_writer(struct export_writer **w)
{
	export_writer_free(*w);
}

static int
write_file(struct fork_job *j, struct file *f, struct err *e)
{
	CLEANUP(master_release) struct master m = MASTER_INIT;
	CLEANUP(free_writer) struct export_writer *w = NULL;
	const struct export_sink sink = { file_put, f };
	struct export_header h;

	fork_progress(j, "key", 0, 0, "keys");
	if (master_new(j, "method", "key", &m, e) == -1)
		return -1;
	if (m.method == WALLET_MANAGED)
		return err_set(e, ERR_STRUCTURE, "method: an export has a key of its own");
	h = (struct export_header){ .method = m.method, .time_s = (uint64_t)(clock_wall_us() / 1000000) };
	memcpy(h.salt, m.salt, sizeof(h.salt));
	rand_bytes(h.nonce, sizeof(h.nonce));
	if (export_writer_new(&w, &h, &m.key, &sink, e) == -1 || put_all(j, w, e) == -1 || export_writer_end(w, e) == -1)
		return -1;
	return file_flush(f, e);
}

static int
publish(struct fork_job *j, struct file *f, struct err *e)
{
	struct json_object *write = json_object_new_object(), *body = json_object_new_object();
	uint8_t sha[SHA256_LEN];
	char hex[SHA256_HEX];

	sha256_final(&f->sha, sha);
	hex_encode(hex, sha, sizeof(sha));
	json_add_str(write, "sha256", hex);
	fork_write(j, "export", write);
	json_add_str(body, "blob", hex);
	json_add_str(body, "sha256", hex);
	json_add_i64(body, "size", f->size);
	fork_result(j, 201, body);
	return fork_publish(j, f->fd, "export", sha, e);
}

static int
export(struct fork_job *j, struct err *e)
{
	struct file *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL)
		abort();
	sha256_init(&f->sha);
	f->fd = fork_file_out(j, e);
	rc = f->fd == -1 || write_file(j, f, e) == -1 ? -1 : publish(j, f, e);
	sha256_release(&f->sha);
	cleanup_close(&f->fd);
	free(f);
	return rc;
}

const struct fork_kind x_wallet_export = { .name = "wallet.export", .run = export };
