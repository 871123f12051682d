#ifndef RUNNER_XIO_H
#define RUNNER_XIO_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/frame.h"
#include "../../lib/proc/plain.h"
/*
 * What an executor sees of the world: its job's clock and its worker's word;
 * and behind it the stream to workerd, in which jobs wait and answers gather.
 * One struct xio lives as long as the runner; begin and end bracket a job.
 */
struct xio_body {			/* a record that came while a job ran */
	STAILQ_ENTRY(xio_body) link;
	size_t	len;
	char	bytes[];
};
/* What this runner may reach outside: settings of workerd, never of a job. */
struct xio_outside {
	const char *ipfs_api;		/* URL; NULL: none */
	const char *evm_rpc_file;	/* lines "chain URL"; NULL: none */
	const char *prio_dir;		/* files NAME.env; NULL: none */
};
struct xio {
	struct frame_io frames;		/* to workerd */
	STAILQ_HEAD(, xio_body) later;
	size_t	later_bytes;
	struct xio_body *held;		/* the one that is being run */
	const char *job_id;		/* NULL: no job */
	int64_t	deadline_us;		/* monotonic */
	int64_t	looked_us;		/* when workerd was last heeded */
	int64_t	unsaid_us;		/* since when an answer waits; 0: none does */
	bool	started;
	bool	quit;			/* workerd is gone or said so */
	struct json_object *result;	/* of the job; see xio_result */
	struct xio_outside outside;
};

void xio_init(struct xio *io, int fd);
void xio_release(struct xio *io);

/* xio_begin: a job with timeout_ms from now_us; id is borrowed until xio_end. */
void xio_begin(struct xio *io, const char *id, int64_t timeout_ms, int64_t now_us);
void xio_end(struct xio *io);

/**
 * xio_wait(io, ms, e):
 * Let ms pass (0: only look), heeding workerd.  Returns 0, or -1 with
 * ERR_CANCELLED when the job was killed or workerd is gone, ERR_TIMEOUT when
 * its deadline has passed.  Long work calls it with 0 now and then: it costs a
 * look at the clock, and one at the socket each millisecond.
 */
int xio_wait(struct xio *io, int64_t ms, struct err *e);

/**
 * xio_next(io, body, len, e):
 * The next frame from workerd, jobs that came early first; waits for it, and
 * says what is unsaid before.  Returns 1 with the body, borrowed until the
 * next call, 0 when workerd is gone (io->quit), -1 on a broken stream.
 */
int xio_next(struct xio *io, const char **body, size_t *len, struct err *e);

/* xio_send: one frame, written whole with all that is unsaid; takes o.  0, or -1. */
int xio_send(struct xio *io, struct json_object *o, struct err *e);

/* xio_result: what the job found out, for the function of its kind in SQL; takes o. */
void xio_result(struct xio *io, struct json_object *o);

/* xio_done: the answer for a job that completed.  Answers gather for at most a
 * millisecond of further jobs, or until there is none.  0, or -1. */
int xio_done(struct xio *io, const struct plain_done *d, int64_t now_us, struct err *e);
#endif
