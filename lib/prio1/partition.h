#ifndef PRIO1_PARTITION_H
#define PRIO1_PARTITION_H
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "store.h"
#include "tree.h"
/*
 * Shares of many clients, sorted into parts: one list of parts for each batch, two
 * files for each part, one for each server, with the same ids in the same, random
 * order.  Who sees both files of a part learns nothing of who sent what: the ids are
 * new, and no two records of one ping have the same.
 * Source: aggregate service, 2.9.
 */
#define PRIO_PARTITION_BATCHES	400	/* open at once: two files each */
struct prio_partition;
struct prio_partition_opts {
	struct prio_store *store;	/* where parts go; borrowed */
	const char *folder;		/* names begin with it: "prio/v1/submission_date=2024-05-31" */
	const char *work_dir;		/* for what is not yet a part */
	int64_t	part_bytes;		/* a part of A is closed when it reaches that */
};
int prio_partition_open(struct prio_partition **out, const struct prio_partition_opts *o, struct err *e);
void prio_partition_close(struct prio_partition **p);	/* for CLEANUP; unfinished parts are lost */
/* prio_partition_add(p, batch_id, a, b, e): one record, of sealed shares as base64: 1; 0: not taken, its batch
 * would be one more than PRIO_PARTITION_BATCHES; -1. */
int prio_partition_add(struct prio_partition *p, const char *batch_id, const char *a, const char *b, struct err *e);
int prio_partition_finish(struct prio_partition *p, struct err *e);	/* every open part is written */
/* prio_partition_each(p, fn, arg, e): what was made of each batch. */
typedef int prio_batch_fn(void *arg, const char *batch_id, int64_t records, unsigned parts, struct err *e);
int prio_partition_each(const struct prio_partition *p, prio_batch_fn *fn, void *arg, struct err *e);
/* prio_partition_name(out, folder, batch_id, side, part, e): side 'a' or 'b'. */
int prio_partition_name(char out[PRIO_NAME_MAX], const char *folder, const char *batch_id, char side, unsigned part,
    struct err *e);
#endif
