#ifndef CREDENTIAL_DEFINITION_H
#define CREDENTIAL_DEFINITION_H
#include "../../../lib/crypt/anoncreds/cred_def.h"
#include "cred_record.h"
/*
 * A credential definition of this node: its public object, which SQL keeps, and
 * its private keys, a record of the issuer's wallet under the definition's id.
 */
#define DEFINITION_PRIVATE	"Indy::CredentialDefinitionPrivateKey"
#define DEFINITION_NEXT		"Indy::TemporaryCredentialDefinition"	/* the keys that a rotation made */

struct definition {
	struct json_object *said;	/* what object_get answered; owns the rest */
	const char *id;			/* borrowed from it */
	struct json_object *key_proof;
	int64_t	version, bits;
	struct ac_cred_def pub;
	struct ac_cred_def_private secret;	/* after definition_open */
};
#define DEFINITION_INIT { .pub = AC_CRED_DEF_INIT, .secret = AC_CRED_DEF_PRIVATE_INIT }
void definition_release(struct definition *d);	/* wipes */

/* definition_find(j, id, d, e): 1, 0 when the tenant has none of that id, -1. */
int definition_find(struct fork_job *j, const char *id, struct definition *d, struct err *e);
/* definition_of(j, name, d, e): the definition that a field of the request names,
 * which must be one of the job's wallet: 0, or -1 with ERR_ITEM_NOT_FOUND. */
int definition_of(struct fork_job *j, const char *name, struct definition *d, struct err *e);
/* definition_mine(j, d, e): whether its keys are in the job's wallet, as above. */
int definition_mine(const struct fork_job *j, const struct definition *d, struct err *e);
/* definition_open(j, d, e): reads its private keys; ERR_ITEM_NOT_FOUND. */
int definition_open(struct fork_job *j, struct definition *d, struct err *e);
/* definition_keep(j, type, id, keys, version, e): writes private keys. */
int definition_keep(struct fork_job *j, const char *type, const char *id, struct json_object *keys,
    int64_t version, struct err *e);
#endif
