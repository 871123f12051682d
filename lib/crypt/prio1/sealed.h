#ifndef PRIO1_SEALED_H
#define PRIO1_SEALED_H
#include <stddef.h>
#include <stdint.h>
#include "../../base/err.h"
#include "../x25519.h"
/*
 * A share sealed to a server: eph_pub[32] | iv[12] | AES-128-GCM | tag[16], as
 * libprio does it.  A struct prio1_seal keeps the library's handle between shares.
 * Source: aggregate service, 2.2.
 */
#define PRIO1_SEALED_MORE 60	/* bytes that sealing adds */
struct prio1_seal {
	struct gcry_cipher_handle *gcm;
};
#define PRIO1_SEAL_INIT	{ .gcm = NULL }
void prio1_seal_release(struct prio1_seal *s);	/* for CLEANUP */
/*
 * prio1_seal_open(s, out, key, p, n, e): n sealed bytes to out, which has
 * room for n - PRIO1_SEALED_MORE and may be p + 44.  ERR_CRYPTO for whatever is not
 * sealed to this key; out may have been written then and is wiped.
 */
int prio1_seal_open(struct prio1_seal *s, uint8_t *out, const uint8_t key[X25519_LEN], const uint8_t *p, size_t n,
    struct err *e);
/* prio1_seal_to(s, out, public, p, n, e): n bytes sealed into out, n + PRIO1_SEALED_MORE. */
int prio1_seal_to(struct prio1_seal *s, uint8_t *out, const uint8_t public[X25519_LEN], const uint8_t *p, size_t n,
    struct err *e);
#endif
