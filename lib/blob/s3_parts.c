/*
 * Multipart uploads: parts of S3_PART_BYTES, each with a digest of its own, or all unsigned; what
 * cannot be finished is aborted, and what a dead process left is when its place
 * is removed (s3_drop_parts).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "s3.h"

#define PARTS_MAX	10000
#define UPLOAD_ID_MAX	512	/* bytes of an id as the store gives it */
#define QUERY_MAX	(3 * UPLOAD_ID_MAX + 64)
#define READ_BYTES	(256u << 10)
#define DONE_MAX	(2u << 20)	/* bytes of the list of all parts */

/* An upload under way. */
struct parts {
	struct s3 *s;
	const char *path;
	int	fd;
	bool	unsigned_payload;	/* no digest is said, so none is computed */
	char	id[3 * UPLOAD_ID_MAX + 1];	/* as a query has it */
	struct sha256 whole;
	struct buf done;		/* <Part>…</Part> of those that are there */
};

static int
start(struct parts *p, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;
	char id[UPLOAD_ID_MAX];
	size_t at = 0;

	if (s3_do(p->s, &(const struct s3_req){ .method = "POST", .path = p->path, .query = "uploads=", .fd = -1,
	    .text = "", .payload = SIGV4_EMPTY }, &a, e) == -1)
		return -1;
	if (a.body.data == NULL || s3_xml(id, sizeof(id), a.body.data, a.body.len, "UploadId", &at) == 0)
		return err_set(e, ERR_PROTO, "s3: an upload without an id");
	return s3_encode(p->id, sizeof(p->id), id, "") == -1 ? err_set(e, ERR_PROTO, "s3: the id of an upload is too long") : 0;
}

static int
drop(struct s3 *s, const char *path, const char *id, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;
	char query[QUERY_MAX];
	struct err why = ERR_INIT;

	snprintf(query, sizeof(query), "uploadId=%s", id);
	if (s3_do(s, &(const struct s3_req){ .method = "DELETE", .path = path, .query = query, .fd = -1,
	    .payload = SIGV4_EMPTY }, &a, &why) == 0 || why.code == ERR_NOT_FOUND)
		return 0;
	if (e != NULL)
		*e = why;
	return -1;
}

/* digest: of a stretch of the file, also into the whole. */
static int
digest(struct parts *p, int64_t off, int64_t len, char hex[SHA256_HEX], struct err *e)
{
	CLEANUP(cleanup_free) char *slice = malloc(READ_BYTES);
	CLEANUP(sha256_release) struct sha256 one = { 0 };
	uint8_t sum[SHA256_LEN];

	if (slice == NULL)
		abort();
	sha256_init(&one);
	while (len > 0) {
		size_t n = len < (int64_t)READ_BYTES ? (size_t)len : READ_BYTES;
		ssize_t k = pread(p->fd, slice, n, (off_t)off);

		if (k == -1 && errno == EINTR)
			continue;
		if (k <= 0)
			return err_set(e, ERR_SYS, "the file to store is shorter than it was");
		sha256_update(&one, slice, (size_t)k);
		sha256_update(&p->whole, slice, (size_t)k);
		off += k;
		len -= k;
	}
	sha256_final(&one, sum);
	hex_encode(hex, sum, sizeof(sum));
	return 0;
}

static int
put_part(struct parts *p, int number, int64_t off, int64_t len, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;
	char query[QUERY_MAX], hex[SHA256_HEX];

	snprintf(query, sizeof(query), "partNumber=%d&uploadId=%s", number, p->id);
	if (!p->unsigned_payload && digest(p, off, len, hex, e) == -1)
		return -1;
	if (s3_do(p->s, &(const struct s3_req){ .method = "PUT", .path = p->path, .query = query, .fd = p->fd,
	    .off = off, .len = len, .payload = p->unsigned_payload ? SIGV4_UNSIGNED : hex }, &a, e) == -1)
		return -1;
	if (a.etag[0] == '\0' || strpbrk(a.etag, "<>&") != NULL)
		return err_set(e, ERR_PROTO, "s3: a part without an ETag");
	buf_addf(&p->done, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", number, a.etag);
	return 0;
}

static int
finish(struct parts *p, const char *sha_hex, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;
	char query[QUERY_MAX], hex[SHA256_HEX];
	uint8_t sum[SHA256_LEN];

	sha256_final(&p->whole, sum);
	hex_encode(hex, sum, sizeof(sum));
	if (!p->unsigned_payload && strcmp(hex, sha_hex) != 0)
		return err_set(e, ERR_PROTO, "the file to store has not the digest that was said");
	buf_adds(&p->done, "</CompleteMultipartUpload>");
	if (p->done.failed)
		return err_set(e, ERR_LIMIT, "too many parts");
	sha256_hex(hex, p->done.data, p->done.len);
	snprintf(query, sizeof(query), "uploadId=%s", p->id);
	return s3_do(p->s, &(const struct s3_req){ .method = "POST", .path = p->path, .query = query, .fd = -1,
	    .text = p->done.data, .len = (int64_t)p->done.len, .payload = hex }, &a, e);
}

static int
put_all(struct parts *p, int64_t size, const char *sha_hex, struct err *e)
{
	int number = 0;

	if (size > PARTS_MAX * S3_PART_BYTES)
		return err_set(e, ERR_TOO_LARGE, "more than %d parts", PARTS_MAX);
	buf_adds(&p->done, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
	for (int64_t off = 0; off < size; off += S3_PART_BYTES)
		if (put_part(p, ++number, off, size - off < S3_PART_BYTES ? size - off : S3_PART_BYTES, e) == -1)
			return -1;
	return finish(p, sha_hex, e);
}

int
s3_put_parts(struct s3 *s, const char *path, int fd, int64_t size, const char *sha_hex, struct err *e)
{
	struct parts p = { .s = s, .path = path, .fd = fd, .unsigned_payload = strcmp(sha_hex, SIGV4_UNSIGNED) == 0,
	    .done = BUF_INIT_MAX(DONE_MAX) };
	int rc;

	if (start(&p, e) == -1)
		return -1;
	sha256_init(&p.whole);
	rc = put_all(&p, size, sha_hex, e);
	if (rc == -1)
		(void)drop(s, path, p.id, NULL);	/* else the removal of its place does */
	sha256_release(&p.whole);
	buf_release(&p.done);
	return rc;
}

/* The store lists uploads by prefix; ours names one object. */
int
s3_drop_parts(struct s3 *s, const char *path, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;
	const struct s3_target *t = s3_target(s);
	char bucket[S3_PATH_MAX], prefix[3 * S3_PATH_MAX + 1], query[3 * S3_PATH_MAX + 32];
	char id[UPLOAD_ID_MAX], coded[3 * UPLOAD_ID_MAX + 1];
	size_t at = 0;

	snprintf(bucket, sizeof(bucket), "/%s", t->bucket);
	(void)s3_encode(prefix, sizeof(prefix), path + strlen(bucket) + 1, "");	/* three times its room */
	snprintf(query, sizeof(query), "prefix=%s&uploads=", prefix);
	if (s3_do(s, &(const struct s3_req){ .method = "GET", .path = bucket, .query = query, .fd = -1,
	    .payload = SIGV4_EMPTY }, &a, e) == -1)
		return -1;
	while (a.body.data != NULL && s3_xml(id, sizeof(id), a.body.data, a.body.len, "UploadId", &at) == 1) {
		if (s3_encode(coded, sizeof(coded), id, "") == -1 || drop(s, path, coded, e) == -1)
			return -1;
	}
	return 0;
}
