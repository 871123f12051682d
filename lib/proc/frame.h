#ifndef PROC_FRAME_H
#define PROC_FRAME_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../base/buf.h"
#include "../base/err.h"
/*
 * The frames that workerd and its runners speak over a stream socket: 4 bytes
 * of length, big endian, 1..FRAME_MAX, then that many bytes: of JSON, an object
 * whose "t" names the frame, or of a record (plain.h), which begins with another
 * byte than '{'.  docs/design/contract.md, section 5, lists them.
 *
 * A frame_io never blocks if its descriptor does not; on a blocking one
 * frame_read waits for bytes and frame_flush for room.
 */
#define FRAME_MAX	(4u << 20)	/* bytes in one frame, without its length */
#define FRAME_OUT_MAX	(2u * FRAME_MAX)	/* bytes waiting for a slow peer */
#define FRAME_FD	3		/* a runner's socket */

struct frame_io {
	int	fd;		/* borrowed */
	bool	eof;		/* the peer has closed; frames already read may remain */
	size_t	taken;		/* bytes of in that were unpacked */
	struct buf in, out;
};

/* frame_init(f, fd): empty buffers over a connected stream socket. */
void frame_init(struct frame_io *f, int fd);
void frame_release(struct frame_io *f);		/* the buffers; not the descriptor */

/**
 * frame_read(f, e):
 * Take in what the socket has, at most 64 KiB.  Returns 1 when bytes came,
 * 0 when there are none now or the peer has closed (f->eof), -1 with ERR_SYS.
 */
int frame_read(struct frame_io *f, struct err *e);

/**
 * frame_next(f, out, e):
 * Unpack the next whole frame.  Returns 1 with *out, which the caller puts, 0
 * when none is complete, -1 with ERR_PROTO for a length or text outside the
 * rules: the stream is of no further use then.
 */
int frame_next(struct frame_io *f, struct json_object **out, struct err *e);

/**
 * frame_body(f, body, len, e):
 * The bytes of the next whole frame, which are borrowed until the next
 * frame_read.  Returns 1, 0 or -1 as frame_next does.
 */
int frame_body(struct frame_io *f, const char **body, size_t *len, struct err *e);
/* frame_parse(out, body, len, e): a body of JSON; 0, or -1 with ERR_PROTO. */
int frame_parse(struct json_object **out, const char *body, size_t len, struct err *e);

/**
 * frame_add(f, o, e):
 * Append o as a frame to the output; o stays the caller's.  Returns 0, or -1
 * with ERR_LIMIT when o is over FRAME_MAX or the peer reads too slowly;
 * nothing is appended then.
 */
int frame_add(struct frame_io *f, struct json_object *o, struct err *e);

/* frame_add_body(f, head, head_len, rest, rest_len, e): the same for the bytes of
 * a body, in two parts; rest may be NULL when rest_len is 0. */
int frame_add_body(struct frame_io *f, const void *head, size_t head_len,
    const void *rest, size_t rest_len, struct err *e);

/**
 * frame_flush(f, e):
 * Write what the socket takes.  Returns 1 when all is written, 0 when some
 * waits for room, -1 with ERR_SYS (EPIPE when the peer is gone; no signal).
 */
int frame_flush(struct frame_io *f, struct err *e);

/* frame_forget(f): wipe the bytes of frames that were written or taken, as far as
 * they are still in memory: for streams that carry secrets.  A borrowed body is
 * gone after it. */
void frame_forget(struct frame_io *f);

/* frame_new(t): {"t": t}, the caller's. */
struct json_object *frame_new(const char *t);
/* frame_type(o): the value of "t", or "" when there is none. */
const char *frame_type(struct json_object *o);
#endif
