#ifndef CREDENTIAL_HALVES_H
#define CREDENTIAL_HALVES_H
#include "../../../lib/crypt/bn/bn.h"
#include "cred.h"
/* The two halves p', q' of a new key's safe primes: secret. */
struct halves { struct bn p, q; };
#define HALVES_INIT { .p = BN_INIT, .q = BN_INIT }
void halves_release(struct halves *h);	/* wipes */
/*
 * halves_get(j, bits, h, e): primes of bits / 2 bits, out of the pool as far as
 * it had some, searched for otherwise, with a helper beside this process where
 * the lane has one (phase "primes").  0, or -1 with ERR_SYS, ERR_PROTO.
 */
int halves_get(struct fork_job *j, unsigned bits, struct halves *h, struct err *e);
#endif
