#ifndef CREDENTIAL_X_TRANSFER_H
#define CREDENTIAL_X_TRANSFER_H
#include "cred.h"
/* Wallets out to a file of Indy's form and in from one; specification 2.1, 3.7. */
extern const struct fork_kind x_wallet_export, x_wallet_import;
#endif
