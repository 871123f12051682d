#ifndef MODEL_LIFE_H
#define MODEL_LIFE_H
#include <stdbool.h>
#include <stdint.h>
/*
 * The life of a job, as the rules of the queue have it (docs/design/queue.md):
 * jobs and workers of one database.  life_*() are the rules themselves, one a
 * stored function; they are what tests/model/tie.c compares the SQL with.
 */
#define JOBS	2
#define WORKERS	2
#define HANDS	2		/* runs that a worker holds at once */
#define CRASH_MAX 2		/* the settings that a run of the tie gives the database */
#define START_MAX 2
#define ATTEMPTS_MAX 2
#define LEAVES_MAX 1		/* orderly ends of a worker that one behaviour has */

enum place { READY = 1, LATER = 2, LEASED = 4, DONE = 8 };
enum end { NOT_ENDED, COMPLETED, FAILED, CANCELLED, DEAD };
enum why {			/* codes of core.reason; WHY_NONE: completed */
	WHY_NONE, NONZERO_EXIT, INTERNAL, SANDBOX_FAILED, WORKER_LOST, CANCELLED_BY, LEASE_REVOKED, LEASE_EXPIRED,
	QUEUE_EXPIRED, TIMEOUT_, QUARANTINED, WHY_MAX
};
enum run { RUN_NONE, RUN_HELD, RUN_USED, RUN_BACK };	/* of the data lease */
enum told { NOT_SENT, IN_DOUBT, ANSWERED };		/* the client's side of a submit */
/* What a worker says of a run: the outcomes of the contract. */
enum said { SAID_NOTHING, SAID_COMPLETED, SAID_FAILED, SAID_INTERNAL, SAID_NO_SANDBOX, SAID_LOST, SAID_MAX };
enum stage { H_FREE, H_FLYING, H_HELD, H_STARTED };	/* FLYING: claimed, the answer is on its way */

struct job {
	uint8_t	place;		/* bits of enum place: exactly one, if the rules are right */
	uint8_t	told;
	uint8_t	attempt, crashes;
	uint8_t	owner;		/* LEASED: worker */
	uint8_t	started;	/* LEASED: its first line was reached */
	uint8_t	tried, unbegun, lost;	/* failed runs that began, that did not, that their worker lost */
	uint8_t	end, why, run, result;
	uint8_t	past;		/* its expires_at has gone by */
	/* not in the database: what really happened */
	uint8_t	rows, ends, reaps, again, began;	/* again: failures of runs that began; began: its last run did */
};
struct hand {
	uint8_t	stage, job, said;
	uint8_t	valid;		/* its token is the lease's: tokens are random, so a stale one is never valid again */
	uint8_t	attempt;
};
struct life {
	struct job job[JOBS];
	struct hand hand[WORKERS][HANDS];
	uint8_t	up[WORKERS];	/* the process runs */
	uint8_t	live[WORKERS];	/* its row says so */
	uint8_t	revoked, expired, leaves;
	uint8_t	stale;		/* a write without a live token changed something */
};

/* The stored functions.  Those of a worker take the hand whose token they name. */
void life_submit(struct life *s, int j);		/* the key is known: nothing but the answer */
bool life_claim(struct life *s, int w, int j);		/* false: ended instead of handed out */
void life_claim_lost(struct life *s, int j);		/* a crash of the database forgets a claim that was not yet on its disk */
void life_phase(struct life *s, int w, int h);		/* the script's first line */
void life_finish(struct life *s, int w, int h, enum said what);
void life_give_back(struct life *s, int w, int h);
void life_strays(struct life *s, int w);		/* the part of a beat that takes back what it does not name */
void life_join(struct life *s, int w);
void life_leave(struct life *s, int w);
void life_reap(struct life *s);				/* leases of workers that are gone */
void life_promote(struct life *s, int j);
void life_expire(struct life *s, int j);		/* the job has waited past its expiry */
void life_final(struct life *s, int j, enum end end, enum why why);
void life_revoke(struct life *s);
bool life_open(const struct job *k);
#endif
