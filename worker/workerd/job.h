#ifndef WORKERD_JOB_H
#define WORKERD_JOB_H
#include <json-c/json.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../../lib/base/err.h"
#include "../../lib/base/uuid.h"
#include "../../lib/kind/kind.h"
#include "../../lib/proc/plain.h"
#include "../../lib/proc/loop.h"
/*
 * One run of one job under one lease, from claim to the finish that the
 * database has accepted.  Every write names its token; one that is refused
 * ends the run here without a trace.
 */
struct forked;
struct lane;
struct publish;
struct slot;
struct stage;
struct worker;

enum job_state {
	JOB_WAITING,		/* for a runner */
	JOB_STAGING,		/* script and inputs into its folder */
	JOB_GIVEN,		/* the runner has it; its first line not yet */
	JOB_RUNNING,
	JOB_COLLECTING,		/* the script has ended, its files are taken out */
	JOB_STEPPING,		/* executor sql: a step is under way */
	JOB_PUBLISHING,		/* outcome known, files go to their store */
	JOB_FINISHING,		/* waits for its turn, its return, or the answer */
	JOB_STATE_MAX
};

/* Why a run is stopped from our side; a later one in this list wins. */
enum job_stop {
	STOP_NONE,
	STOP_ACQUIRE,		/* no runner came free: given back */
	STOP_STORE,		/* its inputs cannot be fetched now: given back */
	STOP_IMAGE,		/* its image is not what it was admitted for */
	STOP_START,		/* given to a runner, never began */
	STOP_RUNNER,		/* its runner died */
	STOP_DEADLINE,		/* its runner did not keep the deadline */
	STOP_DRAIN,		/* this worker ends */
	STOP_STALE,		/* no beat: others may soon be given the job */
	STOP_LOST,		/* the lease is gone: cancelled, revoked, reaped */
	STOP_MAX
};

struct job {
	TAILQ_ENTRY(job) link;		/* worker.jobs */
	TAILQ_ENTRY(job) queue;		/* pool.waiting, slot.window, lane.finished or returns.jobs */
	struct worker *worker;
	struct lane *lane;
	struct slot *slot;		/* NULL: none (yet, or any more) */
	char	id[UUID_TEXT], token[UUID_TEXT];
	int64_t	tenant, attempt, timeout_ms;
	const struct kind *kind;
	void	*args;			/* of kind: the parsed spec; not in plain lanes */
	struct json_object *spec;
	char	*plain_spec;		/* in plain lanes: its text; NULL: empty */
	uint32_t seq;			/* in plain lanes: its number at the runner */
	int64_t	cost_us;		/* in plain lanes: what it is expected to take */
	uint8_t	*payload;
	size_t	payload_len;
	enum job_state state;
	enum job_stop stop;
	bool	started, concluded;
	bool	refused;		/* the database did not take its outcome */
	int	dir_fd;			/* its folder; -1: none made */
	struct stage *stage;
	struct forked *forked;		/* in lanes of forks */
	struct publish *publish;
	struct json_object *outcome;	/* NULL: completed, with what plain says */
	struct plain_done plain;
	struct json_object *usage;	/* last sample */
	int64_t	read_until_us;		/* somebody reads its output; live.c */
	int64_t	pushed[3], push_us[3];	/* bytes of each stream that the database has; next piece not before */
	struct loop_timer *guard;	/* the state's own limit; NULL: never had one */
	const char *phase, *phase_sent;	/* words of core.lease.phase */
	const char *return_why;		/* given back */
	int64_t	claimed_us, given_us, started_us, done_us;
};

/* Where the columns of a claim are in its result. */
struct claim_cols { int id, token, tenant, attempt, kind, timeout_ms, spec, payload; };
struct claim_cols job_claim_cols(const PGresult *r);
/* job_new: a job from a claim row, entered in the worker; never NULL.  A spec
 * that cannot be read makes a job that fails as INTERNAL; of credentials, one too long as LIMIT. */
struct job *job_new(struct lane *l, const PGresult *r, const struct claim_cols *c, int row);

/* What happens to it, in this order. */
void job_taken(struct job *j, struct slot *s);		/* a runner is reserved */
void job_staged(struct job *j, const struct err *why);	/* NULL: all is there */
void job_started(struct job *j);
/* job_begin: GIVEN -> RUNNING for at most ms, of a job whose runner says nothing of it. */
void job_begin(struct job *j, int64_t ms);
void job_collecting(struct job *j);
void job_done(struct job *j, struct json_object *outcome);	/* takes outcome */
void job_published(struct job *j);
void job_plain_done(struct job *j, const struct plain_done *d);	/* instead of the last two */
void job_free(struct job *j);				/* and its folder */

/* job_stop: end it for that reason; returns before it has ended. */
void job_stop(struct job *j, enum job_stop why);
/* job_runner_gone: its runner has died; s is no more. */
void job_runner_gone(struct job *j);
/* job_guard: limit the present state to ms. */
void job_guard(struct job *j, int64_t ms);
/* job_back: its runner has not begun it, and will not: it waits for another. */
void job_back(struct job *j);
/* job_fail: finish with this reason; detail (taken) may be NULL. */
void job_fail(struct job *j, const char *reason, struct json_object *detail);
/* job_refuse: it fails for what its client asked: a public word of lib/base/err.c, and a message. */
void job_refuse(struct job *j, const char *word, const char *message);
/* job_deadline: the database granted this much from now. */
void job_deadline(struct job *j, int64_t ms);
bool job_cancelled(const struct job *j);		/* nobody waits for its result */
#endif
