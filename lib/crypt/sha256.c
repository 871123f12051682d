#include "sha256.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "../base/codec.h"
#include "libgcrypt.h"

void
sha256(uint8_t out[SHA256_LEN], const void *p, size_t n)
{
	libgcrypt_ready();
	gcry_md_hash_buffer(GCRY_MD_SHA256, out, n > 0 ? p : "", n);
}

void
sha256_hex(char out[SHA256_HEX], const void *p, size_t n)
{
	uint8_t sum[SHA256_LEN];

	sha256(sum, p, n);
	hex_encode(out, sum, sizeof(sum));
}

void
sha256_init(struct sha256 *s)
{
	libgcrypt_ready();
	if (gcry_md_open(&s->md, GCRY_MD_SHA256, 0) != 0)
		abort();	/* out of memory: SHA-256 is always compiled in */
}

void
sha256_update(struct sha256 *s, const void *p, size_t n)
{
	gcry_md_write(s->md, p, n);
}

void
sha256_final(struct sha256 *s, uint8_t out[SHA256_LEN])
{
	memcpy(out, gcry_md_read(s->md, GCRY_MD_SHA256), SHA256_LEN);
	sha256_release(s);
}

void
sha256_release(struct sha256 *s)
{
	gcry_md_close(s->md);
	s->md = NULL;
}
