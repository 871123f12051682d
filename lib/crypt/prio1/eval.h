#ifndef PRIO1_EVAL_H
#define PRIO1_EVAL_H
#include "packet.h"
/*
 * The three polynomials of a share at one point.  Source: aggregate service, 2.5.
 */
struct prio1_values { struct f87 f, g, h; };
/*
 * Weights of a point: for the points at which f and h are given.  One set serves
 * every record of the point.
 */
struct prio1_weights {
	struct f87 *f, *h;	/* n (index 0: f0) and points + 1 (the last one: h0) */
	struct f87 *scratch;
	struct f87 data;	/* sum of f[1] .. f[n_data] */
	size_t	n, points;
};
#define PRIO1_WEIGHTS_INIT { .f = NULL }
void prio1_weights_make(struct prio1_weights *w, const struct prio1_params *par);	/* memory for any point */
void prio1_weights_release(struct prio1_weights *w);	/* for CLEANUP; wipes */
void prio1_weights_set(struct prio1_weights *w, const struct prio1_params *par, struct f87 r);
void prio1_weights_apply(struct prio1_values *out, const struct prio1_weights *w, const struct prio1_packet *pk);
/* prio1_eval_once(out, w, par, r, pk): the same for a point that serves one record, in less time. */
void prio1_eval_once(struct prio1_values *out, struct prio1_weights *w, const struct prio1_params *par, struct f87 r,
    const struct prio1_packet *pk);
#endif
