#ifndef PRIO1_TOTAL_H
#define PRIO1_TOTAL_H
#include "../../base/buf.h"
#include "packet.h"
/*
 * Sums of accepted shares.  Source: aggregate service, 2.3 and 2.5.
 */
struct prio1_total {
	enum prio1_side side;
	size_t	n_data;
	struct f87 *sum;	/* owned; n_data */
};
#define PRIO1_TOTAL_INIT { .sum = NULL }
void prio1_total_make(struct prio1_total *t, size_t n_data, enum prio1_side side);	/* zeros */
void prio1_total_release(struct prio1_total *t);	/* for CLEANUP; wipes */
void prio1_total_add(struct prio1_total *t, const struct f87 *data);	/* one record's share */
/* prio1_total_add_fixed(t, data): the same, n_data elements as f87_fixed_put wrote them. */
void prio1_total_add_fixed(struct prio1_total *t, const uint8_t *data);
void prio1_total_merge(struct prio1_total *t, const struct prio1_total *other);	/* of the same side */
void prio1_total_noise(struct prio1_total *t, size_t i, int64_t v);	/* adds v to one value */
void prio1_total_write(struct buf *out, const struct prio1_total *t);	/* msgpack */
/* prio1_total_read(t, p, n, n_data, e): ERR_VALIDATION says what is wrong.  t must be empty. */
int prio1_total_read(struct prio1_total *t, const uint8_t *p, size_t n, size_t n_data, struct err *e);
/*
 * prio1_publish(out, a, b, bits, max, slack, e): the sums of both sides, n_data / bits
 * of them, for answers of integers of so many bits (1: single ones).  Each value is at
 * most max, the number of accepted records; noise may take it by slack past either
 * bound.  ERR_CONFLICT "implausible_total" otherwise, or when it does not fit 64 bits.
 */
int prio1_publish(int64_t *out, const struct prio1_total *a, const struct prio1_total *b, unsigned bits, int64_t max,
    int64_t slack, struct err *e);
#endif
