#ifndef PRIO1_RUN_WORK_H
#define PRIO1_RUN_WORK_H
#include "ledger.h"
#include "progress.h"
#include "run.h"
/*
 * One batch of a run, as its steps see it; for run*.c only.  A step that was done is
 * done again without effect, or not at all.
 */
struct prio_work {
	const struct prio_run *r;
	const struct prio_batch *b;
	struct prio_report *rep;
	struct prio_progress *progress;	/* NULL: to be begun (again), or over */
	bool	over;
	int	reached;		/* stages that were ever ready: more of them is a move */
	enum prio_stage stage;		/* to be made next */
	struct prio_manifest raw;	/* parts of raw/ by name and size, as they were when the run began */
	struct prio_manifest peer;	/* what the peer made in the stage before */
	bool	peer_known;
	struct prio_file joined;	/* all of it as one file, when the peer's parts have other names */
	struct prio_ledger *ledger;
};
#define PRIO_NO_DIGEST "0000000000000000000000000000000000000000000000000000000000000000"
char prio_work_side(const struct prio_work *w, bool peer);	/* 'A' or 'B' */
int prio_work_path(char out[PRIO_NAME_MAX], const struct prio_work *w, enum prio_folder folder, enum prio_stage stage,
    const char *name, struct err *e);
void prio_work_note(const struct prio_work *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* run_peer.c.  raw, ready: 1; 0: not yet, and w->rep says what is waited for; -1. */
int prio_work_raw(struct prio_work *w, struct err *e);
int prio_work_raw_same(struct prio_work *w, struct err *e);	/* 1: raw/ still has what was published, or nothing, or more besides; 0: other answers; -1 */
int prio_work_ready(struct prio_work *w, enum prio_stage made, struct err *e);
/* prio_work_peer_file(w, stage, part, f, e): what the peer made of our part; an empty file when nothing. */
int prio_work_peer_file(struct prio_work *w, enum prio_stage stage, const char *part, struct prio_file *f, struct err *e);
int prio_work_deliver(struct prio_work *w, enum prio_stage stage, const struct prio_manifest *m, struct err *e);

/* run_stage.c */
int prio_work_make(struct prio_work *w, struct err *e);		/* every part of w->stage */
/* prio_work_made(w, stage, m, t, e): what was made, as a manifest; its counts. */
int prio_work_made(struct prio_work *w, enum prio_stage stage, struct prio_manifest *m, struct prio_tally *t, struct err *e);
int prio_work_publish(struct prio_work *w, struct err *e);
#endif
