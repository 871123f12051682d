#ifndef CREDENTIAL_HELDCRED_H
#define CREDENTIAL_HELDCRED_H
#include "../../../lib/crypt/anoncreds/credential.h"
#include "cred.h"
/* A credential that a holder keeps: a record with the tags that Indy gives it. */
#define HELDCRED_RECORD	"Indy::Credential"
/* heldcred_put(j, id, c, json, e): json is c encoded; written with the job's end. */
int heldcred_put(struct fork_job *j, const char *id, const struct ac_credential *c, struct json_object *json, struct err *e);
/* heldcred_get(j, id, out, e): ERR_ITEM_NOT_FOUND when the wallet has none. */
int heldcred_get(struct fork_job *j, const char *id, struct ac_credential *out, struct err *e);
#endif
