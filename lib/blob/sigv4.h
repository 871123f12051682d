#ifndef BLOB_SIGV4_H
#define BLOB_SIGV4_H
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/secret.h"
/*
 * AWS Signature Version 4 in the Authorization header.  Source: "Signature
 * Calculations for the Authorization Header", Amazon S3 API Reference; vectors:
 * its examples and AWS's published test suite (tests/unit/t_sigv4.c).
 */
#define SIGV4_HEADERS_MAX 16
#define SIGV4_AUTH_MAX	1024	/* bytes of the header's value, with NUL */
#define SIGV4_DATE_LEN	17	/* 20130524T000000Z and NUL */
#define SIGV4_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"

struct sigv4_key {
	char	id[129];
	struct secret secret;		/* the secret access key's characters */
};
#define SIGV4_KEY_INIT	{ .id = "" }
/*
 * sigv4_key_read(k, path, e): "access_key_id = …" and "secret_access_key = …" from
 * a file that nobody but its owner may read.  0, or -1 with ERR_CONFIG.
 */
int sigv4_key_read(struct sigv4_key *k, const char *path, struct err *e);
/* sigv4_key_parse(k, p, n, e): the same from bytes. */
int sigv4_key_parse(struct sigv4_key *k, const char *p, size_t n, struct err *e);
void sigv4_key_release(struct sigv4_key *k);	/* for CLEANUP; wipes */

struct sigv4_header { const char *name, *value; };	/* name in lower case */
struct sigv4_req {
	const char *method;
	const char *path;		/* as sent: each segment percent-encoded */
	const char *query;		/* as sent, "name=value" joined by &, encoded and sorted by the caller; "" */
	const struct sigv4_header *headers;	/* signed ones, sorted by name, trimmed */
	size_t	n_headers;
	const char *payload;		/* hex SHA-256 of the body, or SIGV4_UNSIGNED */
	const char *region, *service;	/* "us-east-1", "s3" */
	const char *date;		/* x-amz-date: sigv4_date */
};
/* sigv4_date(out, wall_us): the time as x-amz-date has it. */
void sigv4_date(char out[SIGV4_DATE_LEN], int64_t wall_us);
/*
 * sigv4_sign(out, k, rq, e): the value of Authorization.  0, or -1 with ERR_LIMIT
 * when the request is longer than 8 KiB, ERR_CRYPTO.
 */
int sigv4_sign(char out[SIGV4_AUTH_MAX], const struct sigv4_key *k, const struct sigv4_req *rq, struct err *e);
#endif
