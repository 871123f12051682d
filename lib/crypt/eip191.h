#ifndef CRYPT_EIP191_H
#define CRYPT_EIP191_H
#include "address.h"
/*
 * What a wallet signs when it is asked to sign a message: Keccak-256 of "\x19",
 * "Ethereum Signed Message:\n", the length in decimal, and the message, so that
 * no message is a transaction.  Source: EIP-191, version 0x45.
 */
#define EIP191_SIG_TEXT	132	/* 0x and 130 hex digits */
void eip191_digest(uint8_t out[32], const void *message, size_t n);
/*
 * eip191_signer(out, sig, message, n): the address whose key signed message.
 * sig is r, s and v (0, 1, 27 or 28) in hex, 0x optional.  Returns 0, or -1 for
 * what no wallet makes; any well-formed signature is somebody's, so compare out.
 */
int eip191_signer(uint8_t out[ADDRESS_LEN], const char *sig, const void *message, size_t n);
#endif
