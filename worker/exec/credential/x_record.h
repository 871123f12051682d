#ifndef CREDENTIAL_X_RECORD_H
#define CREDENTIAL_X_RECORD_H
#include "cred.h"
/* Records of a wallet, as their owner names them; specification 2.1, 3.7. */
extern const struct fork_kind x_record_put, x_record_get, x_record_delete, x_record_search;
#endif
