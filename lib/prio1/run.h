#ifndef PRIO1_RUN_H
#define PRIO1_RUN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/ed25519.h"
#include "../crypt/gauss.h"
#include "../crypt/secret.h"
#include "manifest.h"
#include "stage.h"
#include "store.h"
#include "tree.h"
/*
 * The runs of one server over some batches of one tree, from the parts in raw/ to the
 * results in processed/: every stage, every part once, resumable after a death at any
 * line.  What is done is known by files alone: those of progress.h, and those in the
 * stores, a marker last.  No database is needed.
 * Source: aggregate service, 2.6 to 2.11.
 */
enum prio_ready { PRIO_READY_MANIFEST, PRIO_READY_SUCCESS, PRIO_READY_MAX };
extern const char *const prio_ready_name[PRIO_READY_MAX];	/* "manifest", "success" */
struct prio_batch {
	const char *id;
	const char *run;		/* its run's name: the same on both servers, used once */
	int64_t	n_data;			/* bits of an answer */
	unsigned bits;			/* of an integer; 1: bits */
	const char *family;		/* whose ids are not used twice; NULL: the batch's id */
};
/* Waiting for a marker: first_ms, then each time exponent times that, 60 s at most. */
struct prio_wait {
	int64_t	first_ms, deadline_ms;	/* deadline_ms 0: look once */
	double	exponent;
	int64_t	retries;		/* at most; 0: until the deadline */
};
struct prio_run {
	const struct prio_batch *batches;	/* a flat tree has one */
	size_t	n_batches;
	struct prio_server_opts server;	/* keys and rules; batch_id, run, n_data and seen are set here */
	bool	per_run;		/* secret=per-run */
	struct prio_tree tree;
	struct prio_store *ingest, *private, *shared, *peer;	/* three of one server, perhaps the same; the peer's */
	const char *state_dir;		/* of the operator alone, mode 0700 */
	const char *work_dir;
	enum prio_ready ready;
	const char *raw_date;		/* flat: of which day the marker of raw/ must be (marker.h); NULL: any */
	bool	set_agreement, replay_refused, counts;
	int64_t	submitted_day;		/* of the answers (ledger.h) */
	int64_t	retain_days, min_batch_size, max_part_bytes;
	struct gauss noise, peer_noise;	/* num 0: none */
	const struct secret *sign_seed;	/* Ed25519; NULL: no manifests are written */
	const uint8_t *peer_key;	/* the peer's, pinned; NULL with PRIO_READY_SUCCESS only */
	struct prio_wait wait;
	void	(*note)(void *arg, const char *batch_id, const char *text);	/* for people; NULL: nobody */
	void	*note_arg;
};
enum prio_run_state { PRIO_RUN_WAITING, PRIO_RUN_PUBLISHED, PRIO_RUN_EMPTY, PRIO_RUN_FAILED, PRIO_RUN_STATE_MAX };
extern const char *const prio_run_state_name[PRIO_RUN_STATE_MAX];	/* "waiting_peer", "published", "empty", "failed" */
struct prio_report {
	enum prio_run_state state;
	enum prio_stage stage;		/* that it is in, or ended in */
	bool	already;		/* published by an earlier call */
	struct prio_tally tally;	/* of the last stage that was made here */
	char	result[PRIO_NAME_MAX];	/* published: the object's name in the private store */
	char	waits_for[256];		/* waiting: what for; or the error that may pass (passing.h) */
	struct err e;			/* failed */
};
/*
 * prio_run(r, reports, e): go on as far as possible, and wait for the peer as r->wait
 * says.  A batch that fails does not stop the others: one report each; one whose error
 * may pass waits.  0, or -1 when nothing could be begun (ERR_CONFIG) or the marker of a
 * stage could not be put above the batches.
 */
int prio_run(const struct prio_run *r, struct prio_report *reports, struct err *e);
#endif
