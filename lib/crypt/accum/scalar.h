#ifndef ACCUM_SCALAR_H
#define ACCUM_SCALAR_H
#include "../bn/bn.h"
#include "../bn254/fr.h"
/*
 * accum_scalar(out, a): a mod r, also of a negative number: what the integers that
 * both proofs of a credential share (m2, its mask and response, the challenge)
 * are in the exponents of this one.  Time depends on the size of a only.
 */
void accum_scalar(struct fr *out, const struct bn *a);
#endif
