#ifndef WORKERD_LANE_H
#define WORKERD_LANE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/loop.h"
#include "pool.h"
/*
 * One lane of this worker: what it runs, and its turns with the database.
 *
 * A turn finishes the jobs that have ended and claims as many as could start
 * now, in one commit.  One turn is under way at a time; what ends meanwhile
 * goes with the next, so batches form by themselves.
 */
struct db_conn;
struct job;
struct worker;

enum lane_id { LANE_COMPUTE, LANE_LIGHT, LANE_MAINT, LANE_NET, LANE_PRIO,
	LANE_CRED_LIGHT, LANE_CRED_HEAVY, LANE_CRED_QUICK, LANE_CRED_IDLE,
	LANE_AGG, LANE_AGG_HELP, LANE_AGG_PEER, LANE_AGG_HOUSE, LANE_MAX };
#define LANE_FORKS	LANE_CRED_LIGHT	/* the first whose jobs run in forks, or that serves such jobs */

/* How a lane runs its jobs. */
struct lane_exec {
	size_t (*room)(struct worker *w, struct lane *l);	/* jobs that could start now */
	void (*take)(struct lane *l, struct job *j);
	void (*flush)(struct lane *l);		/* before each wait; NULL: nothing */
};
struct lane_row {
	int	id;			/* core.lane.id */
	const char *name;		/* core.lane.name */
	const char *program;		/* of its runners, in libexec_dir; NULL: none */
	bool	images;			/* its runners are containers of images */
	bool	plain;			/* its runners take many jobs at once: window.h */
	bool	outside;		/* its runners may reach the adapters' addresses */
	const struct lane_exec *exec;
	bool	forks;			/* its jobs run in forks that ask: forked.h */
	bool	yields;			/* forks: leaves the reserved runners to those it shares them with */
	bool	peers;			/* forks: its jobs speak to other nodes */
	bool	makes_files;		/* forks: its jobs write files even if they read none */
	enum lane_id runners;		/* forks: whose runners it uses: its own, or another lane's */
	int	share;			/* forks: RULES_* of its setting */
};

/* The idle lock (lane, worker id) on the watch connection: held while we sleep,
 * so that a submit knows whom to wake. */
struct idle_lock { bool held, busy; };

struct turn;
struct lane {
	const struct lane_row *row;
	struct worker *worker;
	bool	served;
	struct pool pool;
	struct pool *runners;		/* pool, or that of the lane whose runners it uses */
	size_t	wanted;			/* claims of the turn that is under way */
	bool	denied;			/* held back for those of another lane: forked_hold */
	TAILQ_HEAD(, job) finished;	/* wait for the next turn */
	size_t	n_finished;
	int64_t	finished_us;		/* when the first of them ended */
	struct turn *turn;		/* under way */
	bool	kicked;			/* look for work before the next wait */
	size_t	lonely;			/* a batch failed: so many outcomes go one by one */
	bool	asking;			/* lane_ask is under way */
	bool	more;			/* the last claim left work behind, or came none since */
	int64_t	more_since_us;
	int64_t	cursor;			/* tenant of the last claimed job; -1 */
	int64_t	retry_us;		/* no turn before: the last failed */
	struct idle_lock lock;
	struct loop_timer *poll;
	int64_t	acquired, acquired_us;	/* jobs that found a runner; their waits */
};

extern const struct lane_row lane_rows[LANE_MAX];

void lane_init(struct lane *l, struct worker *w, enum lane_id id);
void lane_release(struct lane *l);
void lane_open(struct lane *l);		/* joined: start runners, poll */
void lane_kick(struct lane *l);		/* there may be work */
void lane_flush(struct lane *l);	/* before each wait: begin the turn that is due */
void lane_finish(struct lane *l, struct job *j);	/* its outcome goes with the next turn */
void lane_acquired(struct lane *l, int64_t waited_us);
size_t lane_room(struct lane *l);	/* jobs that could start now; 0 when we may not claim */
/* lane_ask: all runners are busy, so no turn says whether work waits: ask. */
void lane_ask(struct lane *l);
int64_t lane_backlog_us(const struct lane *l);	/* for how long work has been left behind */
int64_t lane_waiting(const struct lane *l);	/* claimed jobs without a runner */
bool lane_owns_runners(const struct lane *l);
const struct share *lane_share(const struct lane *l);	/* of a lane of forks */
struct db_conn *lane_db(const struct lane *l);	/* that carries its turns */
bool lane_has_images(const struct lane *l);
bool lane_forks(const struct lane *l);
bool lane_is_plain(const struct lane *l);
bool lane_knows(const struct lane *l);	/* its kinds are in lib/kind */
/* lane_watch_lost: the watch connection is gone, and with it the lock. */
void lane_watch_lost(struct lane *l);
#endif
