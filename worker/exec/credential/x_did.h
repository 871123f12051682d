#ifndef CREDENTIAL_X_DID_H
#define CREDENTIAL_X_DID_H
#include "cred.h"
/* DIDs of a wallet; specification 2.1, 3.1. */
extern const struct fork_kind x_did_create_my, x_did_rotate_start, x_did_rotate_apply,
    x_did_store_their, x_did_get, x_did_list, x_did_abbreviate;
#endif
