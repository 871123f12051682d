#ifndef PRIO1_NTT_H
#define PRIO1_NTT_H
#include "params.h"
/*
 * Number-theoretic transforms of par->points elements, in place, with no table of
 * positions: what the first makes is in the order that the second takes.  Time
 * depends on the size only.
 *
 * prio1_ntt_inverse(a, par): values at w_N^0, w_N^1, .. to N times the coefficients,
 * in bit-reversed order.  prio1_ntt_forward(a, par): coefficients in bit-reversed
 * order to values.
 *
 * prio1_ntt_shift(a, par): the polynomial p(w_2N x) / N of p(x), coefficients in
 * bit-reversed order: with the two others, values at the even 2N-th roots become
 * values at the odd ones.  Source: aggregate service, 2.5.
 */
void prio1_ntt_inverse(struct f87 *a, const struct prio1_params *par);
void prio1_ntt_forward(struct f87 *a, const struct prio1_params *par);
void prio1_ntt_shift(struct f87 *a, const struct prio1_params *par);
#endif
