#ifndef WORKERD_FORKED_H
#define WORKERD_FORKED_H
#include <json-c/json.h>
#include <stddef.h>
/*
 * Jobs of lanes of forks on this side (docs/design/credential.md, aggregate.md): their
 * secrets are opened and handed to one runner, its questions are passed on to
 * the database and back unread, what it wants sealed is sealed.  Nothing opened
 * outlives the frame that carries it.
 */
struct job;
struct lane;
struct pool;
struct worker;

/* forked_room: jobs that could start now, in a lane that may share its runners.
 * Lane cred-heavy leaves `reserved` of them to cred-quick, agg to agg-help;
 * cred-idle has room only while the heavy lanes have no work that this worker knows of. */
size_t forked_room(struct worker *w, struct lane *l);
/* forked_hold: l looked for room; if other lanes claim for its runners just now it
 * looks again when they have their answer.  Of any other lane: nothing. */
void forked_hold(struct lane *l);
/* forked_let_go: l has its answer: the lanes that it held back look for work. */
void forked_let_go(struct lane *l);
/* forked_runner_free: whoever may use a runner of this pool looks for work. */
void forked_runner_free(struct pool *p);

/* forked_open: what the job stands on; ends with job_staged. */
void forked_open(struct job *j);
/* forked_give: the job, to its runner; it counts as running from here on. */
void forked_give(struct job *j);
/* forked_tenant: whose rows the job works on, as its seals are bound to; "" before it is open. */
const char *forked_tenant(const struct job *j);
/* forked_basis: what api.job_open told; NULL before it is open. */
struct json_object *forked_basis(const struct job *j);
/* forked_cancel: forget what was opened; answers that are under way find nothing. */
void forked_cancel(struct job *j);

/* Frames of its runner.  One question at a time: a second one ends the runner. */
void forked_asked(struct job *j, struct json_object *o);
void forked_progressed(struct job *j, struct json_object *o);
/* forked_fell: the job's process ended without an outcome: it fails, or is given
 * back when the process had not been given it. */
void forked_fell(struct job *j, struct json_object *o);
/* forked_seal: seal what the outcome's writes name seal_*.  0, or -1: the job failed. */
int forked_seal(struct job *j);
#endif
