/* Who is calling: the published vector, every altered part, and the order of refusals. */
#include <stdlib.h>
#include <string.h>
#include "../../fcgi/auth.h"
#include "../../fcgi/keyring.h"
#include "../../fcgi/req.h"
#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/secp.h"
#include "../../lib/crypt/sha256.h"
#include "../tap.h"

/* RFC 8032 test 1 key over the request of the compute specification, section 2.1. */
#define PEER "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"
#define SIGNATURE "g9TCUfw2tVRM0DJea9AmUdaV5fmBD6n/7CZirnAvMNjpyxGVhMbTFjd1kWmSuLUgHa9+7PakYIJlbfD9G3wHCA=="
static const char body[] =
    "{\"lease_id\":\"lease_123\",\"code\":\"print(1)\",\"inputs\":[{\"asset_id\":\"data_456\",\"variable_name\":\"features\"}]}";

#define RSA_V2 \
	"haBeDmDPuXEGRFEEThXtdPCHcICdYKfZDKuEm2Z6W+DYw6Z3Rl5+QrfaqZ/eMiIl2wt7eBJOSf3Q1mBYLhKyHQu7q6YjptJUzRRVqjt9hWlGdD" \
	"lk1TRCJ1GB66xfUE6/jobCJCoW3R2xpD74TrVQx9MZ9WrFziN4i5DborDVXEM9Gu9IRjWI5FLg1qpu3LozdMSjc5IGlG//ZjfW09At0VJ3I/iX" \
	"FZhPgHpEdytprluzCP1N01VvyQdAY7m+bv6RmQ7ZUR1/tYUe0O2MBn5YNIEBOc8m6GoUmhi0jFCoHScgJ766H89sAP4m8KJs6h99HF05t9/AAu" \
	"rkCDnIkz7R1Q=="
#define RSA_V1 \
	"P1arKcSmHtWNHFrvgR0PrXvRtvidEtzJpLoakWV42En+i0QRTlXQHt1I1KuA1O6WWyqVRDJw0liDXD8UefQgoTg5ftG/aiLkl3a6u5HUSKQi6g" \
	"K8462xz/kIR48LnZWGTFxstSkZUC/2FyMUFrxfuoU8FOWGIVcBq8J623phq9Ioaxp0B9a3M2oqp0D+mw9vf/f0E6C3uNvddlbDxDCksJiOEByh" \
	"cu9hO5Zive1/UL1HOks+6KYuDtH/SFMiTE47zCJtrESPTFmSfZla07wxGWd6OJG2kKs1ProQZOqPlEZkfiTyAEOeEzD9FPF3iIeAwN4wgY73tT" \
	"7zC7BLxoQMsA=="
#define RSA_PEM "-----BEGIN PUBLIC KEY-----\n" \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtChJ30sI6a+N1dGSgyDKdRDR8tqVqelNo7VsTMPGATDJbTmU6UR3BdGllGPzUeydu0" \
	"4nHKGB0k04ixzgDtCoJzwBsu5ZT91Fez2lqNJwXc8eQAt32d8TSO4yOWVhjdtxwxtsNT4jb05nX9HIEop/NsYtrigpXZkDebNMR8W5+f21bbyf" \
	"aG8nKQ21KcexwVRFdAhJxsphbix1UveqCcwdPKWP9egiAmHZwVWfPpqUevu+o3Cp4BIAp1idZXwqwI0Mtq14f0r6jqLYg7k4tWM2l0qWkSe9hc" \
	"MDQIaCdbn8IIAmwWq47vY/CFKugBeSEpSDaFvpme6eqlKb+0XNZqQcpwIDAQAB" \
	"\n-----END PUBLIC KEY-----\n"
#define RSA_ID "QmQcLzisePPHwaLvbc9yAmjChFnwcE83P53w9K3ZhUvy7e"
#define RSA_ALIAS "QmebfB31PL4h29TKd3RqJeN6Uvn3yFRzqoLkGVBXZpLrE3"

/* One with v1 signatures; tests that are not about them leave the flag out. */
static struct route route = { .method = "POST", .path = "/" };
static struct auth_keys keys;

struct pair { const char *name, *value; };
static const struct pair vector[] = {
	{ "REQUEST_METHOD", "POST" }, { "REQUEST_URI", "/api/v1/privacy/execute" }, { "HTTP_HOST", "node.example" },
	{ "HTTP_X_PANDACEA_PEER_ID", PEER }, { "HTTP_X_PANDACEA_SIGNATURE", SIGNATURE },
	{ "HTTP_X_DARKROOM_TIMESTAMP", "1767225600" }, { "HTTP_X_DARKROOM_NONCE", "AAAAAAAAAAAAAAAAAAAAAA" },
	{ "HTTP_IDEMPOTENCY_KEY", "k-1" }, { NULL, NULL },
};

/* add_pair: a FastCGI name and value; lengths over 127 take four bytes. */
static void
add_pair(struct buf *b, const char *name, const char *value)
{
	size_t n = strlen(value);

	buf_addc(b, (char)strlen(name));
	if (n > 127) {
		buf_addc(b, (char)(0x80 | n >> 24));
		buf_addc(b, (char)(n >> 16));
		buf_addc(b, (char)(n >> 8));
	}
	buf_addc(b, (char)n);
	buf_adds(b, name);
	buf_adds(b, value);
}

/* ask: auth_check() of the request of these pairs, which are given up to it. */
static int
ask(struct buf *b, const char *text, struct auth_id *id, struct err *e)
{
	struct req_impl im = { .params = NULL };
	struct req rq = { .method = NULL };
	char sha[SHA256_HEX];
	int rc;

	sha256_hex(sha, text, strlen(text));
	memset(id, 0, sizeof(*id));
	e->code = ERR_NONE;
	if (req_open(&rq, &im, b->data, b->len, e) == -1)
		abort();
	rq.route = &route;
	rq.body = text;
	rq.body_len = strlen(text);
	rc = auth_check(&rq, sha, &keys, id, e);
	id->nonce = NULL;	/* was the request's */
	req_release(&rq);
	return rc;
}

/* The vector with one parameter changed, added, or (value NULL) left out. */
static int
check(const char *name, const char *value, const char *text, struct auth_id *id, struct err *e)
{
	struct buf b = BUF_INIT;

	for (const struct pair *p = vector; p->name != NULL; p++)
		if (name == NULL || strcmp(p->name, name) != 0)
			add_pair(&b, p->name, p->value);
	if (name != NULL && value != NULL)
		add_pair(&b, name, value);
	return ask(&b, text, id, e);
}

static void
test_vector(void)
{
	struct auth_id id;
	struct err e = ERR_INIT;

	is_int(check(NULL, NULL, body, &id, &e), 0, "the published request passes");
	is_int(id.mode, AUTH_KEY, "as a key");
	is_str(id.peer, PEER, "under its peer id");
	is_int(id.ts, 1767225600, "at its time");
	is_int(check("HTTP_HOST", "NODE.example", body, &id, &e), 0, "the host is compared without case");
}

static void
test_every_altered_part_is_refused(void)
{
	static const struct pair row[] = {
		{ "REQUEST_METHOD", "PUT" }, { "HTTP_HOST", "other.example" }, { "REQUEST_URI", "/api/v1/privacy/execute?a=1" },
		{ "HTTP_X_DARKROOM_TIMESTAMP", "1767225601" }, { "HTTP_X_DARKROOM_NONCE", "BAAAAAAAAAAAAAAAAAAAAA" },
		{ "HTTP_X_PANDACEA_SPENDER_ADDRESS", "0x00000000000000000000000000000000000000aa" },
		{ "HTTP_IDEMPOTENCY_KEY", "k-2" }, { "HTTP_IDEMPOTENCY_KEY", NULL },
		{ "HTTP_X_PANDACEA_PEER_ID", "12D3KooWPJk7aoGTfgaHmihGLtRZSN8HptS3qJbVfQycYWkiWP4r" },
		{ NULL, NULL },
	};
	struct auth_id id;
	struct err e = ERR_INIT;

	for (const struct pair *p = row; p->name != NULL; p++)
		ok(check(p->name, p->value, body, &id, &e) == -1 && e.code == ERR_FORBIDDEN && id.mode == AUTH_NONE,
		    "another %s: %s", p->name, p->value != NULL ? p->value : "(none)");
	ok(check(NULL, NULL, "{}", &id, &e) == -1 && e.code == ERR_FORBIDDEN, "another body");
}

static void
test_codes(void)
{
	static const struct { const char *name, *value; enum err_code code; } row[] = {
		{ "HTTP_X_PANDACEA_SIGNATURE", NULL, ERR_UNAUTHORIZED },
		{ "HTTP_X_PANDACEA_PEER_ID", NULL, ERR_UNAUTHORIZED },
		{ "HTTP_X_PANDACEA_PEER_ID", "12D3KooX", ERR_UNAUTHORIZED },
		{ "HTTP_X_PANDACEA_PEER_ID", "16Uiu2HAm3cuhhRL2msUuLF62KRSfneFDx94RsuouyW25Ho42cFMq", ERR_FORBIDDEN },
		{ "HTTP_X_PANDACEA_SIGNATURE", "not base64", ERR_FORBIDDEN },
		{ "HTTP_X_PANDACEA_SIGNATURE", "AAAA", ERR_FORBIDDEN },
		{ "HTTP_X_PANDACEA_SIGNATURE", "", ERR_FORBIDDEN },
		{ "HTTP_X_DARKROOM_TIMESTAMP", NULL, ERR_UNAUTHORIZED },
		{ "HTTP_X_DARKROOM_NONCE", NULL, ERR_UNAUTHORIZED },
		{ "HTTP_X_DARKROOM_TIMESTAMP", "-1", ERR_UNAUTHORIZED },
		{ "HTTP_X_DARKROOM_TIMESTAMP", "9999999999999", ERR_UNAUTHORIZED },
		{ "HTTP_X_DARKROOM_NONCE", "short", ERR_UNAUTHORIZED },
		{ "HTTP_X_DARKROOM_NONCE", "AAAAAAAAAAAAAAAAAAAAA/", ERR_UNAUTHORIZED },
		{ "HTTP_AUTHORIZATION", "Bearer drk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ERR_UNAUTHORIZED },
	};
	struct auth_id id;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		check(row[i].name, row[i].value, body, &id, &e);
		ok(e.code == row[i].code, "%s: %s gives %s", row[i].name, row[i].value != NULL ? row[i].value : "(none)",
		    err_info(row[i].code)->word);
	}
}

/* A request of some pairs; as check(). */
static int
check_pairs(const struct pair *p, const char *text, struct auth_id *id, struct err *e)
{
	struct buf b = BUF_INIT;

	for (; p->name != NULL; p++)
		add_pair(&b, p->name, p->value);
	return ask(&b, text, id, e);
}

static int
check_rsa(const char *id_text, const char *signature, struct auth_id *id, struct err *e)
{
	const struct pair v2[] = {
		{ "REQUEST_METHOD", "POST" }, { "REQUEST_URI", "/api/v1/privacy/execute" }, { "HTTP_HOST", "node.example" },
		{ "HTTP_X_PANDACEA_PEER_ID", id_text }, { "HTTP_X_PANDACEA_SIGNATURE", signature },
		{ "HTTP_X_DARKROOM_TIMESTAMP", "1767225600" }, { "HTTP_X_DARKROOM_NONCE", "AAAAAAAAAAAAAAAAAAAAAA" },
		{ "HTTP_IDEMPOTENCY_KEY", "k-1" }, { NULL, NULL },
	};

	return check_pairs(v2, body, id, e);
}

/* An id that is a hash: its key is fetched once and then known by that id. */
static void
test_hashed_ids(void)
{
	static const char *const ids[] = { RSA_ID, RSA_ALIAS };
	struct keyring *ring = keyring_new();
	struct auth_id id;
	struct err e = ERR_INIT;

	keys.ring = ring;
	for (size_t i = 0; i < 2; i++) {
		struct pubkey k = PUBKEY_INIT;

		keys.asked = false;
		is_int(check_rsa(ids[i], RSA_V2, &id, &e), 1, "the key must be fetched");
		is_str(id.peer, ids[i], "of this id");
		ok(id.mode == AUTH_NONE, "nobody is known yet");
		keys.asked = true;
		ok(check_rsa(ids[i], RSA_V2, &id, &e) == -1 && e.code == ERR_FORBIDDEN, "whose key nobody has is refused");
		pubkey_parse(&k, RSA_PEM, &e);
		is_int(keyring_put(ring, "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N", &k), -1, "not under an id of another key");
		pubkey_parse(&k, RSA_PEM, &e);
		is_int(keyring_put(ring, ids[i], &k), 0, "fetched");
		is_int(check_rsa(ids[i], RSA_V2, &id, &e), 0, "verifies");
		is_str(id.peer, RSA_ID, "as libp2p's id, whichever was used");
		ok(check_rsa(ids[i], RSA_V1, &id, &e) == -1 && e.code == ERR_FORBIDDEN, "not another text's signature");
	}
	keys.ring = NULL;
	keyring_free(ring);
}

/* More keys than there is room for: the newest stay, nothing leaks. */
static void
test_full_ring(void)
{
	struct keyring *ring = keyring_new();
	struct pubkey k = PUBKEY_INIT;
	char id[PEERID_TEXT];
	size_t found = 0;

	for (int round = 0; round < 2; round++) {
		uint8_t seed[32] = { 1 };

		for (int i = 0; i < 3000; i++) {
			CLEANUP(secret_release) struct secret s = SECRET_INIT;
			uint8_t point[33];

			seed[30] = (uint8_t)(i >> 8);
			seed[31] = (uint8_t)i;
			secret_alloc(&s, sizeof(seed), NULL);
			memcpy(s.p, seed, sizeof(seed));
			secp_public(point, &s, NULL);
			peerid_secp256k1(id, point);
			if (round == 1)
				found += keyring_find(ring, id) != NULL;
			else if (pubkey_parse(&k, id, NULL) == -1 || keyring_put(ring, id, &k) == -1)
				abort();
		}
	}
	ok(found >= 400 && found <= 512, "%zu of 3,000 keys are still there", found);
	keyring_free(ring);
}

#define LEGACY_BODY "{\"a\":1}"

/* Signed by the RFC 8032 test 1 key. */
static const char *
sign_text(const char *text)
{
	static char b64[B64_LEN(ED25519_SIG)];
	CLEANUP(secret_release) struct secret seed = SECRET_INIT;
	uint8_t sig[ED25519_SIG];

	secret_alloc(&seed, ED25519_SEED, NULL);
	unhex(seed.p, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
	ed25519_sign(sig, text, strlen(text), &seed, NULL);
	b64_encode(b64, sig, sizeof(sig));
	return b64;
}

static int
check_legacy(const char *method, const char *signature, const char *more, struct auth_id *id, struct err *e)
{
	const struct pair p[] = {
		{ "REQUEST_METHOD", method }, { "REQUEST_URI", "/api/v1/leases/a%20b?x=1" }, { "HTTP_HOST", "node.example" },
		{ "HTTP_X_PANDACEA_PEER_ID", PEER }, { "HTTP_X_PANDACEA_SIGNATURE", signature },
		{ more, "1767225600000000000000" }, { NULL, NULL },
	};

	return check_pairs(p, strcmp(method, "POST") == 0 ? LEGACY_BODY : "", id, e);
}

static void
test_legacy(void)
{
	static const char get[] = "GET /api/v1/leases/a b";
	struct auth_id id;
	struct err e = ERR_INIT;

	ok(check_legacy("GET", sign_text(get), "HTTP_X", &id, &e) == -1 && e.code == ERR_UNAUTHORIZED, "not on every route");
	route.flags = RT_LEGACY;
	is_int(check_legacy("GET", sign_text(get), "HTTP_X", &id, &e), 0, "a GET signs method and decoded path");
	ok(id.mode == AUTH_KEY && id.legacy && id.ts == 0, "and is told apart");
	is_int(check_legacy("POST", sign_text(LEGACY_BODY), "HTTP_X", &id, &e), 0, "a POST signs its body");
	ok(check_legacy("POST", sign_text(get), "HTTP_X", &id, &e) == -1 && e.code == ERR_FORBIDDEN, "not its path");
	ok(check_legacy("HEAD", sign_text(get), "HTTP_X", &id, &e) == -1 && e.code == ERR_UNAUTHORIZED, "v1 knows no HEAD");
	ok(check_legacy("GET", sign_text("GET /api/v1/leases/a%20b"), "HTTP_X", &id, &e) == -1, "not the path as sent");
	ok(check_legacy("GET", sign_text(get), "HTTP_X_DARKROOM_NONCE", &id, &e) == -1 && e.code == ERR_UNAUTHORIZED,
	    "half of version 2 is no v1");
	ok(check_legacy("GET", sign_text(get), "HTTP_X_DARKROOM_TIMESTAMP", &id, &e) == -1 && e.code == ERR_UNAUTHORIZED,
	    "nor is the other half");
	is_int(check(NULL, NULL, body, &id, &e), 0, "version 2 on the same route");
	ok(!id.legacy, "stays version 2");
	ok(check("HTTP_X_PANDACEA_SIGNATURE", sign_text(body), body, &id, &e) == -1 && e.code == ERR_FORBIDDEN,
	    "and is never tried again as v1");
	route.flags = 0;
}

static int
check_token(const char *authorization, struct auth_id *id, struct err *e)
{
	struct buf b = BUF_INIT;
	struct req_impl im = { .params = NULL };
	struct req rq = { .method = NULL };
	int rc;

	add_pair(&b, "REQUEST_URI", "/");
	add_pair(&b, "HTTP_AUTHORIZATION", authorization);
	memset(id, 0, sizeof(*id));
	e->code = ERR_NONE;
	if (req_open(&rq, &im, b.data, b.len, e) == -1)
		abort();
	rq.route = &route;
	rc = auth_check(&rq, "", &keys, id, e);
	req_release(&rq);
	return rc;
}

static void
test_tokens(void)
{
	static const char token[] = "drk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	static const char *const bad[] = { "Basic YTpi", "Bearer", "Bearer ", "Bearer drk_short", token };
	char text[64], sha[SHA256_HEX];
	struct auth_id id;
	struct err e = ERR_INIT;

	snprintf(text, sizeof(text), "bearer %s", token);
	is_int(check_token(text, &id, &e), 0, "a token without any signed header passes");
	sha256_hex(sha, token, strlen(token));
	ok(id.mode == AUTH_TOKEN && strcmp(id.token_sha256, sha) == 0, "as the hash of its text");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(check_token(bad[i], &id, &e) == -1 && e.code == ERR_UNAUTHORIZED, "\"%s\" does not", bad[i]);
}

static void
test_host(void)
{
	static const struct { const char *host, *names; int rc; } row[] = {
		{ "localhost", "localhost", 0 }, { "localhost:8443", "localhost", 0 }, { "a.b:1", "x, a.b:1", 0 },
		{ "a.b:2", "a.b:1", -1 }, { "a.b", "a.b.c", -1 }, { "a.b.c", "a.b", -1 }, { "", "localhost", -1 },
		{ "[::1]:80", "[::1]", 0 }, { "[::1]", "localhost,[::1]", 0 }, { "a", "", -1 }, { ":80", ",,", -1 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct req rq = { .host = row[i].host };
		struct err e = ERR_INIT;

		ok(auth_host(&rq, row[i].names, &e) == row[i].rc, "host \"%s\" against \"%s\"", row[i].host, row[i].names);
	}
}

int
main(void)
{
	test_vector();
	test_every_altered_part_is_refused();
	test_codes();
	test_hashed_ids();
	test_full_ring();
	test_legacy();
	test_tokens();
	test_host();
	return done_testing();
}
