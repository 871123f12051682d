#ifndef CLI_CALLER_H
#define CLI_CALLER_H
#include "../lib/base/err.h"
#include "http.h"
#include "key.h"
/*
 * Who is calling: a key that signs each request, a bearer token, or nobody.
 */
struct caller {
	struct key key;		/* set: it signs; or */
	struct secret token;	/* p set: it is sent; or neither */
};
#define CALLER_INIT { .key = KEY_INIT, .token = SECRET_INIT }
/* caller_load(out, key_file, token_file, e): either may be NULL; errors never quote the files. */
int caller_load(struct caller *out, const char *key_file, const char *token_file, struct err *e);
bool caller_signs(const struct caller *c);
bool caller_has_token(const struct caller *c);
void caller_release(struct caller *c);
/* caller_sign(c, rq, host, body_sha256, spender, idem, e): add the headers of
 * authentication v2 (a new time and nonce each call) or the token. */
int caller_sign(const struct caller *c, struct http_req *rq, const char *host, const char *body_sha256,
    const char *spender, const char *idem, struct err *e);
#endif
