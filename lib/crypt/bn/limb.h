#ifndef CRYPT_LIMB_H
#define CRYPT_LIMB_H
#include <gmp.h>
#include <stddef.h>
/*
 * Montgomery multiplication of a fixed number of limbs, for lib/crypt/bn only.
 * In time that depends on n only.
 */
#define LIMB_MAX	52	/* limbs of a modulus, a multiple of LIMB_STEP */
#define LIMB_STEP	4
/*
 * limb_montmul(r, a, b, m, n, m_inv): r = a * b / 2^(64 n) mod m, with all
 * below m, n a multiple of LIMB_STEP up to LIMB_MAX, m odd and
 * m_inv = -1/m mod 2^64.  r may be a or b.
 */
void limb_montmul(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b,
    const mp_limb_t *m, size_t n, mp_limb_t m_inv);
/* limb_montsqr: a * a in the same way, in about three quarters of the time. */
void limb_montsqr(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *m,
    size_t n, mp_limb_t m_inv);
/* limb_pick(r, table, n, count, index): table[index] of count numbers of n
 * limbs, of which every one is read. */
void limb_pick(mp_limb_t *r, const mp_limb_t *table, size_t n, size_t count,
    size_t index);
/* limb_plain(on): for tests, leaves out what only newer processors have. */
void limb_plain(int on);
#endif
