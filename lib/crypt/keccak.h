#ifndef CRYPT_KECCAK_H
#define CRYPT_KECCAK_H
#include <stddef.h>
#include <stdint.h>
/*
 * keccak256(out, p, n): Keccak-256 as Ethereum has it: the sponge of FIPS 202
 * with rate 136 bytes and the padding of the Keccak submission (0x01), which
 * SHA3-256 changed to 0x06: the two digests differ, and libgcrypt has only the
 * latter.  p may be NULL when n is 0.  Time depends on n only.
 *
 * Source: keccak.team/files/Keccak-reference-3.0.pdf, sections 1.2 and 1.1.2;
 * vectors: the Keccak team's ShortMsgKAT_256 and the selectors of the spec.
 */
#define KECCAK256_LEN	32	/* bytes */
void keccak256(uint8_t out[KECCAK256_LEN], const void *p, size_t n);
#endif
