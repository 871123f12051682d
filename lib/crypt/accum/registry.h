#ifndef ACCUM_REGISTRY_H
#define ACCUM_REGISTRY_H
#include "../bn254/gt.h"
#include "key.h"
#include "list.h"
/*
 * What the issuer of a registry computes from its secret gamma, which is a
 * fr_random and never leaves the issuer: not one power of it is published but
 * in the exponent.  All take time by L and by numbers of indices, never by gamma.
 * Source: specification 3.5.
 */

/* accum_registry_z(z, pk, size, gamma): accumKey.z = e(g, g_dash)^(gamma^(L+1)). */
void accum_registry_z(struct gt *z, const struct accum_pub *pk, uint32_t size, const struct fr *gamma);
/*
 * accum_registry_value(acc, pk, list, gamma): the accumulator of a list, from
 * nothing: the product over each j that counts of g_dash^(gamma^(L+1-j)).  L
 * multiplications of scalars and one of G2.
 */
void accum_registry_value(struct g2 *acc, const struct accum_pub *pk, const struct accum_list *list,
    const struct fr *gamma);
/*
 * accum_registry_change(acc, pk, size, gamma, d): acc becomes what it is after d;
 * k indices cost k powers of scalars and one multiplication in G2.
 */
void accum_registry_change(struct g2 *acc, const struct accum_pub *pk, uint32_t size,
    const struct fr *gamma, const struct accum_delta *d);
/*
 * accum_registry_witness(w, pk, size, gamma, acc, index): the witness of an index
 * that counts in acc, without tails: (acc / g_dash^(gamma^(L+1-i)))^(gamma^i).
 */
void accum_registry_witness(struct g2 *w, const struct accum_pub *pk, uint32_t size,
    const struct fr *gamma, const struct g2 *acc, uint32_t index);
#endif
