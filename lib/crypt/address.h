#ifndef CRYPT_ADDRESS_H
#define CRYPT_ADDRESS_H
#include <stddef.h>
#include <stdint.h>
/*
 * Wallet addresses: the last 20 bytes of Keccak-256 of a public key.  Written
 * as 0x and 40 hex digits; case carries a checksum for eyes (EIP-55), which is
 * neither asked for nor made: addresses are compared, and kept, in lower case.
 */
#define ADDRESS_LEN	20	/* bytes */
#define ADDRESS_TEXT	43	/* text with NUL */
/* address_parse(out, s, n): 0, or -1 when s[0..n) is no address ("0X" is none). */
int address_parse(uint8_t out[ADDRESS_LEN], const char *s, size_t n);
void address_text(char out[ADDRESS_TEXT], const uint8_t address[ADDRESS_LEN]);
/* address_of_key(out, point): of a secp256k1 point, X then Y, 32 bytes each. */
void address_of_key(uint8_t out[ADDRESS_LEN], const uint8_t point[64]);
#endif
