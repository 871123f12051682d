#ifndef WORKERD_ASSETS_H
#define WORKERD_ASSETS_H
#include <libpq-fe.h>
#include <limits.h>
#include <stdbool.h>
#include "../../lib/base/err.h"
/*
 * <cache_dir>/assets/<sha256>: files fetched from PostgreSQL or a store;
 * <cache_dir>/tar/<sha256>/: unpacked tars.  An entry is complete when it has
 * its name.  Whoever uses one holds a shared flock on it; the eviction
 * (darkroom-runner --evict) takes an exclusive one, so several workers may
 * share a cache.
 */
struct worker;
enum assets_kind { ASSETS_FILE, ASSETS_TAR };
struct assets_file { char path[PATH_MAX]; int held; };
#define ASSETS_FILE_INIT { .held = -1 }

/* assets_init: make the folders.  0, or -1. */
int assets_init(struct worker *w, struct err *e);
/* assets_find: true with the entry locked (f->held is the caller's). */
bool assets_find(struct worker *w, enum assets_kind kind, const char *sha256,
    struct assets_file *f);
/* assets_keep: store the column "data" of a blob row and find it again.
 * ERR_PROTO when the bytes are not what their digest says. */
int assets_keep(struct worker *w, const char *sha256, const PGresult *row,
    struct assets_file *f, struct err *e);
/* assets_tmp: a name below cache_dir that nobody else uses, of that kind. */
void assets_tmp(enum assets_kind kind, char out[64]);
/* assets_name: the entry's name below cache_dir. */
void assets_name(enum assets_kind kind, const char *sha256, char out[96]);
#endif
