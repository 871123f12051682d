#ifndef WALLET_MASTER_H
#define WALLET_MASTER_H
#include <stdbool.h>
#include "../secret.h"
/*
 * A wallet's master key, and the ways to have it.  Source: libindy,
 * wallet/encryption.rs and indy-utils' pwhash_argon2i13.
 */
enum wallet_method {
	WALLET_ARGON2I_MOD,	/* Argon2i 1.3, t 6, 128 MiB, p 1: about 1 s */
	WALLET_ARGON2I_INT,	/* t 4, 32 MiB: about 0.16 s */
	WALLET_RAW,		/* base58 of the key itself */
	WALLET_MANAGED,		/* random, sealed under the node key (lib/crypt/seal.h) */
	WALLET_METHOD_MAX
};
#define WALLET_MASTER	32	/* bytes */
#define WALLET_SALT	32	/* bytes stored; the first 16 enter Argon2 */
#define WALLET_KEY_MAX	1024	/* bytes of a passphrase or raw key */
const char *wallet_method_word(enum wallet_method m);	/* "argon2i_mod", … */
/* wallet_method_of(out, word, e): ERR_STRUCTURE for a word of none; field names it in the message. */
int wallet_method_of(enum wallet_method *out, const char *field, const char *word, struct err *e);
/* Whether it costs an Argon2 run: the heavy lane, and a salt. */
bool wallet_method_slow(enum wallet_method m);
/*
 * wallet_master(out, m, key, n, salt, e): the master key of the text key (1 to
 * WALLET_KEY_MAX bytes).  salt is read by the slow methods only.  out must be
 * empty.  Returns 0, or -1 with ERR_WALLET_INPUT: a key of no or too many
 * bytes, a raw key that is not base58 of 32 bytes, WALLET_MANAGED, which takes
 * no key; ERR_CRYPTO when there is no memory for Argon2.
 */
int wallet_master(struct secret *out, enum wallet_method m, const char *key, size_t n,
    const uint8_t salt[WALLET_SALT], struct err *e);
/* wallet_master_random(out, e): the one of a new managed wallet. */
int wallet_master_random(struct secret *out, struct err *e);
#endif
