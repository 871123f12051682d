/* Wallets, DIDs and seals: keys of all kinds through every call that holds them. */
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/ctb58.h"
#include "../../lib/crypt/envelope/did.h"
#include "../../lib/crypt/seal.h"
#include "../../lib/crypt/wallet/record.h"
#include "ct.h"

/*
 * Only calls that seal are here.  Those that open tell whether a tag was right,
 * which the libraries decide by a comparison without branches and then branch
 * on: the answer shows it anyway.
 */
static void
test_records(void)
{
	CLEANUP(wallet_keys_release) struct wallet_keys k = WALLET_KEYS_INIT;
	CLEANUP(buf_release) struct buf field = BUF_INIT, value = BUF_INIT, key = BUF_INIT;
	char text[64] = "a name that is secret";
	uint8_t sealed[WALLET_KEYS_SEALED];
	CLEANUP(secret_release) struct secret master = SECRET_INIT;

	if (wallet_keys_make(&k, NULL) == -1 || wallet_master_random(&master, NULL) == -1)
		return;
	ct_secret(k.all.p, k.all.len);
	ct_secret(master.p, master.len);
	ct_secret(text, sizeof(text));
	wallet_keys_seal(sealed, &k, &master, NULL);
	ct_step("the seven keys sealed");
	record_field_seal(&field, &k, RECORD_NAME, text, sizeof(text), NULL);
	ct_step("a name sealed");
	record_value_seal(&value, &key, &k, text, sizeof(text), NULL);
	ct_step("a value sealed");
	ct_still(value.data + 12, sizeof(text), "and marked");
}

static void
test_base58(void)
{
	uint8_t key[CTB58_MAX], back[CTB58_MAX];
	char text[CTB58_TEXT];
	size_t n;

	memset(key, 0x5a, sizeof(key));
	ct_secret(key, sizeof(key));
	n = ctb58_encode(text, key, sizeof(key));
	ct_step("a signing key as text");
	ct_public(&n, sizeof(n));	/* its length shows in the row */
	ctb58_decode(back, sizeof(back), text, n);
	ct_step("and back");
	ct_still(back, sizeof(back), "still marked");
}

/* A signature and a box; packing them as text looks at ciphertext only, and
 * crypto_box tells whether the other key was of low order. */
static void
test_keys(void)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	CLEANUP(seal_key_release) struct seal_key node = SEAL_KEY_INIT;
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	const struct seal_place at = { "prime", "1", "" };
	char seed[] = "00000000000000000000000000000My1", message[100] = "message";
	uint8_t sig[ED25519_SIG];

	if (did_key_make(&k, seed, 32, NULL) == -1 || seal_key_make(&node, NULL) == -1)
		return;
	ct_secret(message, sizeof(message));
	ct_secret(k.sign.p, DID_SEED);	/* the other half is the verkey */
	did_sign(sig, message, sizeof(message), &k, NULL);
	ct_step("a signature");
	ct_secret(node.sec.p, node.sec.len);
	seal_row(&out, &node, &at, message, sizeof(message), NULL);
	ct_step("a row wrapped");
	ct_still(out.data + 29, sizeof(message), "and marked");
}

int
main(void)
{
	test_records();
	test_base58();
	test_keys();
	return ct_done();
}
