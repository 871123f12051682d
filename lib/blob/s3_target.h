#ifndef BLOB_S3_TARGET_H
#define BLOB_S3_TARGET_H
#include <stdint.h>
#include "../base/conf.h"
#include "../base/err.h"
#include "../crypt/sha256.h"
#include "sigv4.h"
/*
 * Where an S3-compatible store is and how a request to it is signed; path-style
 * addresses.  No network: s3.h moves bytes, the front signs what nginx fetches.
 */
#define S3_PATH_MAX	512	/* bytes of /bucket/prefix<sha256>/<place> */
#define S3_PLACE_LEN	37	/* a uuid's text and NUL */
struct s3_target {
	char	base[300];		/* "https://host:port" */
	char	host[256];		/* as the Host header has it */
	char	bucket[64], prefix[128], region[64];
	struct sigv4_key key;
	int64_t	skew_us;		/* what our clock lacks, by what the store said of the time */
};
#define S3_TARGET_INIT	{ .key = SIGV4_KEY_INIT }
/* s3_target_read(t, c, e): the settings s3_*; -1 with ERR_CONFIG naming the setting. */
int s3_target_read(struct s3_target *t, const struct conf *c, struct err *e);
/* s3_target_set(t, endpoint, bucket, prefix, region, e): the same by words; the key stays as it is.
 * ERR_CONFIG names the setting. */
int s3_target_set(struct s3_target *t, const char *endpoint, const char *bucket, const char *prefix, const char *region,
    struct err *e);
void s3_target_release(struct s3_target *t);	/* for CLEANUP */
/*
 * s3_encode(out, max, s, keep): s percent-encoded as signatures have it: all but
 * A-Za-z0-9-._~ and the characters of keep ("/" for a path), upper case hex.
 * The length, or -1 when it does not fit; out is then an empty text.
 */
int s3_encode(char *out, size_t max, const char *s, const char *keep);
/* s3_name_path(out, max, t, name, e): /bucket/prefix and name, encoded; 0, or -1 with ERR_LIMIT. */
int s3_name_path(char *out, size_t max, const struct s3_target *t, const char *name, struct err *e);
/* s3_path(out, t, sha_hex, place): the object's path; place "" ends after the digest's slash. */
void s3_path(char out[S3_PATH_MAX], const struct s3_target *t, const char *sha_hex, const char *place);
struct s3_stamp { char date[SIGV4_DATE_LEN], auth[SIGV4_AUTH_MAX]; };
/* s3_stamp(out, t, method, path, query, payload, e): date and Authorization of a
 * request whose signed headers are host, x-amz-content-sha256 and x-amz-date. */
int s3_stamp(struct s3_stamp *out, const struct s3_target *t, const char *method, const char *path,
    const char *query, const char *payload, struct err *e);
/*
 * s3_xml(out, max, p, n, tag, at): the text of the first <tag> from *at on, in an
 * answer of the store; *at moves behind it.  1, or 0 when there is none, or it
 * does not fit or holds more than plain characters.
 */
int s3_xml(char *out, size_t max, const char *p, size_t n, const char *tag, size_t *at);
#endif
