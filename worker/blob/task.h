#ifndef BLOB_TASK_H
#define BLOB_TASK_H
#include "../../lib/base/conf.h"
#include "../../lib/base/err.h"
/*
 * What darkroom-blob does once: move blobs between files and stores, for daemons
 * that must not wait (errand.h starts it).  Lines come in on descriptor 0, files
 * and folders on 3, lines go out on 1.  0, or -1.
 */
#define TASK_LIST_MAX	(1u << 20)	/* bytes of lines */
#define TASK_FD		3
/*
 * put: each line "<sha256> <size> <name>" is a file of folder 3; it goes to the
 * store of blob_store, and "<sha256> <place>" comes out when it is durable there.
 */
int task_put(const struct conf *c, struct err *e);
/*
 * get: each line "<store> <sha256> <place> <size> <from> <len>" (place "-": none)
 * is a stretch of a blob, written to 3 one after the other.  Whole ones are
 * checked against their digest: ERR_PROTO.
 */
int task_get(const struct conf *c, struct err *e);
/* tidy: objects that api.blob_dead names are removed, some hundreds at most. */
int task_tidy(const struct conf *c, struct err *e);
/* check: the chosen store answers. */
int task_check(const struct conf *c, struct err *e);
#endif
