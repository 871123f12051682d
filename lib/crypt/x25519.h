#ifndef CRYPT_X25519_H
#define CRYPT_X25519_H
#include <stdint.h>
#include "secret.h"
/*
 * Key agreement on Curve25519, as libsodium has it: constant in time, 46 us
 * where libgcrypt takes 230.  Source: RFC 7748 sections 5 and 6.1.
 */
#define X25519_LEN	32	/* bytes of a scalar, of a coordinate */
/*
 * x25519(out, scalar, point, e): the shared secret; out may be point.  The scalar
 * is clamped by the function, the top bit of point is ignored.  Returns 0, or -1
 * with ERR_CRYPTO for a point of low order, whose product is zero for every
 * scalar; out is untouched then.  The caller wipes out.
 */
int x25519(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN], const uint8_t point[X25519_LEN], struct err *e);
/* x25519_public(out, scalar): the public key of a private one. */
void x25519_public(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN]);
/*
 * x25519_make(secret, public, e): a new pair; secret must be empty and gets
 * X25519_LEN bytes.  Errors are those of secret_alloc.
 */
int x25519_make(struct secret *secret, uint8_t public[X25519_LEN], struct err *e);
#endif
