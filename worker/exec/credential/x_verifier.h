#ifndef CREDENTIAL_X_VERIFIER_H
#define CREDENTIAL_X_VERIFIER_H
#include "cred.h"
/* What a verifier does, and who has got a tails file; specification 2.3. */
extern const struct fork_kind x_verify_presentation;	/* x_verify.c */
extern const struct fork_kind x_tails_verify;		/* x_tails.c */
#endif
