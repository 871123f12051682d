#ifndef CRYPT_BN_OWN_H
#define CRYPT_BN_OWN_H
#include "bn.h"
/*
 * bn_trim(a, n, negative): a has n limbs, written through mpz_limbs_write, of
 * which the highest may be zero.  Only how many there are shows; that is why it
 * is not mpz_limbs_finish, which makes the length a function of the limbs.
 */
void bn_trim(struct bn *a, size_t n, uint64_t negative);
#endif
