#include "task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/log.h"
#include "../../lib/blob/store.h"
#include "../../lib/db/db.h"
#include "lines.h"

#define TIDY_BATCH	"20"			/* places taken at once: their removal has ten minutes */
#define TIDY_US		(60 * INT64_C(1000000))	/* then others get their turn */

/* ---- put ---------------------------------------------------------------- */

static int
say(const struct store_blob *b, struct err *e)
{
	char line[SHA256_HEX + S3_PLACE_LEN + 4];
	int n = snprintf(line, sizeof(line), "%s %s\n", b->sha256, *b->place != '\0' ? b->place : "-");

	return write(STDOUT_FILENO, line, (size_t)n) == n ? 0 : err_sys(e, "telling a place");
}

static int
put_one(struct store_set *s, const struct store *st, char *words[], struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	struct store_blob b = { .place = "" };
	struct stat have;

	if (lines_sha(b.sha256, words[0], e) == -1 || lines_size(&b.size, words[1], e) == -1)
		return -1;
	fd = openat(TASK_FD, words[2], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &have) == -1)
		return err_sys(e, "the file to store");
	if (!S_ISREG(have.st_mode) || have.st_size != b.size)
		return err_set(e, ERR_SYS, "the file to store is not what was said");
	return st->put(s, &b, fd, e) == -1 ? -1 : say(&b, e);
}

int
task_put(const struct conf *c, struct err *e)
{
	CLEANUP(store_set_release) struct store_set s = { .conf = c };
	CLEANUP(buf_release) struct buf list = BUF_INIT_MAX(TASK_LIST_MAX);
	const struct store *st = store_chosen(c, e);
	char *words[LINES_WORDS], *p;
	int rc;

	if (st == NULL || lines_read(&list, STDIN_FILENO, e) == -1)
		return -1;
	p = list.data;
	while ((rc = lines_next(&p, words, 3, e)) == 1)
		if (put_one(&s, st, words, e) == -1)
			return -1;
	return rc;
}

/* ---- get ---------------------------------------------------------------- */

struct out { struct sha256 hash; };

static int
write_out(void *arg, const void *p, size_t n, struct err *e)
{
	struct out *o = arg;
	const char *from = p;

	sha256_update(&o->hash, p, n);
	while (n > 0) {
		ssize_t k = write(TASK_FD, from, n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "writing what was fetched");
		from += k;
		n -= (size_t)k;
	}
	return 0;
}

static int
get_bytes(struct store_set *s, const struct store *st, const struct store_blob *b, int64_t from, int64_t len, struct err *e)
{
	struct out o = { 0 };
	uint8_t sum[SHA256_LEN];
	char hex[SHA256_HEX];
	int rc;

	sha256_init(&o.hash);
	rc = st->get(s, b, from, len, write_out, &o, e);
	sha256_final(&o.hash, sum);
	hex_encode(hex, sum, sizeof(sum));
	if (rc == 0 && from == 0 && len == b->size && strcmp(hex, b->sha256) != 0)
		return err_set(e, ERR_PROTO, "blob %s: other bytes than its digest says", b->sha256);
	return rc;
}

static int
get_one(struct store_set *s, char *words[], struct err *e)
{
	const struct store *st = store_find(words[0]);
	struct store_blob b = { .size = 0 };
	int64_t from, len;

	if (st == NULL)
		return err_set(e, ERR_VALIDATION, "no such store");
	if (lines_sha(b.sha256, words[1], e) == -1 || lines_place(b.place, words[2], e) == -1 ||
	    lines_size(&b.size, words[3], e) == -1 || lines_size(&from, words[4], e) == -1 ||
	    lines_size(&len, words[5], e) == -1)
		return -1;
	if (from > b.size || len > b.size - from)
		return err_set(e, ERR_VALIDATION, "a stretch outside of its blob");
	return get_bytes(s, st, &b, from, len, e);
}

/* settle: what has a name lasts before it is said to be there. */
static int
settle(struct err *e)
{
	struct stat st;

	if (fstat(TASK_FD, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink > 0 && fsync(TASK_FD) == -1)
		return err_sys(e, "fsync");
	return 0;
}

int
task_get(const struct conf *c, struct err *e)
{
	CLEANUP(store_set_release) struct store_set s = { .conf = c };
	CLEANUP(buf_release) struct buf list = BUF_INIT_MAX(TASK_LIST_MAX);
	char *words[LINES_WORDS], *p;
	int rc;

	if (lines_read(&list, STDIN_FILENO, e) == -1)
		return -1;
	p = list.data;
	while ((rc = lines_next(&p, words, 6, e)) == 1)
		if (get_one(&s, words, e) == -1)
			return -1;
	return rc == -1 ? -1 : settle(e);
}

/* ---- upkeep ------------------------------------------------------------- */

static int
bury(struct store_set *s, const PGresult *r, int row, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *done = NULL;
	CLEANUP(cleanup_free) uint8_t *sha = NULL;
	const struct store *st = store_find(row_text(r, row, "store"));
	struct store_blob b = { .size = row_i64(r, row, "size", 0) };
	size_t n;

	if (st == NULL || row_bytes(r, row, "sha256", &sha, &n, e) == -1 || n != SHA256_LEN ||
	    lines_place(b.place, row_text(r, row, "place"), e) == -1)
		return err_set(e, ERR_PROTO, "a dead place that cannot be read");
	hex_encode(b.sha256, sha, n);
	if (st->remove(s, &b, e) == -1)
		return -1;
	return db_call_sync(s->db, &done, ST_BLOB_BURIED, (const struct db_param[]){ P_TEXT(b.place), P_TEXT("64") }, 2, false, e);
}

/* tidy_some: 1 there may be more, 0 none; what fails is met again, the others go on. */
static int
tidy_some(struct store_set *s, int64_t *gone, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *r = NULL;
	PGconn *db = store_db(s, e);

	if (db == NULL || db_call_sync(db, &r, ST_BLOB_DEAD, (const struct db_param[]){ P_TEXT(TIDY_BATCH) }, 1, false, e) == -1)
		return -1;
	for (int i = 0; i < PQntuples(r); i++) {
		struct err why = ERR_INIT;

		if (bury(s, r, i, &why) == -1)
			log_warn("blob.stuck", F_ERR(&why));
		else
			(*gone)++;
	}
	return PQntuples(r) > 0;
}

int
task_tidy(const struct conf *c, struct err *e)
{
	CLEANUP(store_set_release) struct store_set s = { .conf = c };
	int64_t until = clock_mono_us() + TIDY_US, gone = 0;
	int rc;

	do
		rc = tidy_some(&s, &gone, e);
	while (rc == 1 && clock_mono_us() < until);
	if (gone > 0)
		log_info("blob.removed", F_I64("count", gone));
	return rc == -1 ? -1 : 0;
}

int
task_check(const struct conf *c, struct err *e)
{
	CLEANUP(store_set_release) struct store_set s = { .conf = c };
	const struct store *st = store_chosen(c, e);

	return st == NULL ? -1 : st->check(&s, e);
}
