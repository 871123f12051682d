#ifndef CREDENTIAL_X_DID_H
#define CREDENTIAL_X_DID_H
#include "cred.h"
/* DIDs of a wallet; specification 3.1. */
extern const struct cred_kind x_did_create_my;
#endif
