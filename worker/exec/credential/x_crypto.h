#ifndef CREDENTIAL_X_CRYPTO_H
#define CREDENTIAL_X_CRYPTO_H
#include "cred.h"
/* Keys, signatures and packed messages; specification 2.1, 3.1. */
extern const struct fork_kind x_crypto_create_key, x_crypto_sign, x_crypto_verify, x_crypto_pack, x_crypto_unpack;
#endif
