#ifndef PRIO1_PARAMS_H
#define PRIO1_PARAMS_H
#include <stddef.h>
#include <stdint.h>
#include "../../base/err.h"
#include "f87.h"
/*
 * What follows from the number of values in an answer, and the tables of roots
 * that every record of that size uses.  Source: aggregate service, 2.1.
 */
#define PRIO1_DATA_MAX	262143	/* values */
#define PRIO1_BITS_MAX	42	/* of an integer */
enum prio1_side { PRIO1_A = 0, PRIO1_B = 1 };	/* which server; as it stands in a packet */
struct prio1_params {
	size_t	n_data;		/* values of an answer, each 0 or 1 */
	size_t	n;		/* n_data + 1 */
	size_t	points;		/* N: the smallest power of two >= n */
	struct f87 *root;	/* root[k] = w_2N^k for k < N; the others are their negatives */
	struct f87 inv_points;	/* 1 / N */
};
#define PRIO1_PARAMS_INIT { .root = NULL }
/* prio1_params_make(p, n_data, e): 1..PRIO1_DATA_MAX, or ERR_VALIDATION naming n_data.  p must be empty. */
int prio1_params_make(struct prio1_params *p, int64_t n_data, struct err *e);
void prio1_params_release(struct prio1_params *p);	/* for CLEANUP */
#endif
