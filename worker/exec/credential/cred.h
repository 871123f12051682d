#ifndef CREDENTIAL_CRED_H
#define CREDENTIAL_CRED_H
#include <json-c/json.h>
#include "../../../lib/base/err.h"
#include "../fork/fork.h"
/*
 * What a job of the credential service has besides what every job in a fork has
 * (fork.h): its wallet, the wallet's keys, primes of the pool.
 * docs/design/credential.md has the calls and the writes.
 */
struct secret;
struct wallet_keys;

/* cred_wallet(j): what api.job_open told of the wallet: {id, tenant, method,
 * salt, keys, version}; NULL: the kind has none. */
struct json_object *cred_wallet(const struct fork_job *j);
/**
 * cred_wallet_keys(j, out, e):
 * The wallet's seven keys, opened with its master key when first asked for.
 * Returns 0, or -1 with ERR_WALLET_LOCKED when the job came without an unlock,
 * ERR_WALLET_ACCESS when the master key does not open them.
 */
int cred_wallet_keys(struct fork_job *j, const struct wallet_keys **out, struct err *e);
/* cred_wallet_try(j, master, e): open the keys with this master key instead: 0, or
 * -1 with ERR_WALLET_ACCESS. */
int cred_wallet_try(struct fork_job *j, const struct secret *master, struct err *e);
/* cred_master_b64(j): the master key that came with the job; NULL: none did. */
const char *cred_master_b64(const struct fork_job *j);
/* cred_node_key(j): the name of the key that this node seals under (seal_key_name); "": not told. */
const char *cred_node_key(const struct fork_job *j);
/* cred_primes(j): opened pool primes, an array of {bits, p} (p': decimal text of
 * the half); NULL: none.  They are used up already; whether they are used or not. */
struct json_object *cred_primes(const struct fork_job *j);

/* cred_take: fork_service.take of this service.  cred_forget: wipes what it made. */
int cred_take(struct fork_job *j, struct json_object *frame, struct err *e);
void cred_forget(struct fork_job *j);
#endif
