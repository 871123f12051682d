#ifndef CRYPT_HMAC_H
#define CRYPT_HMAC_H
#include <stddef.h>
#include <stdint.h>
#include "secret.h"
#include "sha256.h"
#define HMAC_LEN	SHA256_LEN	/* bytes */
/* hmac_sha256(out, key, p, n): RFC 2104 with SHA-256; key of any length.  Time
 * depends on the lengths only. */
void hmac_sha256(uint8_t out[HMAC_LEN], const struct secret *key, const void *p, size_t n);
/*
 * hkdf_sha256(out, n, key, salt, salt_len, info, e): n bytes (1..8160) of
 * HKDF-SHA-256 (RFC 5869, extract and expand) into out, which must be empty;
 * info is text.  For keys, not for passwords.  Returns 0, or -1 with ERR_LIMIT
 * or what secret_alloc says.
 */
int hkdf_sha256(struct secret *out, size_t n, const struct secret *key, const void *salt, size_t salt_len,
    const char *info, struct err *e);
#endif
