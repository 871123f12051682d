#ifndef CREDENTIAL_X_WALLET_H
#define CREDENTIAL_X_WALLET_H
#include "cred.h"
/* Wallets themselves; specification 2.1, 3.7, 5.2. */
extern const struct fork_kind x_wallet_create, x_wallet_unlock, x_wallet_lock, x_wallet_delete, x_wallet_rekey;
#endif
