#ifndef CLI_KEY_H
#define CLI_KEY_H
#include <stddef.h>
#include "../lib/base/codec.h"
#include "../lib/base/err.h"
#include "../lib/crypt/ed25519.h"
#include "../lib/crypt/peerid.h"
/*
 * Ed25519 private keys in files.
 */
struct key {
	struct secret seed;
	char	peer_id[PEERID_TEXT];
};
#define KEY_INIT { .seed = SECRET_INIT }
#define KEY_SIG_B64 B64_LEN(ED25519_SIG)

/* key_load(out, path, e): PEM (PKCS#8) or a 32-byte seed in hex, at most
 * 64 KiB, readable by its owner alone; "-" reads standard input.  ERR_CONFIG
 * names the file, never its contents; other algorithms are refused. */
int key_load(struct key *out, const char *path, struct err *e);
/* key_create(out, path, e): a new key in a new file, PEM, mode 0600, synced.
 * ERR_CONFLICT when the file exists. */
int key_create(struct key *out, const char *path, struct err *e);
void key_release(struct key *k);		/* wipes */
/* key_sign(k, sig, p, n, e): the signature in base64. */
int key_sign(const struct key *k, char sig[KEY_SIG_B64], const void *p, size_t n, struct err *e);
/* key_secret_read(out, path, max, e): a file that holds a secret, or standard
 * input for "-", NUL-terminated; out->len is its length without that. */
int key_secret_read(struct secret *out, const char *path, size_t max, struct err *e);
#endif
