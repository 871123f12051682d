#ifndef CREDENTIAL_DIDSTORE_H
#define CREDENTIAL_DIDSTORE_H
#include "../../../lib/crypt/envelope/did.h"
#include "cred_record.h"
/* DIDs and signing keys as records of the job's wallet; specification 3.1. */

/* didstore_key_of_request: the key of the request's seed, or a random one. */
int didstore_key_of_request(struct fork_job *j, struct did_key *k, struct err *e);
/* didstore_put_key: CRED_RECORD_NEW; name is its verkey. */
int didstore_put_key(struct fork_job *j, const struct did_key *k, const char *verkey, struct err *e);
/* didstore_put_key_once: the same, or nothing when the wallet has it: the seed of the
 * request may have given the same key before; a random one cannot. */
int didstore_put_key_once(struct fork_job *j, const struct did_key *k, const char *verkey, struct err *e);
/* didstore_put_pair: type is a DID_RECORD_*, the record's name p->did. */
int didstore_put_pair(struct fork_job *j, const char *type, const struct did_pair *p, int64_t version, struct err *e);
/* didstore_pair, didstore_key: 1 there, 0, -1.  version may be NULL. */
int didstore_pair(struct fork_job *j, const char *type, const char *did, struct did_pair *out, int64_t *version, struct err *e);
int didstore_key(struct fork_job *j, const char *verkey, struct did_key *out, struct err *e);
/* didstore_named_key: the key of the verkey that a field of the request names,
 * with or without ":ed25519"; ERR_ITEM_NOT_FOUND when the wallet has none. */
int didstore_named_key(struct fork_job *j, const char *field, struct did_key *out, struct err *e);
#endif
