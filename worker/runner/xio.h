#ifndef RUNNER_XIO_H
#define RUNNER_XIO_H
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/frame.h"
/*
 * What an executor sees of the world: its job's clock and its worker's word.
 * One struct xio lives as long as the runner; begin and end bracket a job.
 */
struct xio {
	struct frame_io frames;		/* to workerd */
	const char *job_id;		/* NULL: no job */
	int64_t	deadline_us;		/* monotonic */
	bool	started;
	bool	quit;			/* workerd is gone or said so */
};

/* xio_begin: a job with timeout_ms from now; id is borrowed until xio_end. */
void xio_begin(struct xio *io, const char *id, int64_t timeout_ms);
void xio_end(struct xio *io);

/* xio_started: tell workerd that the job's own work begins.  0, or -1. */
int xio_started(struct xio *io, struct err *e);

/**
 * xio_wait(io, ms, e):
 * Let ms pass (0: only look), heeding workerd.  Returns 0, or -1 with
 * ERR_CANCELLED when the job was killed or workerd is gone, ERR_TIMEOUT when
 * its deadline has passed.  Long work calls it with 0 now and then.
 */
int xio_wait(struct xio *io, int64_t ms, struct err *e);

/**
 * xio_frame(io, timeout_ms, out, e):
 * The next frame from workerd: 1 with *out, which the caller puts, 0 after
 * timeout_ms (-1: never) or when workerd is gone (io->quit), -1 on a broken
 * stream.
 */
int xio_frame(struct xio *io, int timeout_ms, struct json_object **out,
    struct err *e);

/* xio_send: one frame, written whole; takes o.  0, or -1. */
int xio_send(struct xio *io, struct json_object *o, struct err *e);
#endif
