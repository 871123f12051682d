#ifndef FCGI_SEGMENT_H
#define FCGI_SEGMENT_H
#include <stdint.h>
#include "../lib/base/conf.h"
#include "../lib/base/err.h"
#include "../lib/base/uuid.h"
#include "../lib/proc/loop.h"
/*
 * Reports that are too large for a row.  A serving process has one segment open, a file
 * named by SQL: bytes are appended to it and brought to the disk, all that came meanwhile
 * with one fdatasync (syncer.h), and only then the row (segment, offset, length) is
 * written.  Bytes without a row are garbage; a row without bytes cannot be.  A segment is
 * left after segment_bytes or segment_ms, and SQL is told of its length when the last
 * request that names it is over.  What a dead process left open SQL finds by its age.
 */
#define SEGMENT_WAITING	(64u << 20)	/* bytes that may wait for a segment or the disk */

struct batch;
struct segments;
struct segment_write;
typedef void segment_done_fn(void *arg);
/* segments_new(loop, batch, conf): the folder is segment_dir; nothing is opened yet. */
struct segments *segments_new(struct loop *l, struct batch *b, const struct conf *c);
void segments_free(struct segments *s);		/* NULL is fine */
/*
 * segment_put(s, p, n, done, arg, e): append n bytes, which are the caller's until done
 * has run.  done runs once, unless segment_forget comes first.  NULL with
 * ERR_BACKPRESSURE when too much waits already.
 */
struct segment_write *segment_put(struct segments *s, const void *p, size_t n, segment_done_fn *done, void *arg,
    struct err *e);
/*
 * segment_where(w, name, offset, e): after done: where the bytes are.  Returns 0, or -1
 * with ERR_BACKPRESSURE: the disk is full or the database away, nothing is stored.
 */
int segment_where(const struct segment_write *w, char name[UUID_TEXT], int64_t *offset, struct err *e);
/* segments_pump(s): before each wait of the loop: what came in this turn is appended and goes to the disk together. */
void segments_pump(struct segments *s);
/* segment_forget(w): the request is over, or gone; NULL is fine. */
void segment_forget(struct segment_write *w);
#endif
