/* X25519 and HPKE: private keys, agreed secrets and what is opened. */
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/hpke/schedule.h"
#include "ct.h"

static void
test_x25519(void)
{
	uint8_t scalar[X25519_LEN], point[X25519_LEN] = { 9 }, out[X25519_LEN];

	memset(scalar, 0x42, sizeof(scalar));
	ct_secret(scalar, sizeof(scalar));
	x25519_public(out, scalar);
	ct_step("a public key");
	ct_still(out, sizeof(out), "made of the secret");
	x25519(out, scalar, point, NULL);
	ct_step("an agreement");
	ct_still(out, sizeof(out), "and marked");
}

/*
 * The receiver's key is secret, what is agreed on, and the text that comes out;
 * what was sent is not, nor whether it opens.  The two halves of hpke_open, and
 * the nonce public between them: nonces are by definition (RFC 5116 section 3.1), and
 * AES in counter mode looks at two words of its counter for a carry.
 */
static void
test_open(uint16_t aead, const char *name)
{
	const struct hpke_suite suite = { HPKE_KEM_X25519, HPKE_KDF_SHA256, aead };
	CLEANUP(hpke_opener_release) struct hpke_opener o = HPKE_OPENER_INIT;
	CLEANUP(hpke_sealer_release) struct hpke_sealer s = HPKE_SEALER_INIT;
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	uint8_t public[HPKE_KEY], enc[HPKE_ENC], box[300 + HPKE_MORE], text[300] = "a share";
	struct hpke_keys k;

	if (x25519_make(&key, public, NULL) == -1 ||
	    hpke_sealer_init(&s, &suite, public, sizeof(public), "info", 4, NULL) == -1)
		return;
	ct_secret(text, sizeof(text));
	hpke_seal(&s, enc, box, "aad", 3, text, sizeof(text), NULL);
	ct_step(name);
	ct_public(box, sizeof(box));	/* it is sent */
	ct_secret(key.p, key.len);
	hpke_opener_init(&o, &suite, &key, "info", 4, NULL);
	ct_public(o.party.receiver, sizeof(o.party.receiver));	/* the public key */
	hpke_schedule(&k, &o.party, key.p, enc, enc, NULL);
	ct_step("agreed");
	ct_still(k.key, o.party.aead->key, "the AEAD's key is marked");
	ct_public(k.base_nonce, sizeof(k.base_nonce));
	hpke_crypt_open(&o.party, &k, 0, text, "aad", 3, box, sizeof(box));
	ct_step("opened");
	ct_still(text, sizeof(text), "and marked");
	box[7] ^= 1;
	hpke_crypt_open(&o.party, &k, 0, text, "aad", 3, box, sizeof(box));
	ct_step("refused");
}

int
main(void)
{
	test_x25519();
	test_open(HPKE_AEAD_AES128GCM, "sealed with AES-128-GCM");
	test_open(HPKE_AEAD_CHACHA20POLY1305, "sealed with ChaCha20-Poly1305");
	return ct_done();
}
