#include "sigv4.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/buf.h"
#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/conf.h"
#include "../crypt/sha256.h"

#define CANONICAL_MAX	8192	/* bytes */
#define KEY_FILE_MAX	4096
#define SECRET_CHARS	256
#define MAC_LEN		crypto_auth_hmacsha256_BYTES

/* ---- keys --------------------------------------------------------------- */

static int
key_line(void *arg, const char *name, const char *value, struct err *e)
{
	struct sigv4_key *k = arg;
	size_t n = strlen(value);

	if (strcmp(name, "access_key_id") == 0) {
		if (n < 1 || n >= sizeof(k->id) || strpbrk(value, "/, \t") != NULL)
			return err_set(e, ERR_CONFIG, "access_key_id: 1 to %zu characters without / and ,", sizeof(k->id) - 1);
		memcpy(k->id, value, n + 1);
		return 0;
	}
	if (strcmp(name, "secret_access_key") != 0)
		return err_set(e, ERR_CONFIG, "%s: no such key; access_key_id and secret_access_key are", name);
	if (n < 1 || n > SECRET_CHARS)
		return err_set(e, ERR_CONFIG, "secret_access_key: 1 to %d characters", SECRET_CHARS);
	secret_release(&k->secret);
	if (secret_alloc(&k->secret, n, e) == -1)
		return -1;
	memcpy(k->secret.p, value, n);
	return 0;
}

int
sigv4_key_parse(struct sigv4_key *k, const char *p, size_t n, struct err *e)
{
	CLEANUP(sigv4_key_release) struct sigv4_key got = SIGV4_KEY_INIT;

	if (conf_lines(p, n, key_line, &got, e) == -1)
		return -1;
	if (got.id[0] == '\0' || got.secret.p == NULL)
		return err_set(e, ERR_CONFIG, "access_key_id and secret_access_key are both needed");
	sigv4_key_release(k);
	*k = got;
	got.secret = (struct secret)SECRET_INIT;
	return 0;
}

int
sigv4_key_read(struct sigv4_key *k, const char *path, struct err *e)
{
	CLEANUP(secret_release) struct secret text = SECRET_INIT;

	if (secret_read_file(&text, path, KEY_FILE_MAX, e) == -1 ||
	    sigv4_key_parse(k, (const char *)text.p, text.len, e) == -1)
		return err_wrap(e, "s3_credentials_file");
	return 0;
}

void
sigv4_key_release(struct sigv4_key *k)
{
	secret_release(&k->secret);
	k->id[0] = '\0';
}

/* ---- signing ------------------------------------------------------------ */

static void
hmac(uint8_t out[MAC_LEN], const void *key, size_t key_len, const char *text, size_t n)
{
	crypto_auth_hmacsha256_state s;

	crypto_auth_hmacsha256_init(&s, key, key_len);
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)text, n);
	crypto_auth_hmacsha256_final(&s, out);
	sodium_memzero(&s, sizeof(s));
}

/* signing_key: HMAC of day, region, service and a constant, one over the other. */
static int
signing_key(uint8_t out[MAC_LEN], const struct sigv4_key *k, const struct sigv4_req *rq, struct err *e)
{
	CLEANUP(secret_release) struct secret first = SECRET_INIT;
	const char *const rest[] = { rq->region, rq->service, "aws4_request" };

	if (secret_alloc(&first, 4 + k->secret.len, e) == -1)
		return -1;
	memcpy(first.p, "AWS4", 4);
	memcpy(first.p + 4, k->secret.p, k->secret.len);
	hmac(out, first.p, first.len, rq->date, 8);
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		hmac(out, out, MAC_LEN, rest[i], strlen(rest[i]));
	return 0;
}

static void
header_names(struct buf *b, const struct sigv4_req *rq)
{
	for (size_t i = 0; i < rq->n_headers; i++)
		buf_addf(b, "%s%s", i > 0 ? ";" : "", rq->headers[i].name);
}

static int
canonical_digest(char out[SHA256_HEX], const struct sigv4_req *rq, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(CANONICAL_MAX);

	buf_addf(&b, "%s\n%s\n%s\n", rq->method, rq->path, rq->query);
	for (size_t i = 0; i < rq->n_headers; i++)
		buf_addf(&b, "%s:%s\n", rq->headers[i].name, rq->headers[i].value);
	buf_addc(&b, '\n');
	header_names(&b, rq);
	buf_addf(&b, "\n%s", rq->payload);
	if (b.failed)
		return err_set(e, ERR_LIMIT, "a request over %d bytes is not signed", CANONICAL_MAX);
	sha256_hex(out, b.data, b.len);
	return 0;
}

void
sigv4_date(char out[SIGV4_DATE_LEN], int64_t wall_us)
{
	time_t t = (time_t)(wall_us / 1000000);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, SIGV4_DATE_LEN, "%Y%m%dT%H%M%SZ", &tm);
}

int
sigv4_sign(char out[SIGV4_AUTH_MAX], const struct sigv4_key *k, const struct sigv4_req *rq, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(CANONICAL_MAX);
	CLEANUP(buf_release) struct buf auth = BUF_INIT_MAX(SIGV4_AUTH_MAX - 1);
	char digest[SHA256_HEX], scope[256], hex[HEX_LEN(MAC_LEN)];
	uint8_t key[MAC_LEN], mac[MAC_LEN];

	if (canonical_digest(digest, rq, e) == -1 || signing_key(key, k, rq, e) == -1)
		return -1;
	snprintf(scope, sizeof(scope), "%.8s/%s/%s/aws4_request", rq->date, rq->region, rq->service);
	buf_addf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n%s", rq->date, scope, digest);
	hmac(mac, key, sizeof(key), text.data, text.len);
	sodium_memzero(key, sizeof(key));
	hex_encode(hex, mac, sizeof(mac));
	buf_addf(&auth, "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=", k->id, scope);
	header_names(&auth, rq);
	buf_addf(&auth, ",Signature=%s", hex);
	if (text.failed || auth.failed)
		return err_set(e, ERR_LIMIT, "a signature over %d bytes", SIGV4_AUTH_MAX);
	memcpy(out, auth.data, auth.len + 1);
	return 0;
}
