#ifndef CREDENTIAL_MASTER_H
#define CREDENTIAL_MASTER_H
#include <json-c/json.h>
#include "../../../lib/crypt/wallet/keys.h"
#include "cred.h"
/*
 * Master keys of wallets as requests name them, and how the seven keys rest
 * under one.
 */
struct master {
	enum wallet_method method;
	uint8_t	salt[WALLET_SALT];	/* of the slow methods */
	struct secret key;
};
#define MASTER_INIT { .key = SECRET_INIT }
void master_release(struct master *m);
/*
 * master_new(j, method_field, key_field, m, e): of a wallet that gets a new one:
 * by method and key of the request, with a fresh salt.  A managed wallet takes
 * no key and gets a random one.  ERR_STRUCTURE, ERR_WALLET_INPUT.
 */
int master_new(struct fork_job *j, const char *method_field, const char *key_field, struct master *m, struct err *e);
/* master_of_wallet(j, m, e): of the job's wallet, by the key of the request; of a
 * managed wallet the one that came with the job.  Not yet proven: wallet_keys_open does. */
int master_of_wallet(struct fork_job *j, struct master *m, struct err *e);
/* master_write(m, k, e): what wallet_new, wallet_keys and import_commit have in
 * common: {method, salt?, keys, seal_managed_key?}.  The caller's, or NULL. */
struct json_object *master_write(const struct master *m, const struct wallet_keys *k, struct err *e);
/* master_b64: m's key as text, for a write; wiped by workerd. */
void master_b64(const struct master *m, struct json_object *o, const char *key);
#endif
