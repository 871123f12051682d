/*
 * Signatures as strangers send them, under keys of each kind and as a wallet's:
 * nothing but the published ones verifies, nothing is read past its end.  The
 * first byte chooses the key.
 * Reaches: lib/crypt/secp.c lib/crypt/eip191.c lib/crypt/der.c
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/crypt/eip191.h"
#include "../../lib/crypt/pubkey.h"

#define MESSAGE "darkroom"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const keys[] = {
	"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
	/* P-256: the generator */
	"3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
};

static void
as_wallet(const uint8_t *data, size_t size)
{
	char text[512];
	uint8_t address[ADDRESS_LEN];

	if (size >= sizeof(text))
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	eip191_signer(address, text, MESSAGE, strlen(MESSAGE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pubkey parsed[sizeof(keys) / sizeof(*keys)];
	const size_t n = sizeof(keys) / sizeof(*keys);
	size_t which;

	if (size == 0)
		return 0;
	which = data[0] % (n + 1);
	if (which == n) {
		as_wallet(data + 1, size - 1);
		return 0;
	}
	if (parsed[which].spki_len == 0 && pubkey_parse(&parsed[which], keys[which], NULL) == -1)
		abort();
	pubkey_verify(&parsed[which], data + 1, size - 1, MESSAGE, strlen(MESSAGE));
	return 0;
}
