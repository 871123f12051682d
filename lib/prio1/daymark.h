#ifndef PRIO1_DAYMARK_H
#define PRIO1_DAYMARK_H
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/sha256.h"
#include "store.h"
/*
 * What a bucket of partitions says of itself: who it is, for which batches a day was
 * made, and which servers were given them.  All are objects of the bucket, so they
 * move with it.
 */
/*
 * prio_bucket_id(s, out, e): drawn from where the bucket is when it is first asked for,
 * and kept in it.  Ids of pings are claimed in its name (ledger.h).
 */
int prio_bucket_id(struct prio_store *s, char out[SHA256_HEX], struct err *e);
/*
 * prio_day_made(s, folder, batches, n, turned_away, e): the marker of a day's folder,
 * which comes last: it was made for these batches; NULL: for any that a ping named, of
 * which so many records were turned away because there were too many.
 */
int prio_day_made(struct prio_store *s, const char *folder, const char *const *batches, size_t n, int64_t turned_away, struct err *e);
/*
 * prio_day_covers(s, folder, batches, n, e): 1: there is a marker, and the day was made
 * for all of these (NULL: for any); 0: there is none; -1: ERR_CONFLICT: not for this
 * batch, which it names: delivered now, it would pass for one without answers.
 */
int prio_day_covers(struct prio_store *s, const char *folder, const char *const *batches, size_t n, struct err *e);
/*
 * prio_day_given, prio_day_give(s, folder, ingest, marker, e): was that server given its
 * parts, and its marker (a name in its store)?  1, 0, -1.  What it did with them since
 * is its own affair.  They go when the day is made anew.
 */
int prio_day_given(struct prio_store *s, const char *folder, const struct prio_store *ingest, const char *marker, struct err *e);
int prio_day_give(struct prio_store *s, const char *folder, const struct prio_store *ingest, const char *marker, struct err *e);
#endif
