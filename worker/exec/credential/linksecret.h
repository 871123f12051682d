#ifndef CREDENTIAL_LINKSECRET_H
#define CREDENTIAL_LINKSECRET_H
#include "../../../lib/crypt/bn/bn.h"
#include "cred.h"
/* A link secret: a record {"value":{"ms":"<decimal>"}} of the holder's wallet,
 * as Indy keeps it. */
#define LINKSECRET_RECORD	"Indy::MasterSecret"
#define LINKSECRET_BITS		256
/* linksecret_get(j, name, out, e): ERR_ITEM_NOT_FOUND when the wallet has none. */
int linksecret_get(struct fork_job *j, const char *name, struct bn *out, struct err *e);
/* linksecret_put(j, name, secret, e): a new one; written with the job's end. */
int linksecret_put(struct fork_job *j, const char *name, const struct bn *secret, struct err *e);
#endif
