#ifndef PRIO1_PREPROCESS_H
#define PRIO1_PREPROCESS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "store.h"
#include "tree.h"
/*
 * Pings of one day become parts (partition.h) in a bucket, then in raw/ of each
 * server, whose marker comes last.  Whoever does this sees sealed shares only.
 *
 * Killed anywhere, the same call again makes it whole: without the marker of the
 * day's folder everything in it is made anew, with it only what was not delivered
 * is.  One process at a time: the ledger in state_dir is locked from the first look at a
 * marker to the last delivery.  ERR_BACKPRESSURE: another process has it, or pings are
 * needed and there are none.  Source: aggregate service, 2.9.
 */
struct prio_preprocess {
	const char *date;			/* "2024-05-31": of the pings */
	const int *inputs;			/* descriptors, perhaps compressed; taken over */
	size_t	n_inputs;			/* 0: the day's are not there yet, or no more */
	const char *const *batches;		/* these only; NULL: any, where nothing is delivered */
	size_t	n_batches;
	struct prio_store *bucket;		/* where partitions go */
	struct {
		struct prio_store *ingest;	/* NULL: nothing is delivered */
		struct prio_tree tree;		/* as that server sees it */
	} server[2];				/* A, B */
	const char *state_dir;			/* of known ids */
	const char *work_dir;
	int64_t	part_bytes, retain_days;
	bool	replay_refused;			/* ids of other days are known, too */
};
struct prio_preprocessed {
	bool	already;			/* the partitions were there: only delivery was done */
	int64_t	pings, records;			/* lines read; shares written */
	int64_t	bad, too_long, known, incomplete, unknown_batch;	/* dropped: pings, .., batches of a ping; unknown_batch also those past PRIO_PARTITION_BATCHES */
	int64_t	delivered;			/* parts */
};
int prio_preprocess(const struct prio_preprocess *o, struct prio_preprocessed *r, struct err *e);
#endif
