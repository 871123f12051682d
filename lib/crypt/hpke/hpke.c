#include "hpke.h"

#include <string.h>

#include "../../base/rand.h"
#include "schedule.h"

int
hpke_opener_init(struct hpke_opener *o, const struct hpke_suite *s,
    const struct secret *key, const void *info, size_t n, struct err *e)
{
	struct hpke_opener made = { .key = key };

	if (key->len != HPKE_KEY)
		return err_set(e, ERR_CRYPTO, "an HPKE key of %zu bytes", key->len);
	if (hpke_party_init(&made.party, s, info, n, e) == -1)
		return -1;
	x25519_public(made.party.receiver, key->p);
	*o = made;
	return 0;
}

void
hpke_opener_release(struct hpke_opener *o)
{
	hpke_party_release(&o->party);
	o->key = NULL;
}

int
hpke_sealer_init(struct hpke_sealer *o, const struct hpke_suite *s,
    const uint8_t *public, size_t pub_len, const void *info, size_t n,
    struct err *e)
{
	struct hpke_sealer made = HPKE_SEALER_INIT;

	if (pub_len != HPKE_KEY)
		return err_set(e, ERR_CRYPTO, "an HPKE key of %zu bytes", pub_len);
	if (hpke_party_init(&made.party, s, info, n, e) == -1)
		return -1;
	memcpy(made.party.receiver, public, HPKE_KEY);
	*o = made;
	return 0;
}

void
hpke_sealer_release(struct hpke_sealer *o)
{
	hpke_party_release(&o->party);
}

int
hpke_open(struct hpke_opener *o, uint8_t *out, const uint8_t *enc,
    size_t enc_len, const void *aad, size_t aad_len, const uint8_t *p,
    size_t n, struct err *e)
{
	struct hpke_keys k;
	bool good;

	if (enc_len != HPKE_ENC || n < HPKE_MORE ||
	    hpke_schedule(&k, &o->party, o->key->p, enc, enc, NULL) == -1) {
		if (n > HPKE_MORE)
			explicit_bzero(out, n - HPKE_MORE);
		return err_set(e, ERR_CRYPTO, "is not sealed to this key");
	}
	good = hpke_crypt_open(&o->party, &k, 0, out, aad, aad_len, p, n);
	explicit_bzero(&k, sizeof(k));
	if (!good)
		return err_set(e, ERR_CRYPTO, "is not sealed to this key");
	return 0;
}

int
hpke_seal(struct hpke_sealer *o, uint8_t enc[HPKE_ENC], uint8_t *out,
    const void *aad, size_t aad_len, const void *p, size_t n, struct err *e)
{
	uint8_t once[HPKE_KEY];
	struct hpke_keys k;
	int status;

	rand_bytes(once, sizeof(once));
	x25519_public(enc, once);
	status = hpke_schedule(&k, &o->party, once, o->party.receiver, enc, e);
	if (status == 0)
		hpke_crypt_seal(&o->party, &k, 0, out, aad, aad_len, p, n);
	explicit_bzero(once, sizeof(once));
	explicit_bzero(&k, sizeof(k));
	return status;
}
