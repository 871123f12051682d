#ifndef PROC_PLAIN_H
#define PROC_PLAIN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../base/uuid.h"
#include "frame.h"
/*
 * Records: the two frames that every job of a runner without images costs, in
 * a form that needs no parser, because such jobs last microseconds.  Numbers
 * are big endian.
 *
 *	job	'J' seq:4 timeout_ms:8 id:36 token:36 (text) kind_len:1 kind
 *		spec (JSON text)
 *	done	'D' seq:4 wall_us:8 cpu_us:8	the job has completed, and left nothing
 *
 * seq numbers the jobs of one runner from 1; what else may be said of a job is
 * said in JSON.
 */
#define PLAIN_KIND_MAX	64
#define PLAIN_SEQ_MAX	(UINT32_C(1) << 30)	/* a runner gets no more jobs than that */

struct plain_job {
	uint32_t seq;
	int64_t	timeout_ms;		/* above 0 */
	char	id[UUID_TEXT], token[UUID_TEXT];
	char	kind[PLAIN_KIND_MAX + 1];
	const char *spec;		/* borrowed from the body */
	size_t	spec_len;
};
struct plain_done {
	uint32_t seq;
	int64_t	wall_us, cpu_us;
};

/* plain_is_record(body): else it is JSON.  A body has at least one byte. */
bool plain_is_record(const char *body);

/* plain_job_add, plain_done_add: append it as a frame; 0, or -1 with ERR_LIMIT
 * (the kind or the frame is too long, or the peer reads too slowly). */
int plain_job_add(struct frame_io *f, const struct plain_job *j, struct err *e);
int plain_done_add(struct frame_io *f, const struct plain_done *d, struct err *e);

/* plain_job_read, plain_done_read: 0, or -1 with ERR_PROTO for any other body. */
int plain_job_read(struct plain_job *j, const char *body, size_t len, struct err *e);
int plain_done_read(struct plain_done *d, const char *body, size_t len, struct err *e);
#endif
