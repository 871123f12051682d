#ifndef WORKERD_SLOT_H
#define WORKERD_SLOT_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/child.h"
#include "../../lib/proc/frame.h"
#include "../../lib/proc/loop.h"
#include "../../lib/proc/turnstile.h"
#include "rules.h"
/*
 * One runner process and the socket to it.  A slot lives from exec to the
 * process's end and is then gone; its pool decides about another one.
 */
struct job;
struct pool;

enum slot_state {
	SLOT_CREATING,		/* until its first ready */
	SLOT_READY,		/* free */
	SLOT_TAKEN,		/* reserved: its job is being staged */
	SLOT_BUSY,		/* has a job, or in a plain lane a window of them */
	SLOT_RESETTING,		/* job done, not ready again yet */
	SLOT_DRAINING,		/* told to quit */
	SLOT_KILLED,		/* SIGKILL sent */
	SLOT_STATE_MAX
};

struct slot {
	TAILQ_ENTRY(slot) link;		/* pool.slots */
	struct pool *pool;
	int64_t	n;			/* number of the container, for the log */
	enum slot_state state;
	char	image[RULES_NAME_MAX + 1];	/* "" in lanes without images */
	char	digest[72];		/* known when ready */
	struct child child;
	int	fd;
	struct frame_io io;
	struct loop_fd *on_sock, *on_exit;
	struct loop_timer *timer;
	struct job *job;		/* TAKEN, BUSY; in KILLED while unreported */
	struct job *killing;		/* the one that was told to end */
	bool	pinged, retire, was_killed;
	const char *why;		/* it ends: word for the log and the counters */
	const char *reason;		/* of its "failed" frame, or NULL */
	int64_t	served;			/* jobs */
	int64_t	born_us, idle_us;
	/* in plain lanes, instead of job: window.h */
	struct turnstile *gate;
	TAILQ_HEAD(slot_window, job) window;
	size_t	n_window;
	uint32_t last_seq, begun;	/* of the last job sent; of the last known to be begun */
	int64_t	ahead_us, news_us;	/* work in the window; when it last moved */
	bool	stuck;			/* it is at a long job */
};

/* slot_new: start a runner of the pool for image; NULL + e when it cannot be had. */
struct slot *slot_new(struct pool *p, const char *image, struct err *e);
void slot_free(struct slot *s);		/* kills what runs; at the very end only */

void slot_take(struct slot *s, struct job *j);		/* READY -> TAKEN */
void slot_release(struct slot *s);			/* TAKEN -> READY; NULL is fine */
void slot_give(struct slot *s, struct job *j);		/* TAKEN -> BUSY */
/* slot_send: one frame; takes o.  A runner that takes none is destroyed. */
void slot_send(struct slot *s, struct json_object *o);
/* slot_give_body: TAKEN -> BUSY with a job frame in two parts; the second may be NULL. */
void slot_give_body(struct slot *s, const void *head, size_t head_len, const void *rest, size_t rest_len);
/* slot_forget: wipe what was sent or read and is still in its buffers' memory. */
void slot_forget(struct slot *s);
void slot_deadline(struct slot *s, struct job *j, int64_t ms);
/* slot_kill: end the job; the runner has 500 ms to report, then it is killed.
 * reason is a code of core.reason. */
void slot_kill(struct slot *s, struct job *j, const char *reason);
/* slot_say_kill: the frame, and the same 500 ms; killing is set. */
void slot_say_kill(struct slot *s, struct job *j, const char *reason);
/* slot_flush: write what waits. */
void slot_flush(struct slot *s);
void slot_busy(struct slot *s, int64_t timeout_ms);	/* -> BUSY, or on */
void slot_freed(struct slot *s);			/* its last job is answered */
/* slot_retire: no further job; ends at once when free. */
void slot_retire(struct slot *s, const char *why);
/* slot_destroy: SIGKILL. */
void slot_destroy(struct slot *s, const char *why);
/* slot_state_name: the word in beats and metrics. */
const char *slot_state_name(enum slot_state st);
/* slot_live: counts towards the size of the pool. */
bool slot_live(const struct slot *s);
#endif
