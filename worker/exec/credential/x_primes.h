#ifndef CREDENTIAL_X_PRIMES_H
#define CREDENTIAL_X_PRIMES_H
#include "cred.h"
/* The pool of safe primes; specification 2.4. */
extern const struct fork_kind x_primes_fill;
#endif
