/* Messages under the keys of the schedule; the cipher's handle is kept. */
#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "../ct.h"
#include "schedule.h"

/* begin: key, nonce and associated data of one message. */
static void
begin(struct hpke_party *p, const struct hpke_keys *k, uint64_t seq,
    const void *aad, size_t aad_len)
{
	uint8_t nonce[HPKE_NONCE];

	hpke_nonce(nonce, k, seq);
	if (gcry_cipher_setkey(p->cipher, k->key, p->aead->key) != 0 ||
	    gcry_cipher_setiv(p->cipher, nonce, sizeof(nonce)) != 0 ||
	    (aad_len > 0 &&
	    gcry_cipher_authenticate(p->cipher, aad, aad_len) != 0))
		abort();	/* arguments that no caller can bring about */
	gcry_cipher_final(p->cipher);
}

void
hpke_crypt_seal(struct hpke_party *p, const struct hpke_keys *k, uint64_t seq,
    uint8_t *out, const void *aad, size_t aad_len, const void *in, size_t n)
{
	static const uint8_t none[1];

	begin(p, k, seq, aad, aad_len);
	if (gcry_cipher_encrypt(p->cipher, out, n, n > 0 ? in : none, n) != 0 ||
	    gcry_cipher_gettag(p->cipher, out + n, HPKE_MORE) != 0)
		abort();
}

bool
hpke_crypt_open(struct hpke_party *p, const struct hpke_keys *k, uint64_t seq,
    uint8_t *out, const void *aad, size_t aad_len, const uint8_t *in, size_t n)
{
	static const uint8_t none[1];
	uint8_t came[HPKE_MORE], tag[HPKE_MORE], spare[1];
	size_t len;

	if (n < HPKE_MORE)
		return false;
	len = n - HPKE_MORE;
	memcpy(came, in + len, sizeof(came));
	begin(p, k, seq, aad, aad_len);
	if (gcry_cipher_decrypt(p->cipher, len > 0 ? out : spare, len,
	    len > 0 ? in : none, len) != 0 ||
	    gcry_cipher_gettag(p->cipher, tag, sizeof(tag)) != 0)
		abort();
	if (ct_decide(ct_equal(tag, came, sizeof(tag))))
		return true;
	explicit_bzero(out, len);
	return false;
}
