#ifndef CRYPT_SHA256_H
#define CRYPT_SHA256_H
#include <stddef.h>
#include <stdint.h>
/*
 * SHA-256 (FIPS 180-4), at once or in pieces.  A struct sha256 holds what the
 * library allocates, so sha256_init is matched by sha256_final or
 * sha256_release; release is safe on zeroed and on finished ones.
 */
#define SHA256_LEN	32	/* bytes */
#define SHA256_HEX	65	/* text with NUL */
struct sha256 {
	struct gcry_md_handle *md;
};
void sha256(uint8_t out[SHA256_LEN], const void *p, size_t n);
void sha256_hex(char out[SHA256_HEX], const void *p, size_t n);
void sha256_init(struct sha256 *s);
void sha256_update(struct sha256 *s, const void *p, size_t n);
void sha256_final(struct sha256 *s, uint8_t out[SHA256_LEN]);
void sha256_release(struct sha256 *s);
#endif
