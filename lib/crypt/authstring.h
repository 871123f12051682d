#ifndef CRYPT_AUTHSTRING_H
#define CRYPT_AUTHSTRING_H
#include "../base/buf.h"
#include "../base/err.h"
#include "sha256.h"
/*
 * The bytes that a caller signs: nine lines, each ended by "\n".  Everything
 * that grants or changes anything is in one of them.  NULL stands for empty.
 */
struct authstring {
	const char *method;
	const char *host;		/* as sent; written in lower case */
	const char *target;		/* request target as sent, query included */
	const char *body_sha256;	/* 64 hex digits, lower case */
	const char *timestamp;		/* Unix seconds */
	const char *nonce;
	const char *spender;		/* address; written in lower case */
	const char *idem_key;
};
#define AUTHSTRING_MAX	16384	/* bytes in all */
/*
 * authstring_build(out, a, e): append the lines to out.  Returns 0, or -1 with
 * ERR_UNAUTHORIZED when a part holds a control character (it could forge a
 * line) or all of it is longer than AUTHSTRING_MAX; out is then unspecified.
 */
int authstring_build(struct buf *out, const struct authstring *a, struct err *e);
#endif
