#ifndef ACCUM_WITNESS_H
#define ACCUM_WITNESS_H
#include "list.h"
#include "tails.h"
/*
 * The holder's witness that an index counts in an accumulator: the product over
 * each other j that counts of tail[L + 1 - j + i].  It is right for one list
 * only.  Points come from tails that are known by their hash; whether the
 * witness is right, accum_witness_holds of issue.h says.
 * Source: specification 3.5.
 */

/* accum_witness_slot(size, index, j): the slot of tails that j needs. */
uint32_t accum_witness_slot(uint32_t size, uint32_t index, uint32_t j);
/**
 * accum_witness_new(w, index, list, t, e): from nothing, one point for each index
 * that counts.
 *
 * Returns 0, or -1: ERR_REVOCATION_ID (index out of 1..L-1), ERR_REVOKED (index
 * does not count in list), ERR_TAILS_MISMATCH (t is of another size, lacks a
 * slot, or a point is no point).  Time depends on index and list.
 */
int accum_witness_new(struct g2 *w, uint32_t index, const struct accum_list *list, const struct tails *t,
    struct err *e);
/**
 * accum_witness_update(w, index, size, d, t, e): w for an older list becomes w
 * for the list after d: multiplied by what was issued, divided by what was
 * revoked.  Errors as above; ERR_REVOKED when d revokes index itself.
 */
int accum_witness_update(struct g2 *w, uint32_t index, uint32_t size, const struct accum_delta *d,
    const struct tails *t, struct err *e);
#endif
