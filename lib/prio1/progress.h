#ifndef PRIO1_PROGRESS_H
#define PRIO1_PROGRESS_H
#include <stdbool.h>
#include <stddef.h>
#include "../base/buf.h"
#include "../base/err.h"
#include "manifest.h"
#include "stage.h"
/*
 * How far a run is: a folder of its own in the operator's state folder, named by the
 * digest of the run's name, locked while it is used.  Each thing in it is one small
 * file, written to a temporary name, synced and renamed; so what is there is true,
 * and what is not was not finished.  It stays when the run is published, without
 * what is secret: a run's name is used once.
 */
struct prio_progress;
/* prio_progress_open(out, state_dir, run, e): ERR_CONFIG when others may look into state_dir;
 * ERR_BACKPRESSURE: another process is at work on this run. */
int prio_progress_open(struct prio_progress **out, const char *state_dir, const char *run, struct err *e);
void prio_progress_close(struct prio_progress **p);	/* for CLEANUP */
/*
 * prio_progress_bind(p, what, e): what a run is of (an object of texts and numbers),
 * once and for all: the first call that names a member writes it down, later ones must say the same.
 * ERR_CONFLICT "run_used" names the member that differs.
 */
int prio_progress_bind(struct prio_progress *p, struct json_object *what, struct err *e);

/* Files by name (letters, digits, dot).  has: 1, 0, -1.  load: ERR_NOT_FOUND. */
int prio_progress_has(struct prio_progress *p, const char *name, struct err *e);
int prio_progress_save(struct prio_progress *p, const char *name, const void *bytes, size_t n, struct err *e);
int prio_progress_load(struct prio_progress *p, const char *name, struct buf *out, struct err *e);
int prio_progress_remove(struct prio_progress *p, const char *name, struct err *e);
/* Larger ones: create gives a descriptor to write to, keep makes the file true.  open: to read. */
int prio_progress_create(struct prio_progress *p, const char *name, int *fd, struct err *e);
int prio_progress_keep(struct prio_progress *p, const char *name, int fd, struct err *e);
int prio_progress_read(struct prio_progress *p, const char *name, int *fd, struct err *e);
/* prio_progress_scrub(p, prefix, e): remove every file whose name begins with it. */
int prio_progress_scrub(struct prio_progress *p, const char *prefix, struct err *e);

/* What became of one part in one stage. */
struct prio_done {
	struct prio_part out;		/* what was made: name, bytes, digest */
	char	in_sha256[SHA256_HEX];	/* of what was read: raw, or the peer's file */
	struct prio_tally tally;
};
int prio_done_save(struct prio_progress *p, enum prio_stage stage, size_t part, const struct prio_done *d, struct err *e);
/* prio_done_load(..): 1, 0: not done, -1. */
int prio_done_load(struct prio_progress *p, enum prio_stage stage, size_t part, struct prio_done *d, struct err *e);
#endif
