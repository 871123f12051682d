#ifndef FCGI_KEYRING_H
#define FCGI_KEYRING_H
#include "../lib/crypt/pubkey.h"
/*
 * Keys that their ids do not hold, as the database had them: a bounded cache of
 * one process.  An id is a hash of its key, so what is here never becomes wrong;
 * whether the key may still speak for anybody is asked with every call.
 */
struct keyring;
struct keyring *keyring_new(void);
void keyring_free(struct keyring *kr);		/* NULL is fine */
/* keyring_find(kr, id): by either id of the key, in normal form; NULL when it is
 * not here.  Borrowed until the next keyring_put. */
const struct pubkey *keyring_find(const struct keyring *kr, const char *id);
/* keyring_put(kr, id, k): k is taken.  Returns 0, or -1 when id is not one of k's:
 * then k is released. */
int keyring_put(struct keyring *kr, const char *id, struct pubkey *k);
#endif
