#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/wallet/exportfile.h"
#include "../../../lib/proc/frame.h"
#include "master.h"
#include "x_transfer.h"

#define PIECE		(64u << 10)	/* bytes of one read */
#define BATCH_BYTES	(1u << 20)	/* of records in one call, about */
#define BATCH_RECORDS	500
#define RECORD_BYTES	((FRAME_MAX - (64u << 10)) / 4 * 3)	/* of one record: what a frame carries as base64 */
#define ITEM_BYTES	512	/* of a record without its texts, about */
#define TAG_BYTES	192	/* of a tag without them */

/* Records on their way: staged under this run, and seen by nobody before its end. */
struct staging {
	struct fork_job *job;
	struct wallet_keys keys;	/* of the new wallet */
	struct json_object *items;
	size_t	bytes;
};

static int
flush(struct staging *s, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *args;

	if (json_object_array_length(s->items) == 0)
		return 0;
	args = json_object_new_object();
	json_add(args, "items", s->items);
	s->items = json_object_new_array();
	s->bytes = 0;
	if (fork_ask(s->job, "import_put", args, &value, NULL, e) == -1)
		return -1;
	FAULT_POINT(CRED_STAGED);
	return 0;
}

/* bytes_of: of a record's texts, and what sealing and JSON add, before base64; a
 * plain value stays text, of which JSON escapes a character with six at most. */
static size_t
bytes_of(const struct record *r)
{
	size_t n = ITEM_BYTES + strlen(r->type) + strlen(r->name) + r->value_len;

	json_object_object_foreach(r->tags, name, v)
		n += TAG_BYTES + strlen(name) + (size_t)json_object_get_string_len(v) * (name[0] == '~' ? 5 : 1);
	return n;
}

static int
on_record(void *ctx, const struct record *r, struct err *e)
{
	struct staging *s = ctx;
	struct json_object *o = NULL;
	size_t bytes = bytes_of(r);

	if (bytes > RECORD_BYTES)
		return err_set(e, ERR_PAST_LIMIT, "blob: a record of %zu bytes", bytes);
	if (s->bytes + bytes > BATCH_BYTES && flush(s, e) == -1)
		return -1;
	if (record_seal(&o, &s->keys, r, e) == -1)
		return err_wrap(e, "blob");
	json_object_array_add(s->items, o);
	s->bytes += bytes;
	return json_object_array_length(s->items) < BATCH_RECORDS ? 0 : flush(s, e);
}

/* ---- the file ----------------------------------------------------------- */

struct input { int fd; int64_t size, at; };

static ssize_t
input_read(struct input *in, uint8_t *p, size_t n, struct err *e)
{
	ssize_t k;

	do
		k = pread(in->fd, p, n, in->at);
	while (k == -1 && errno == EINTR);
	if (k == -1)
		return err_sys(e, "read the import");
	in->at += k;
	return k;
}

static int
input_open(struct fork_job *j, struct input *in, struct err *e)
{
	struct stat st;

	*in = (struct input){ .fd = fork_file_in(j, "blob", e) };
	if (in->fd == -1 || fstat(in->fd, &st) == -1)
		return -1;
	in->size = st.st_size;
	return 0;
}

/* read_header: and stand behind it. */
static int
read_header(struct input *in, struct export_header *h, struct err *e)
{
	uint8_t head[EXPORT_HEADER];
	ssize_t n = input_read(in, head, sizeof(head), e);
	size_t used = 0;
	int rc;

	if (n == -1)
		return -1;
	rc = export_header_read(h, head, (size_t)n, &used, e);
	if (rc == 0)
		return err_set(e, ERR_IMPORT_TRUNCATED, "blob: ends within its header");
	in->at = (int64_t)used;
	return rc == 1 ? 0 : err_wrap(e, "blob");
}

static void
free_reader(struct import_reader **r)
{
	import_reader_free(*r);
}

static int
read_records(struct fork_job *j, struct input *in, const struct export_header *h, struct staging *s, struct err *e)
{
	CLEANUP(secret_release) struct secret master = SECRET_INIT;
	CLEANUP(free_reader) struct import_reader *r = NULL;
	const struct import_sink sink = { on_record, s };
	uint8_t piece[PIECE];
	const char *key;
	ssize_t n;

	if (fork_get_str(j, "export_key", 1, WALLET_KEY_MAX, &key, e) == -1)
		return -1;
	fork_progress(j, "key", 0, 0, "keys");
	if (wallet_master(&master, h->method, key, strlen(key), h->salt, e) == -1)
		return err_wrap(e, "export_key");
	if (import_reader_new(&r, h, &master, &sink, e) == -1)
		return -1;
	while ((n = input_read(in, piece, sizeof(piece), e)) > 0) {
		if (import_reader_feed(r, piece, (size_t)n, e) == -1)
			return -1;
		fork_progress(j, "records", (uint64_t)in->at, (uint64_t)in->size, "bytes");
	}
	if (n == -1 || import_reader_end(r, e) == -1)
		return -1;
	return flush(s, e);
}

/* ---- the wallet --------------------------------------------------------- */

static int
commit(struct fork_job *j, const struct staging *s, const struct master *m, struct err *e)
{
	struct json_object *write = master_write(m, &s->keys, e), *body;
	const char *id;

	if (write == NULL || fork_get_str(j, "id", 1, 256, &id, e) == -1) {
		json_put(&write);
		return -1;
	}
	json_add_str(write, "id", id);
	fork_write(j, "import_commit", write);
	body = json_object_new_object();
	json_add_str(body, "wallet", id);
	fork_result(j, 201, body);
	return 0;
}

static int
import(struct fork_job *j, struct err *e)
{
	CLEANUP(master_release) struct master m = MASTER_INIT;
	struct staging s = { .job = j, .keys = WALLET_KEYS_INIT, .items = json_object_new_array() };
	struct export_header h;
	struct input in = { .fd = -1 };
	int rc = -1;

	if (input_open(j, &in, e) == 0 && read_header(&in, &h, e) == 0 &&
	    master_new(j, "method", "key", &m, e) == 0 && wallet_keys_make(&s.keys, e) == 0 &&
	    read_records(j, &in, &h, &s, e) == 0)
		rc = commit(j, &s, &m, e);
	wallet_keys_release(&s.keys);
	json_put(&s.items);
	cleanup_close(&in.fd);
	return rc;
}

const struct fork_kind x_wallet_import = { .name = "wallet.import", .run = import };
