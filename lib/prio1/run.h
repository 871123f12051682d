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
#include "set.h"
#include "store.h"
#include "tree.h"
/*
 * One run of one server, from the parts in raw/ to the result in processed/: all
 * stages, each part once, resumable after death at any line.  What is done is known
 * by files: in the run's own folder of state_dir (what was read, what was made, by
 * digest) and in the stores (a marker last).  No database is needed.
 * Source: aggregate service, 2.6 to 2.11.
 */
enum prio_ready { PRIO_READY_MANIFEST, PRIO_READY_SUCCESS };
struct prio_run {
	/* what */
	const char *name;		/* of the run: the same on both servers, used once */
	const char *batch_id;
	int64_t	n_data;			/* values per answer */
	char	server;			/* 'A' or 'B' */
	struct prio_tree tree;
	/* where */
	struct prio_store *ingest, *private, *shared, *peer;	/* perhaps the same one */
	const char *state_dir;		/* of the operator alone, mode 0700 */
	/* by which rules: 2.6 */
	enum prio_ready ready;
	bool	set_agreement, replay_refused;
	int64_t	min_batch_size;
	int64_t	retain_days;		/* of the replay ledger */
	struct gauss noise;		/* num 0: none */
	int64_t	max_part_bytes;
	/* keys */
	const struct secret *sign_seed;	/* Ed25519, ours; NULL: no manifests */
	uint8_t	peer_key[ED25519_KEY];	/* the peer's, pinned */
	/* waiting for the peer: 2, 4, .. 32, then every 60 s */
	int64_t	deadline_ms;		/* 0: do not wait (--once) */
	int	retry_limit;		/* 0: until the deadline */
};
#endif
