#ifndef PRIO1_VERIFY_H
#define PRIO1_VERIFY_H
#include <stdbool.h>
#include "eval.h"
/*
 * A server's side of the proof.  Source: aggregate service, 2.5.
 */
/* What a server keeps of a record between its stages, with its share of the data. */
struct prio1_row {
	struct prio1_triple beaver;
	struct f87 h;			/* H(r) */
	struct prio1_verify1 own;	/* d, e */
};
void prio1_verify1(struct prio1_row *out, const struct prio1_packet *pk, const struct prio1_values *at);
/* prio1_verify2(row, own, peer): this server's share of the verdict; own is row's, or what a file says. */
struct f87 prio1_verify2(const struct prio1_row *row, const struct prio1_verify1 *own, const struct prio1_verify1 *peer);
bool prio1_accepted(struct f87 own, struct f87 peer);
#endif
