#ifndef CREDENTIAL_X_ISSUER_H
#define CREDENTIAL_X_ISSUER_H
#include "cred.h"
/* What an issuer does; specification 2.2. */
extern const struct fork_kind x_create_schema;
extern const struct fork_kind x_create_cred_def, x_rotate_start, x_rotate_apply;	/* x_cred_def.c */
extern const struct fork_kind x_create_offer, x_create_credential;			/* x_issue.c */
extern const struct fork_kind x_create_rev_reg;						/* x_registry.c */
extern const struct fork_kind x_revoke, x_unrevoke, x_update_status_list;		/* x_revoke.c */
#endif
