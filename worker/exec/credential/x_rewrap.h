#ifndef CREDENTIAL_X_REWRAP_H
#define CREDENTIAL_X_REWRAP_H
#include "cred.h"
/* What is sealed to the node goes under its key of now; specification 5.2, docs/design/keys.md. */
extern const struct fork_kind x_keys_rewrap;
#endif
