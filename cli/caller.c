#include "caller.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/buf.h"
#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/codec.h"

#define TOKEN_LEN	47	/* "drk_" and 43 characters */
#define NONCE_BYTES	18

static int
token_load(char **out, const char *path, struct err *e)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char text[TOKEN_LEN + 64] = "";
	CLEANUP(cleanup_close) int fd = -1;
	ssize_t n;

	if (strcmp(path, "-") != 0) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd == -1)
			return err_sys(e, "cannot read token file %s", path);
	}
	n = read(fd == -1 ? STDIN_FILENO : fd, text, sizeof(text) - 1);
	if (n == -1)
		return err_sys(e, "cannot read token file %s", path);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		text[--n] = '\0';
	if (n != TOKEN_LEN || strncmp(text, "drk_", 4) != 0 || strspn(text + 4, alphabet) != TOKEN_LEN - 4) {
		sodium_memzero(text, sizeof(text));
		return err_set(e, ERR_CONFIG, "token file %s does not hold a token (drk_ and 43 characters)", path);
	}
	*out = strdup(text);
	sodium_memzero(text, sizeof(text));
	return 0;
}

int
caller_load(struct caller *out, const char *key_file, const char *token_file, struct err *e)
{
	if (key_file != NULL)
		return key_load(&out->key, key_file, e);
	return token_file != NULL ? token_load(&out->token, token_file, e) : 0;
}

void
caller_release(struct caller *c)
{
	key_free(c->key);
	if (c->token != NULL)
		sodium_memzero(c->token, strlen(c->token));
	free(c->token);
	c->key = NULL;
	c->token = NULL;
}

static void
add_lower(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_addc(b, *s >= 'A' && *s <= 'Z' ? (char)(*s + 'a' - 'A') : *s);
	buf_addc(b, '\n');
}

int
caller_sign(const struct caller *c, struct http_req *rq, const char *host, const char *body_sha256,
    const char *spender, const char *idem, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	char stamp[24], nonce[B64_LEN(NONCE_BYTES)], sig[KEY_SIG_B64], bearer[TOKEN_LEN + 8];
	uint8_t random[NONCE_BYTES];

	if (c->key == NULL && c->token == NULL)
		return 0;
	http_header(rq, "X-Darkroom-Content-SHA256", body_sha256);
	if (c->token != NULL) {
		snprintf(bearer, sizeof(bearer), "Bearer %s", c->token);
		http_header(rq, "Authorization", bearer);
		sodium_memzero(bearer, sizeof(bearer));
		return 0;
	}
	snprintf(stamp, sizeof(stamp), "%lld", (long long)(clock_wall_us() / 1000000));
	randombytes_buf(random, sizeof(random));
	b64url_encode(nonce, random, sizeof(random));
	buf_addf(&text, "darkroom-auth-2\n%s\n", rq->method);
	add_lower(&text, host);
	buf_addf(&text, "%s\n%s\n%s\n%s\n", rq->target, body_sha256, stamp, nonce);
	add_lower(&text, spender != NULL ? spender : "");
	buf_addf(&text, "%s\n", idem != NULL ? idem : "");
	if (text.failed)
		return err_set(e, ERR_LIMIT, "the request's address is too long");
	key_sign(c->key, sig, text.data, text.len);
	http_header(rq, "X-Pandacea-Peer-ID", key_peer_id(c->key));
	http_header(rq, "X-Pandacea-Signature", sig);
	http_header(rq, "X-Darkroom-Timestamp", stamp);
	http_header(rq, "X-Darkroom-Nonce", nonce);
	return 0;
}
