/*
 * Peer ids: what is accepted is stable under parsing its normal form again.
 * Reaches: lib/crypt/peerid.c
 */
#include "../../lib/crypt/peerid.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct peerid id, again;
	struct err e = ERR_INIT;

	if (peerid_parse(&id, (const char *)data, size, &e) == -1)
		return 0;
	if (peerid_parse(&again, id.text, strlen(id.text), &e) == -1 ||
	    strcmp(id.text, again.text) != 0 || id.alg != again.alg ||
	    id.key_len != again.key_len ||
	    memcmp(id.key, again.key, id.key_len) != 0)
		abort();
	return 0;
}
