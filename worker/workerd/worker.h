#ifndef WORKERD_WORKER_H
#define WORKERD_WORKER_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../../lib/base/conf.h"
#include "../../lib/base/err.h"
#include "../../lib/db/db.h"
#include "../../lib/proc/loop.h"
#include "beat.h"
#include "canary.h"
#include "house.h"
#include "job.h"
#include "lane.h"
#include "live.h"
#include "phase.h"
#include "returns.h"
#include "rules.h"
#include "vault.h"
#include "weight.h"
/*
 * This process: one event loop, its database connections, lanes of runners.
 *
 * work carries turns, phases and blobs.  watch listens, holds the idle locks and
 * beats, so that a long turn cannot keep a beat waiting.  upkeep sweeps, steps
 * and removes, so that a sweep cannot keep a turn waiting.  brisk is that of
 * lane cred-light, slow that of the other credential lanes, whose statements may
 * take long, sums that of the aggregate lanes, whose statements are large.
 * Nothing here is the truth about a job: a killed workerd loses only time.
 */
enum worker_state {
	WORKER_JOINING,		/* no id: claims nothing */
	WORKER_LIVE,
	WORKER_DRAINING,	/* TERM: claims nothing, ends with its last job */
	WORKER_STATE_MAX
};

struct worker {
	struct loop *loop;
	struct rules rules;
	struct db_conn *work, *watch, *upkeep;
	struct db_conn *brisk, *slow, *sums;	/* of lanes of forks; NULL: none is served */
	struct weight weight;		/* of their runners */
	struct vault vault;		/* and the keys that open their jobs */
	enum worker_state state;
	int64_t	id;			/* core.worker.id; 0: not joined */
	bool	joining;		/* a join is in flight */
	bool	stale;			/* a beat was missed: claim nothing */
	bool	paused;			/* an operator's word: claim nothing */
	bool	leaving, last_call;
	int	dead_pid;		/* who held the spool before us */
	char	listen[32];
	const char *setup[2];		/* of watch: listen */
	int	lock_fd;		/* <spool_dir>/workerd.lock, held */
	int	spool_fd, cache_fd;
	bool	has_folder;		/* blob_dir is there */
	TAILQ_HEAD(, job) jobs;
	size_t	n_jobs;
	struct lane lanes[LANE_MAX];
	struct phases phases;
	struct live live;
	struct returns returns;
	struct beat beat;
	struct canary canary;
	struct house house;
	struct loop_timer *tick;	/* each second */
	struct loop_timer *grace;	/* end of the grace period */
	bool	failed;			/* exit 111 rather than 0 */
};

/* worker_init: everything but the loop's run.  0, or -1. */
int worker_init(struct worker *w, struct loop *l, const struct conf *c,
    const char *conf_file, struct err *e);
void worker_release(struct worker *w);

/* worker_join: become a worker of the database, once it is there and this host is surveyed. */
void worker_join(struct worker *w);
/* worker_claims: may any lane claim now? */
bool worker_claims(const struct worker *w);
/* worker_drain: stop claiming, end within grace_ms; again: end now. */
void worker_drain(struct worker *w);
/* worker_reload: new settings; sizes take effect at once. */
void worker_reload(struct worker *w, const struct conf *c);
/* worker_lost: the database says this id is gone: kill all, join anew. */
void worker_lost(struct worker *w);
/* worker_stop_all: every job there is. */
void worker_stop_all(struct worker *w, enum job_stop why);
/* worker_job_ended: the last thing a job does. */
void worker_job_ended(struct worker *w);
/* worker_find: the job of that id, or NULL. */
struct job *worker_find(struct worker *w, const char *id);
#endif
