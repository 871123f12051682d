#ifndef FORK_FORK_JOB_H
#define FORK_FORK_JOB_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "../../../lib/base/err.h"
#include "../../../lib/proc/frame.h"
#include "fork.h"
/*
 * The inside of a job, for the files behind fork.h and for the runner, which makes
 * one in each fork.
 */
struct fork_job {
	struct frame_io io;		/* to workerd, for as long as the fork lives */
	struct json_object *frame;	/* that brought the job; what follows points into it */
	const char *id, *kind;
	struct json_object *args, *secrets;
	const char *result_pub_b64;
	void	*own;			/* of its service: fork_own */
	int	helpers;
	int	dir_fd;			/* the job's folder; -1: not opened */
	int64_t	asked;			/* calls so far */
	struct { int64_t said_us; const char *phase; } progress;
	struct json_object *writes, *files;	/* of the result */
	int	status;			/* 0: no result yet */
	struct json_object *body;
	char	*private_b64;
	struct { const char *phase; int64_t ms; } wait;	/* phase NULL: it does not wait */
};

/* fork_job_init: no job yet; fd is the stream to workerd. */
void fork_job_init(struct fork_job *j, int fd);
/*
 * fork_job_wait(j, e): answer pings until a job comes: its frame, and that of its
 * secrets.  Returns 1, 0 when there is none to come (quit, or workerd is gone),
 * -1 with ERR_PROTO.  What json_parse allocated is never given back: the process
 * ends.
 */
int fork_job_wait(struct fork_job *j, struct err *e);
/* fork_job_row(j): its kind; NULL when this program does not run it. */
const struct fork_kind *fork_job_row(const struct fork_job *j);
/* fork_job_run(j, e): find its kind and run it: 0, or -1 with e. */
int fork_job_run(struct fork_job *j, struct err *e);
/* fork_job_end(j, why, wall_us, e): say the outcome; why NULL: it completed. */
int fork_job_end(struct fork_job *j, const struct err *why, int64_t wall_us, struct err *e);
/* fork_job_frame(t, j): a frame about this job. */
struct json_object *fork_job_frame(const char *t, const struct fork_job *j);
/* fork_job_say: a frame, written whole; takes o.  0, or -1. */
int fork_job_say(struct fork_job *j, struct json_object *o, struct err *e);
/* fork_job_hear: the next frame, waited for; *out is the caller's.  0, or -1: ERR_PROTO, ERR_CANCELLED. */
int fork_job_hear(struct fork_job *j, struct json_object **out, struct err *e);
/* fork_job_dir: its folder's descriptor, borrowed; -1 + e. */
int fork_job_dir(struct fork_job *j, struct err *e);
#endif
