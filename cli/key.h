#ifndef CLI_KEY_H
#define CLI_KEY_H
#include <stdint.h>
#include "../lib/base/err.h"
/*
 * Ed25519 private keys: files, signatures, and the names of public keys.
 */
#define KEY_SIG_B64	89	/* a signature in base64, with its NUL */
#define KEY_PEER_MAX	64

struct key;
/* key_load(out, path, e): PEM (PKCS#8) or a 32-byte seed in hex, at most
 * 64 KiB; "-" reads standard input.  ERR_CONFIG names the file, never its
 * contents; other algorithms are refused. */
int key_load(struct key **out, const char *path, struct err *e);
/* key_create(out, path, e): a new key in a new file, PEM, mode 0600, synced.
 * ERR_CONFLICT when the file exists. */
int key_create(struct key **out, const char *path, struct err *e);
void key_free(struct key *k);		/* wipes */
void key_sign(const struct key *k, char sig[KEY_SIG_B64], const void *p, size_t n);
const char *key_peer_id(const struct key *k);
#endif
