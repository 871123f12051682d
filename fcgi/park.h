#ifndef FCGI_PARK_H
#define FCGI_PARK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/db/db.h"
#include "front.h"
/*
 * Requests that wait for a job to change.  One connection per process listens
 * on channel "change" and, while somebody waits, holds the shared advisory lock
 * that makes job_announce speak.  A notice is a hint: every waiter also looks
 * by itself every five seconds (less often when they are more than a thousand),
 * and when the connection comes back.
 */
struct park;
struct exch;
int park_new(struct park **out, struct front *f, const char *conninfo, const char *const *setup, struct err *e);
void park_free(struct park *p);
/* park_db(p): the listening connection, for small calls of the process itself. */
struct db_conn *park_db(struct park *p);
bool park_full(const struct park *p);
size_t park_count(const struct park *p);
/* park_add(p, x): x waits for x->wait_id until x->deadline_us; the first time or
 * again after exch_look().  park_remove(p, x): it does not any more. */
void park_add(struct park *p, struct exch *x);
void park_remove(struct park *p, struct exch *x);
/* park_release_all(p): everybody answers with what is now (the server stops). */
void park_release_all(struct park *p);
#endif
