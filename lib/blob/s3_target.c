#include "s3_target.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"

static const struct { const char *scheme, *port; } schemes[] = { { "http://", ":80" }, { "https://", ":443" } };

/* read_endpoint: scheme://host[:port], nothing behind it. */
static int
read_endpoint(struct s3_target *t, const char *url, struct err *e)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t skip = strlen(schemes[i].scheme), n, port = strlen(schemes[i].port);
		const char *host = url + skip;

		if (strncmp(url, schemes[i].scheme, skip) != 0)
			continue;
		n = strlen(host);
		if (n < 1 || n >= sizeof(t->host) ||
		    strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") != n)
			break;
		snprintf(t->base, sizeof(t->base), "%s", url);
		/* the port that goes without saying is not in the Host header */
		if (n > port && strcmp(host + n - port, schemes[i].port) == 0)
			n -= port;
		memcpy(t->host, host, n);
		t->host[n] = '\0';
		for (char *p = t->host; *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
		return 0;
	}
	return err_set(e, ERR_CONFIG, "s3_endpoint: http://host:port or https://host[:port] is expected");
}

/* set_word: a setting of these characters only, which need no encoding in a path. */
static int
set_word(char *out, size_t max, const char *name, const char *s, const char *more, bool may_be_empty, struct err *e)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && strchr(more, s[i]) == NULL)
			return err_set(e, ERR_CONFIG, "%s: letters, digits and %s only", name, more);
	if (n >= max || (n == 0 && !may_be_empty) || strstr(s, "..") != NULL || strstr(s, "//") != NULL || *s == '/')
		return err_set(e, ERR_CONFIG, "%s: a name of %d to %zu bytes is expected", name, may_be_empty ? 0 : 1, max - 1);
	memcpy(out, s, n + 1);
	return 0;
}

int
s3_target_set(struct s3_target *t, const char *endpoint, const char *bucket, const char *prefix, const char *region,
    struct err *e)
{
	return read_endpoint(t, endpoint, e) == -1 ||
	    set_word(t->bucket, sizeof(t->bucket), "s3_bucket", bucket, ".-", false, e) == -1 ||
	    set_word(t->prefix, sizeof(t->prefix), "s3_prefix", prefix, "._-/", true, e) == -1 ||
	    set_word(t->region, sizeof(t->region), "s3_region", region, "-", false, e) == -1 ? -1 : 0;
}

int
s3_target_read(struct s3_target *t, const struct conf *c, struct err *e)
{
	struct s3_target n = S3_TARGET_INIT;

	if (s3_target_set(&n, conf_str(c, "s3_endpoint"), conf_str(c, "s3_bucket"), conf_str(c, "s3_prefix"),
	    conf_str(c, "s3_region"), e) == -1 || sigv4_key_read(&n.key, conf_str(c, "s3_credentials_file"), e) == -1)
		return -1;
	*t = n;
	return 0;
}

void
s3_target_release(struct s3_target *t)
{
	sigv4_key_release(&t->key);
}

void
s3_path(char out[S3_PATH_MAX], const struct s3_target *t, const char *sha_hex, const char *place)
{
	snprintf(out, S3_PATH_MAX, "/%s/%s%s/%s", t->bucket, t->prefix, sha_hex, place);
}

int
s3_encode(char *out, size_t max, const char *s, const char *keep)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	size_t at = 0;

	for (; *s != '\0'; s++) {
		if (at + 4 > max) {
			out[0] = '\0';
			return -1;
		}
		at += strchr(plain, *s) != NULL || strchr(keep, *s) != NULL ? (size_t)snprintf(out + at, max - at, "%c", *s) :
		    (size_t)snprintf(out + at, max - at, "%%%02X", (unsigned char)*s);
	}
	out[at] = '\0';
	return (int)at;
}

int
s3_name_path(char *out, size_t max, const struct s3_target *t, const char *name, struct err *e)
{
	int n = snprintf(out, max, "/%s/%s", t->bucket, t->prefix);

	if (n < 0 || (size_t)n >= max || s3_encode(out + n, max - (size_t)n, name, "/") == -1)
		return err_set(e, ERR_LIMIT, "s3: the name of an object is too long");
	return 0;
}

int
s3_stamp(struct s3_stamp *out, const struct s3_target *t, const char *method, const char *path,
    const char *query, const char *payload, struct err *e)
{
	struct s3_stamp s;

	sigv4_date(s.date, clock_wall_us() + t->skew_us);
	if (sigv4_sign(s.auth, &t->key, &(const struct sigv4_req){
	    .method = method, .path = path, .query = query, .payload = payload,
	    .headers = (const struct sigv4_header[]){ { "host", t->host },
	        { "x-amz-content-sha256", payload }, { "x-amz-date", s.date } },
	    .n_headers = 3, .region = t->region, .service = "s3", .date = s.date }, e) == -1)
		return -1;
	*out = s;
	return 0;
}

int
s3_xml(char *out, size_t max, const char *p, size_t n, const char *tag, size_t *at)
{
	char open[80], close[80];
	size_t o = (size_t)snprintf(open, sizeof(open), "<%s>", tag);
	size_t c = (size_t)snprintf(close, sizeof(close), "</%s>", tag);
	const char *from, *end;
	size_t len;

	if (*at > n)
		return 0;
	from = memmem(p + *at, n - *at, open, o);
	if (from == NULL)
		return 0;
	from += o;
	end = memmem(from, n - (size_t)(from - p), close, c);
	if (end == NULL)
		return 0;
	len = (size_t)(end - from);
	*at = (size_t)(end - p) + c;
	if (len + 1 > max)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (!isgraph((unsigned char)from[i]) || strchr("<>&\"'", from[i]) != NULL)
			return 0;
	memcpy(out, from, len);
	out[len] = '\0';
	return 1;
}
