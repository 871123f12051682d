#include "caller.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/rand.h"
#include "../lib/crypt/authstring.h"
#include "../lib/crypt/token.h"

#define TOKEN_FILE_MAX	4096
#define NONCE_BYTES	18

static int
token_load(struct secret *out, const char *path, struct err *e)
{
	if (key_secret_read(out, path, TOKEN_FILE_MAX, e) == -1)
		return err_wrap(e, "token file %s", path);
	while (out->len > 0 && strchr(" \t\r\n", out->p[out->len - 1]) != NULL)
		out->p[--out->len] = '\0';
	if (!token_valid((const char *)out->p, out->len))
		return err_set(e, ERR_CONFIG, "token file %s does not hold a token (drk_ and 43 characters)", path);
	return 0;
}

int
caller_load(struct caller *out, const char *key_file, const char *token_file, struct err *e)
{
	if (key_file != NULL)
		return key_load(&out->key, key_file, e);
	return token_file != NULL ? token_load(&out->token, token_file, e) : 0;
}

bool
caller_signs(const struct caller *c)
{
	return c->key.set;
}

bool
caller_has_token(const struct caller *c)
{
	return c->token.p != NULL;
}

void
caller_release(struct caller *c)
{
	key_release(&c->key);
	secret_release(&c->token);
}

static void
add_token(const struct caller *c, struct http_req *rq)
{
	char bearer[TOKEN_TEXT + 8];

	snprintf(bearer, sizeof(bearer), "Bearer %s", (const char *)c->token.p);
	http_header(rq, "Authorization", bearer);
	sodium_memzero(bearer, sizeof(bearer));
}

int
caller_sign(const struct caller *c, struct http_req *rq, const char *host, const char *body_sha256,
    const char *spender, const char *idem, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	char stamp[24], nonce[B64_LEN(NONCE_BYTES)], sig[KEY_SIG_B64];
	uint8_t random[NONCE_BYTES];
	const struct authstring lines = { .method = rq->method, .host = host, .target = rq->target,
	    .body_sha256 = body_sha256, .timestamp = stamp, .nonce = nonce, .spender = spender, .idem_key = idem };

	if (!caller_signs(c) && !caller_has_token(c))
		return 0;
	http_header(rq, "X-Darkroom-Content-SHA256", body_sha256);
	if (caller_has_token(c)) {
		add_token(c, rq);
		return 0;
	}
	snprintf(stamp, sizeof(stamp), "%lld", (long long)(clock_wall_us() / 1000000));
	rand_bytes(random, sizeof(random));
	b64url_encode(nonce, random, sizeof(random));
	if (authstring_build(&text, &lines, e) == -1 || key_sign(&c->key, sig, text.data, text.len, e) == -1)
		return -1;
	http_header(rq, "X-Pandacea-Peer-ID", c->key.peer_id);
	http_header(rq, "X-Pandacea-Signature", sig);
	http_header(rq, "X-Darkroom-Timestamp", stamp);
	http_header(rq, "X-Darkroom-Nonce", nonce);
	return 0;
}
