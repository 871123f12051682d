#include "eip191.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/cleanup.h"
#include "../base/codec.h"
#include "keccak.h"
#include "secp.h"

void
eip191_digest(uint8_t out[32], const void *message, size_t n)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(n + 64);

	buf_addf(&text, "\x19" "Ethereum Signed Message:\n%zu", n);
	buf_add(&text, message, n);
	if (text.failed)
		abort();	/* out of memory */
	keccak256(out, text.data, text.len);
}

int
eip191_signer(uint8_t out[ADDRESS_LEN], const char *sig, const void *message, size_t n)
{
	uint8_t raw[SECP_WALLET_SIG], digest[32], point[SECP_POINT];
	const char *hex = sig[0] == '0' && sig[1] == 'x' ? sig + 2 : sig;

	if (strlen(hex) != 2 * sizeof(raw) || hex_decode(raw, sizeof(raw), hex, strlen(hex)) != sizeof(raw))
		return -1;
	eip191_digest(digest, message, n);
	if (secp_recover(point, raw, digest) == -1)
		return -1;
	address_of_key(out, point);
	return 0;
}
