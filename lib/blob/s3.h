#ifndef BLOB_S3_H
#define BLOB_S3_H
#include <stdbool.h>
#include <stdint.h>
#include "../base/buf.h"
#include "../base/conf.h"
#include "../base/err.h"
#include "s3_target.h"
/*
 * Objects of an S3-compatible store, over libcurl.  Every call waits, so these are
 * for programs that do nothing else (darkroom-blob).  What may pass by itself
 * (connections, 429, 5xx, an answer cut short) is tried again with a growing,
 * jittered pause; then ERR_BACKPRESSURE.  ERR_NOT_FOUND: no such object.  ERR_CONFIG:
 * the store refuses us, with its own word for it.
 */
#define S3_PART_BYTES	(INT64_C(16) << 20)	/* of a part; blobs above this go up in parts */
#define S3_URL_MAX	8192	/* bytes of a path with its query */
struct s3;
typedef int s3_sink_fn(void *arg, const void *p, size_t n, struct err *e);	/* 0, or -1 to stop */
int s3_open(struct s3 **out, const struct conf *c, struct err *e);
/*
 * s3_open_target(out, t, ca_file, whole_bytes, e): a target that is not of the settings, which moves
 * into *out on success; ca_file "" means the system's; objects above whole_bytes go up in parts.
 */
int s3_open_target(struct s3 **out, struct s3_target *t, const char *ca_file, int64_t whole_bytes, struct err *e);
void s3_close(struct s3 *s);			/* NULL is fine */
const struct s3_target *s3_target(const struct s3 *s);
/* s3_put(s, path, fd, size, sha_hex, e): the first size bytes of the file, which have
 * that digest, or SIGV4_UNSIGNED; the store checks it, part by part.  A key that may not look at what it
 * has put is no failure. */
int s3_put(struct s3 *s, const char *path, int fd, int64_t size, const char *sha_hex, struct err *e);
/* s3_get(s, path, from, len, sink, arg, e): exactly these bytes, once each, in order. */
int s3_get(struct s3 *s, const char *path, int64_t from, int64_t len, s3_sink_fn *sink, void *arg, struct err *e);
/* s3_remove(s, path, e): also when there is none; and its unfinished uploads. */
int s3_remove(struct s3 *s, const char *path, bool parts, struct err *e);
/* s3_size(s, path, size, e) */
int s3_size(struct s3 *s, const char *path, int64_t *size, struct err *e);

/*
 * s3_list(s, prefix, fn, arg, e): every object below the target's prefix whose name begins with
 * prefix, in the store's order; fn gets names without the target's prefix; 0, or -1 to stop.
 */
typedef int s3_list_fn(void *arg, const char *name, int64_t size, struct err *e);
int s3_list(struct s3 *s, const char *prefix, s3_list_fn *fn, void *arg, struct err *e);
/*
 * s3_list_page(p, n, last, last_max, more, fn, arg, e): one answer of a list; last gets the last key as it
 * is, *more whether others follow.  ERR_PROTO: no such answer.  For s3_list, and for fuzzing.
 */
int s3_list_page(const char *p, size_t n, char *last, size_t last_max, bool *more, s3_list_fn *fn, void *arg, struct err *e);

/* One request; for s3_parts.c and s3_list.c. */
struct s3_req {
	const char *method, *path, *query;
	int	fd;			/* body: this stretch of the file, or text */
	int64_t	off, len;
	const char *text;
	const char *payload;		/* hex SHA-256 of the body */
	int64_t	from, want;		/* GET: the range, and what must come; want 0: the body goes to answer */
	s3_sink_fn *sink;
	void	*arg;
};
struct s3_answer {
	long	status;
	char	etag[129], date[40];
	int64_t	length;			/* Content-Length; -1: not told */
	int64_t	got;			/* bytes given to the sink */
	struct buf body;
};
#define S3_ANSWER_INIT	{ .length = -1, .body = BUF_INIT_MAX(256u << 10) }
void s3_answer_release(struct s3_answer *a);	/* for CLEANUP */
/* s3_do(s, rq, a, e): the request, tried until it passes; a is of the last try. */
int s3_do(struct s3 *s, const struct s3_req *rq, struct s3_answer *a, struct err *e);
/* s3_put_parts, s3_drop_parts: a multipart upload, and the end of unfinished ones. */
int s3_put_parts(struct s3 *s, const char *path, int fd, int64_t size, const char *sha_hex, struct err *e);
int s3_drop_parts(struct s3 *s, const char *path, struct err *e);
#endif
