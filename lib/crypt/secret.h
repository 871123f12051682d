#ifndef CRYPT_SECRET_H
#define CRYPT_SECRET_H
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
/*
 * Memory for keys: between guard pages, locked where the limits allow, left out
 * of core dumps, wiped on release.
 */
struct secret {
	uint8_t	*p;
	size_t	len;
};
#define SECRET_INIT	{ .p = NULL }
#define SECRET_MAX	65536	/* bytes */
/* secret_alloc(s, n, e): n zero bytes, 1..SECRET_MAX.  Returns 0, or -1 with
 * ERR_LIMIT, or ERR_CRYPTO when there is no memory for it. */
int secret_alloc(struct secret *s, size_t n, struct err *e);
void secret_release(struct secret *s);		/* safe on zeroed */
/*
 * secret_read_file(s, path, max, e): the whole file, at most max bytes.  Refuses
 * what is no regular file or may be read by group or others: ERR_CONFIG.
 */
int secret_read_file(struct secret *s, const char *path, size_t max, struct err *e);
#endif
