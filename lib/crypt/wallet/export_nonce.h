#ifndef WALLET_EXPORT_NONCE_H
#define WALLET_EXPORT_NONCE_H
#include "../aead.h"
/* export_nonce_next(nonce): the next chunk's: plus one, as a little-endian
 * number; all ones become zero. */
static inline void
export_nonce_next(uint8_t nonce[AEAD_NONCE])
{
	for (size_t i = 0; i < AEAD_NONCE && ++nonce[i] == 0; i++)
		continue;
}
#endif
