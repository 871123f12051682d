#include "aead.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "libgcrypt.h"

int
aead_init(struct aead *a, const uint8_t *key, size_t n, struct err *e)
{
	struct gcry_cipher_handle *h = NULL;

	if (n != AEAD_KEY)
		return err_set(e, ERR_CRYPTO, "a key of %zu bytes", n);
	libgcrypt_ready();
	if (gcry_cipher_open(&h, GCRY_CIPHER_CHACHA20,
	    GCRY_CIPHER_MODE_POLY1305, 0) != 0 ||
	    gcry_cipher_setkey(h, key, n) != 0)
		abort();	/* out of memory: the cipher is always compiled in */
	a->h = h;
	return 0;
}

void
aead_release(struct aead *a)
{
	gcry_cipher_close(a->h);	/* wipes */
	a->h = NULL;
}

/* begin: the nonce and the associated data of one message. */
static void
begin(struct aead *a, const uint8_t nonce[AEAD_NONCE], const void *ad,
    size_t ad_len)
{
	if (gcry_cipher_setiv(a->h, nonce, AEAD_NONCE) != 0 ||
	    (ad_len > 0 && gcry_cipher_authenticate(a->h, ad, ad_len) != 0))
		abort();	/* arguments that no caller can bring about */
}

/* lengths 0 are legal, but not with a NULL pointer everywhere in the library */
static int
run(struct aead *a, bool seal, uint8_t *out, const void *p, size_t n)
{
	static const uint8_t none[1];
	uint8_t spare[1];
	const void *in = n > 0 ? p : none;

	gcry_cipher_final(a->h);
	out = n > 0 ? out : spare;
	return seal ? gcry_cipher_encrypt(a->h, out, n, in, n) != 0 :
	    gcry_cipher_decrypt(a->h, out, n, in, n) != 0;
}

void
aead_seal(struct aead *a, uint8_t *out, const uint8_t nonce[AEAD_NONCE],
    const void *ad, size_t ad_len, const void *p, size_t n)
{
	begin(a, nonce, ad, ad_len);
	if (run(a, true, out, p, n) ||
	    gcry_cipher_gettag(a->h, out + n, AEAD_TAG) != 0)
		abort();
}

int
aead_open(struct aead *a, uint8_t *out, const uint8_t nonce[AEAD_NONCE],
    const void *ad, size_t ad_len, const void *p, size_t n)
{
	uint8_t tag[AEAD_TAG];
	size_t len;

	if (n < AEAD_TAG)
		return -1;
	len = n - AEAD_TAG;
	memcpy(tag, (const uint8_t *)p + len, sizeof(tag));
	begin(a, nonce, ad, ad_len);
	if (run(a, false, out, p, len))
		abort();
	if (gcry_cipher_checktag(a->h, tag, sizeof(tag)) == 0)
		return 0;
	if (len > 0)
		memset(out, 0, len);
	return -1;
}
