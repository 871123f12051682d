/* Who is calling: the published vector, every altered part, and the order of refusals. */
#include <stdlib.h>
#include <string.h>
#include "../../fcgi/auth.h"
#include "../../fcgi/req.h"
#include "../../lib/base/buf.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/sha256.h"
#include "../tap.h"

/* RFC 8032 test 1 key over the request of the compute specification, section 2.1. */
#define PEER "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"
#define SIGNATURE "g9TCUfw2tVRM0DJea9AmUdaV5fmBD6n/7CZirnAvMNjpyxGVhMbTFjd1kWmSuLUgHa9+7PakYIJlbfD9G3wHCA=="
static const char body[] =
    "{\"lease_id\":\"lease_123\",\"code\":\"print(1)\",\"inputs\":[{\"asset_id\":\"data_456\",\"variable_name\":\"features\"}]}";

struct pair { const char *name, *value; };
static const struct pair vector[] = {
	{ "REQUEST_METHOD", "POST" }, { "REQUEST_URI", "/api/v1/privacy/execute" }, { "HTTP_HOST", "node.example" },
	{ "HTTP_X_PANDACEA_PEER_ID", PEER }, { "HTTP_X_PANDACEA_SIGNATURE", SIGNATURE },
	{ "HTTP_X_DARKROOM_TIMESTAMP", "1767225600" }, { "HTTP_X_DARKROOM_NONCE", "AAAAAAAAAAAAAAAAAAAAAA" },
	{ "HTTP_IDEMPOTENCY_KEY", "k-1" }, { NULL, NULL },
};

static void
add_pair(struct buf *b, const char *name, const char *value)
{
	buf_addc(b, (char)strlen(name));
	buf_addc(b, (char)strlen(value));
	buf_adds(b, name);
	buf_adds(b, value);
}

/* The vector with one parameter changed, added, or (value NULL) left out. */
static int
check(const char *name, const char *value, const char *text, struct auth_id *id, struct err *e)
{
	struct buf b = BUF_INIT;
	struct req_impl im = { .params = NULL };
	struct req rq = { .method = NULL };
	char sha[SHA256_HEX];
	int rc;

	for (const struct pair *p = vector; p->name != NULL; p++)
		if (name == NULL || strcmp(p->name, name) != 0)
			add_pair(&b, p->name, p->value);
	if (name != NULL && value != NULL)
		add_pair(&b, name, value);
	sha256_hex(sha, text, strlen(text));
	memset(id, 0, sizeof(*id));
	e->code = ERR_NONE;
	if (req_open(&rq, &im, b.data, b.len, e) == -1)
		abort();
	rc = auth_check(&rq, sha, id, e);
	id->nonce = NULL;	/* was the request's */
	req_release(&rq);
	return rc;
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
	rc = auth_check(&rq, "", id, e);
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
	test_tokens();
	test_host();
	return done_testing();
}
