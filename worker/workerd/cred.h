#ifndef WORKERD_CRED_H
#define WORKERD_CRED_H
#include <json-c/json.h>
#include <stddef.h>
/*
 * Jobs of the credential lanes on this side (docs/design/credential.md): their
 * secrets are opened and handed to one runner, its questions are passed on to
 * the database and back unread, what it wants sealed is sealed.  Nothing opened
 * outlives the frame that carries it.
 */
struct job;
struct lane;
struct pool;
struct worker;

/* cred_room: jobs that could start now, in a lane that may share its runners.
 * Lane cred-heavy leaves `reserved` of them to cred-quick; cred-idle has room
 * only while the heavy lanes have no work that this worker knows of. */
size_t cred_room(struct worker *w, struct lane *l);
/* cred_hold: l looked for room; if other lanes claim for its runners just now it
 * looks again when they have their answer.  Of any other lane: nothing. */
void cred_hold(struct lane *l);
/* cred_let_go: l has its answer: the lanes that it held back look for work. */
void cred_let_go(struct lane *l);
/* cred_runner_free: whoever may use a runner of this pool looks for work. */
void cred_runner_free(struct pool *p);

/* cred_open: what the job stands on; ends with job_staged. */
void cred_open(struct job *j);
/* cred_give: the job, to its runner; it counts as running from here on. */
void cred_give(struct job *j);
/* cred_tenant: whose rows the job works on, as its seals are bound to; "" before it is open. */
const char *cred_tenant(const struct job *j);
/* cred_cancel: forget what was opened; answers that are under way find nothing. */
void cred_cancel(struct job *j);

/* Frames of its runner.  One question at a time: a second one ends the runner. */
void cred_asked(struct job *j, struct json_object *o);
void cred_progressed(struct job *j, struct json_object *o);
/* cred_fell: the job's process ended without an outcome: it fails, or is given
 * back when the process had not been given it. */
void cred_fell(struct job *j, struct json_object *o);
/* cred_seal: seal what the outcome's writes name seal_*.  0, or -1: the job failed. */
int cred_seal(struct job *j);
#endif
