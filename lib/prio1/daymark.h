#ifndef PRIO1_DAYMARK_H
#define PRIO1_DAYMARK_H
#include <stdbool.h>
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
 * for all of these (NULL: for any); 0: there is none; PRIO_DAY_SILENT: one that says
 * nothing, of an earlier release; -1: ERR_CONFLICT: not for this
 * batch, which it names: delivered now, it would pass for one without answers.
 */
#define PRIO_DAY_SILENT	2
int prio_day_covers(struct prio_store *s, const char *folder, const char *const *batches, size_t n, struct err *e);
/*
 * What one server is given of a day.  Two notes in the bucket tell of it, and go when the
 * day is made anew: GIVING, which batches were last begun, written before the first part;
 * GIVEN, all whose parts and marker are there.  What the server did with them since is
 * its own affair.  given, giving: does the note have all of these batches?  1, 0, -1.
 */
struct prio_gift {
	struct prio_store *bucket;
	const char *folder;		/* of the day */
	const struct prio_store *ingest;
	const char *marker;		/* a name in ingest */
	const char *const *batches;
	size_t	n_batches;
};
int prio_day_given(const struct prio_gift *g, struct err *e);
int prio_day_giving(const struct prio_gift *g, struct err *e);
int prio_day_begin(const struct prio_gift *g, struct err *e);
int prio_day_give(const struct prio_gift *g, struct err *e);
#endif
