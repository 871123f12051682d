#include "sealed.h"

#include <gcrypt.h>
#include <string.h>

#include "../../base/rand.h"
#include "../libgcrypt.h"
#include "../sha256.h"

#define IV	12
#define TAG	16
#define KEY	16
#define LABEL	"PrioPacket"
#define AAD	(sizeof(LABEL) - 1 + X25519_LEN + IV)

_Static_assert(PRIO1_SEALED_MORE == X25519_LEN + IV + TAG, "as it is laid out");

void
prio1_seal_release(struct prio1_seal *s)
{
	gcry_cipher_close(s->gcm);
	s->gcm = NULL;
}

/* The first half of SHA-256(shared secret | 00 00 00 01). */
static int
agree(uint8_t key[KEY], const uint8_t secret[X25519_LEN], const uint8_t public[X25519_LEN], struct err *e)
{
	uint8_t text[X25519_LEN + 4] = { 0 }, digest[SHA256_LEN];

	if (x25519(text, secret, public, e) == -1)
		return -1;
	text[sizeof(text) - 1] = 1;
	sha256(digest, text, sizeof(text));
	memcpy(key, digest, KEY);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(digest, sizeof(digest));
	return 0;
}

/* head: ephemeral key and iv, as they stand in front of the ciphertext. */
static int
start(struct prio1_seal *s, const uint8_t secret[X25519_LEN], const uint8_t public[X25519_LEN],
    const uint8_t head[X25519_LEN + IV], struct err *e)
{
	uint8_t key[KEY], aad[AAD];
	gcry_error_t bad = 0;

	if (agree(key, secret, public, e) == -1)
		return -1;
	memcpy(aad, LABEL, sizeof(LABEL) - 1);
	memcpy(aad + sizeof(LABEL) - 1, head, X25519_LEN + IV);
	libgcrypt_ready();
	if (s->gcm == NULL)
		bad = gcry_cipher_open(&s->gcm, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 0);
	if (bad == 0)
		bad = gcry_cipher_setkey(s->gcm, key, sizeof(key));
	if (bad == 0)
		bad = gcry_cipher_setiv(s->gcm, head + X25519_LEN, IV);
	if (bad == 0)
		bad = gcry_cipher_authenticate(s->gcm, aad, sizeof(aad));
	explicit_bzero(key, sizeof(key));
	return bad == 0 ? 0 : err_set(e, ERR_CRYPTO, "AES-GCM: %s", gcry_strerror(bad));
}

int
prio1_seal_open(struct prio1_seal *s, uint8_t *out, const uint8_t key[X25519_LEN], const uint8_t *p, size_t n,
    struct err *e)
{
	size_t plain = n - PRIO1_SEALED_MORE;
	uint8_t tag[TAG];

	if (n < PRIO1_SEALED_MORE)
		return err_set(e, ERR_CRYPTO, "%zu bytes are no sealed share", n);
	if (start(s, key, p, p, e) == -1)
		return -1;
	memcpy(tag, p + n - TAG, TAG);
	if (gcry_cipher_decrypt(s->gcm, out, plain, p + X25519_LEN + IV, plain) != 0 ||
	    gcry_cipher_checktag(s->gcm, tag, TAG) != 0) {
		explicit_bzero(out, plain);
		return err_set(e, ERR_CRYPTO, "not sealed to this key");
	}
	return 0;
}

int
prio1_seal_to(struct prio1_seal *s, uint8_t *out, const uint8_t public[X25519_LEN], const uint8_t *p, size_t n,
    struct err *e)
{
	uint8_t secret[X25519_LEN];
	int rc;

	rand_bytes(secret, sizeof(secret));
	x25519_public(out, secret);
	rand_bytes(out + X25519_LEN, IV);
	rc = start(s, secret, public, out, e);
	explicit_bzero(secret, sizeof(secret));
	if (rc == -1)
		return -1;
	if (gcry_cipher_encrypt(s->gcm, out + X25519_LEN + IV, n, p, n) != 0 ||
	    gcry_cipher_gettag(s->gcm, out + X25519_LEN + IV + n, TAG) != 0)
		return err_set(e, ERR_CRYPTO, "AES-GCM refuses to seal");
	return 0;
}
