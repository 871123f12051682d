#ifndef WORKERD_PUBLISH_H
#define WORKERD_PUBLISH_H
/*
 * Publishing: the files that an outcome names go where the database will say
 * they are, before it says so.  Small ones into the outcome itself (at most
 * PUBLISH_INLINE_MAX together), the others by a second name in the blob folder,
 * a few at a time so that the loop goes on, or by an errand to another store; that
 * is waited for while it is away.  A file without a row is garbage,
 * a row without a file would be a lie: so files come first.
 */
#define PUBLISH_INLINE_MAX	(256u << 10)	/* bytes in one outcome */
struct job;
void publish_start(struct job *j);		/* ends with job_published */
void publish_cancel(struct job *j);
struct err;
/* publish_again: store the files once more, because retention may have removed
 * equal bytes between file and row (40001 of core.blob_keep).  0 done, 1 under
 * way: job_published follows, or -1. */
int publish_again(struct job *j, struct err *e);
/* publish_open: the outcome's first file of that class, read-only; -1. */
int publish_open(struct job *j, const char *class);
#endif
