#ifndef PRIO1_LEDGER_H
#define PRIO1_LEDGER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/sha256.h"
/*
 * Which ids were used before: sorted files of SHA-256 digests in a folder of the
 * operator, one or more for each part that an owner (a run, a partition of pings)
 * claimed.  A part that is claimed again, after a death, gives the same answers: it
 * sees what others claimed and what its owner claimed in earlier parts, and its own
 * files are written anew.  Days that are over are merged (ledger_tidy.h), which changes
 * no answer.  One process at a time: the folder is locked while open.
 * Memory is bounded, however many ids there are.
 * Source: aggregate service, 2.11 (replay protection); for nodes with a database
 * that is core.prio_seen.
 */
struct prio_ledger;
/*
 * prio_ledger_open(out, folder, owner, today, retain_days, others, e): the folder is made
 * if missing, 0700; owner: what its files are named by; today: day number since the
 * epoch; files of more than retain_days ago go, a merged one with its last day.  others false: what other owners
 * claimed is not looked at.  ERR_BACKPRESSURE: another process has it.
 */
int prio_ledger_open(struct prio_ledger **out, const char *folder, const char *owner, int64_t today, int64_t retain_days,
    bool others, struct err *e);
void prio_ledger_close(struct prio_ledger **l);		/* for CLEANUP; what was not ended is no claim */
/* prio_ledger_part(l, part, e): begin claiming for this part, 0..999999, in ascending order. */
int prio_ledger_part(struct prio_ledger *l, unsigned part, struct err *e);
/* prio_ledger_claim(l, id, e): of an id's SHA-256.  1: it is ours now; 0: it was used before; -1. */
int prio_ledger_claim(struct prio_ledger *l, const uint8_t id[SHA256_LEN], struct err *e);
/* prio_ledger_end(l, last, e): the part's claims are kept, durably; last: files of later parts, of an
 * earlier life, go. */
int prio_ledger_end(struct prio_ledger *l, bool last, struct err *e);
/* prio_day(wall_us), prio_day_of(date, out): day number of a time, of "2024-05-31"; the latter -1 when it is none. */
int64_t prio_day(int64_t wall_us);
int prio_day_of(const char *date, int64_t *out);
#endif
