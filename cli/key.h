#ifndef CLI_KEY_H
#define CLI_KEY_H
#include <stddef.h>
#include "../lib/base/codec.h"
#include "../lib/base/err.h"
#include "../lib/crypt/privkey.h"
/*
 * Private keys in files.
 */
struct key {
	struct privkey priv;
	char	peer_id[PEERID_TEXT];
	bool	set;			/* there is one */
};
#define KEY_INIT { .priv = PRIVKEY_INIT }
#define KEY_SIG_B64 B64_LEN(PUBKEY_SIG_MAX)

/* key_load(out, path, e): PEM (PKCS#8, "RSA PRIVATE KEY", "EC PRIVATE KEY") or a
 * 32-byte Ed25519 seed in hex, at most 32 KiB, readable by its owner alone; "-"
 * reads standard input.  ERR_CONFIG names the file, never its contents. */
int key_load(struct key *out, const char *path, struct err *e);
/* key_create(out, path, alg, e): a new key in a new file, PEM (PKCS#8), mode 0600,
 * synced.  ERR_CONFLICT when the file exists. */
int key_create(struct key *out, const char *path, enum pubkey_alg alg, struct err *e);
void key_release(struct key *k);		/* wipes */
/* key_sign(k, sig, p, n, e): the signature in base64. */
int key_sign(const struct key *k, char sig[KEY_SIG_B64], const void *p, size_t n, struct err *e);
/* key_secret_read(out, path, max, e): a file that holds a secret, or standard
 * input for "-", NUL-terminated; out->len is its length without that. */
int key_secret_read(struct secret *out, const char *path, size_t max, struct err *e);
#endif
