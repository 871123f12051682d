#ifndef SANDBOX_ATTEMPT_H
#define SANDBOX_ATTEMPT_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/loop.h"
#include "cgroup.h"
/*
 * One attempt of one job: from the frame that brings it to the outcome, with
 * every process dead and everything it could write gone.
 */

/* A process that waits in the container for something to do. */
struct spare {
	int	keeper;		/* pidfd of pid 1 of its namespace: readable once all in it are dead */
	int	sock;		/* job socket */
	int	status;		/* pipe: wait status of the script, from the keeper */
	pid_t	pid;		/* of the one that becomes the script, in our namespace */
	char	group[CG_NAME_MAX];	/* it stands in; "": in none yet */
};
#define SPARE_INIT { .keeper = -1, .sock = -1, .status = -1 }
/* spare_enrol(s, cg, name, e): give it the group, named name, in which its job will be counted. */
int spare_enrol(struct spare *s, const struct cg_host *cg, const char *name, struct err *e);
void spare_release(struct spare *s, const struct cg_host *cg);

/* What it uses now, and at most so far. */
struct attempt_usage {
	int64_t	cpu_ms, memory_bytes, memory_peak_bytes, disk_bytes, pids;
};
/* What it reports, from inside the loop.  done is the last call: the attempt may be freed in it. */
struct attempt_ops {
	void (*started)(void *arg);
	void (*collecting)(void *arg);
	void (*usage)(void *arg, const struct attempt_usage *u);
	void (*done)(void *arg, struct json_object *outcome, bool broken);	/* takes outcome; broken: a process would not die */
};

struct attempt_env {
	struct loop *loop;
	const struct cg_host *cg;
	uid_t	base_uid;
	const struct attempt_ops *ops;
	void	*arg;
};

struct attempt;
/**
 * attempt_new(env, frame, s, refused):
 * Make everything ready for the job of frame, which s will run; s itself is only
 * given other limits.  Returns the attempt, or NULL with *refused set to an outcome when the job
 * cannot be run (its own fault or ours).
 */
struct attempt *attempt_new(const struct attempt_env *env, struct json_object *frame, const struct spare *s,
    struct json_object **refused);
/* attempt_run(a, s): hand it to s, which is the attempt's from here on.  Failure ends in done. */
void attempt_run(struct attempt *a, struct spare *s);
const char *attempt_id(const struct attempt *a);
bool attempt_fresh(const struct attempt *a);		/* wants a container of its own */
void attempt_deadline(struct attempt *a, int64_t ms);	/* so long from now */
/* attempt_kill: end it for this reason code; the first reason stays. */
void attempt_kill(struct attempt *a, const char *reason);
void attempt_free(struct attempt *a);			/* kills what still runs */
#endif
