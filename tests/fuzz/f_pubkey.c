/*
 * Public keys as operators give them: what is accepted has one DER, from which
 * the same key and names come again.
 * Reaches: lib/crypt/pubkey.c lib/crypt/der.c
 */
#include "../../lib/crypt/pubkey.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same_again(const struct pubkey *k)
{
	struct pubkey again = PUBKEY_INIT;
	char id[PEERID_TEXT], id_again[PEERID_TEXT];

	if (pubkey_spki(&again, k->spki, k->spki_len, NULL) == -1 || again.spki_len != k->spki_len ||
	    memcmp(again.spki, k->spki, k->spki_len) != 0)
		abort();
	pubkey_peer_id(id, k);
	pubkey_peer_id(id_again, &again);
	if (strcmp(id, id_again) != 0)
		abort();
	pubkey_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[PUBKEY_TEXT_MAX + 64];
	struct pubkey k = PUBKEY_INIT;
	struct err e = ERR_INIT;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (pubkey_parse(&k, text, &e) == 0)
		same_again(&k);
	pubkey_release(&k);
	if (pubkey_spki(&k, data, size, &e) == 0)
		same_again(&k);
	pubkey_release(&k);
	return 0;
}
