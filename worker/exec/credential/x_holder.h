#ifndef CREDENTIAL_X_HOLDER_H
#define CREDENTIAL_X_HOLDER_H
#include "cred.h"
/* What a holder does; specification 2.3. */
extern const struct fork_kind x_create_link_secret, x_create_request;	/* x_request.c */
extern const struct fork_kind x_process_credential;			/* x_store.c */
extern const struct fork_kind x_revocation_state;			/* x_witness.c */
extern const struct fork_kind x_create_presentation;			/* x_present.c */
#endif
