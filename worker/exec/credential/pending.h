#ifndef CREDENTIAL_PENDING_H
#define CREDENTIAL_PENDING_H
/*
 * A request that has not brought its credential yet: what the holder keeps of it
 * (CredentialRequestMetadata), a record under the id of the job that made it,
 * with the tag cred_def_id.
 */
#define PENDING_RECORD	"Darkroom::CredentialRequest"
#define PENDING_TAG	"cred_def_id"
#endif
