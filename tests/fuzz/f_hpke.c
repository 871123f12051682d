/*
 * HPKE: an input share as a stranger sends it, enc<2> and payload<4>, to a key of
 * ours: nothing opens but what was sealed to it, and nothing is left in the
 * output.  The first byte chooses the AEAD.
 * Reaches: lib/crypt/hpke/crypt.c lib/crypt/hpke/hpke.c lib/crypt/hpke/schedule.c lib/crypt/x25519.c
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/hpke/hpke.h"
#include "../../lib/dap/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t aeads[] = { HPKE_AEAD_AES128GCM, HPKE_AEAD_CHACHA20POLY1305 };
	static struct hpke_opener o[2];
	static struct secret key;
	struct dap_ciphertext box;
	uint8_t out[4096];

	if (key.p == NULL) {
		if (secret_alloc(&key, HPKE_KEY, NULL) == -1)
			abort();
		memset(key.p, 0x42, key.len);
		for (size_t i = 0; i < 2; i++) {
			const struct hpke_suite s = { HPKE_KEM_X25519, HPKE_KDF_SHA256, aeads[i] };

			if (hpke_opener_init(&o[i], &s, &key, "info", 4, NULL) == -1)
				abort();
		}
	}
	if (size == 0 || dap_ciphertext_read(&box, dap_slice(data + 1, size - 1), NULL) == -1 ||
	    box.payload.n > sizeof(out))
		return 0;
	memset(out, 1, sizeof(out));
	if (hpke_open(&o[data[0] % 2], out, box.enc.p, box.enc.n, "aad", 3, box.payload.p, box.payload.n, NULL) == 0)
		return 0;	/* the corpus holds such ones */
	for (size_t i = 0; i + HPKE_MORE < box.payload.n; i++)
		if (out[i] != 0)
			abort();
	return 0;
}
