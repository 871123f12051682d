#ifndef CLI_CALLER_H
#define CLI_CALLER_H
#include "../lib/base/err.h"
#include "http.h"
#include "key.h"
/*
 * Who is calling: a key that signs each request, a bearer token, or nobody.
 */
struct caller {
	struct key *key;	/* or */
	char	*token;		/* or neither */
};
#define CALLER_INIT { NULL, NULL }
/* caller_load(out, key_file, token_file, e): either may be NULL; errors never quote the files. */
int caller_load(struct caller *out, const char *key_file, const char *token_file, struct err *e);
void caller_release(struct caller *c);
/* caller_sign(c, rq, host, body_sha256, spender, idem, e): add the headers of
 * authentication v2 (a new time and nonce each call) or the token. */
int caller_sign(const struct caller *c, struct http_req *rq, const char *host, const char *body_sha256,
    const char *spender, const char *idem, struct err *e);
#endif
