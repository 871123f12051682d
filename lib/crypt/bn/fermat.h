#ifndef CRYPT_FERMAT_H
#define CRYPT_FERMAT_H
#include <stdbool.h>
#include "bn.h"
/*
 * fermat_holds(f, a): 2^(a-1) = 1 mod a, for odd a of at least 64 bits.  False
 * for almost all that is not prime.  OpenSSL's squaring is in assembler, which
 * halves the time of GMP's power; doubling instead of multiplying saves the
 * rest.  Variable time.  fermat_new, fermat_free: what is kept between calls;
 * wiped.
 */
struct fermat;
struct fermat *fermat_new(void);
void fermat_free(struct fermat *f);
bool fermat_holds(struct fermat *f, const struct bn *a);
#endif
