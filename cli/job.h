#ifndef CLI_JOB_H
#define CLI_JOB_H
#include <json-c/json.h>
#include "cli.h"
#include "progress.h"
/*
 * One computation seen from the command line: its inputs, its progress, its end.
 */
#define JOB_ID_MAX 64
/* The options that describe a job. */
#define JOB_OPTS \
	{ "lease", "ID", false, "the lease that covers the inputs" }, \
	{ "input", "VAR=ASSET", true, "bind an asset to a variable of the script" }, \
	{ "image", "NAME", false, "image to run in" }, \
	{ "params", "FILE", false, "JSON object that the script sees as params (-: standard input)" }, \
	{ "output", "GLOB", true, "what leaves, by name; a plain name must exist at the end" }, \
	{ "limit", "NAME=N", true, "cpus, memory_mb, wall_s, disk_mb, pids, artifacts, output_mb, log_kb" }, \
	{ "priority", "N", false, "-10 to 10, higher first" }, \
	{ "queue-ttl", "SECONDS", false, "give up when it has not started by then" }, \
	{ "label", "TEXT", false, "to find it again in lists" }
/* job_body(a, script, out, e): the body of an execute call from the options of
 * run and submit; *out is the caller's. */
int job_body(const struct args *a, const char *script, struct json_object **out, struct err *e);
/* job_submit(c, body, id, e): id gets the computation's id. */
int job_submit(struct cli *c, struct json_object *body, char id[JOB_ID_MAX], struct err *e);

/* job_limits(body, key, a, e): --limit NAME=N options as an object at key. */
int job_limits(struct json_object *body, const char *key, const struct args *a, struct err *e);

/* Called with each state read; -1 with e ends the wait. */
typedef int job_seen(struct cli *c, struct json_object *state, struct err *e);
/* job_wait(c, id, limit_s, progress, seen, out, e): read the state of id until it
 * is final or limit_s (0: for ever) has passed.  1: final, 0: not yet, -1; *out
 * is the last state, without artifacts, the caller's.  progress and seen may be
 * NULL. */
int job_wait(struct cli *c, const char *id, int64_t limit_s, struct progress *progress, job_seen *seen,
    struct json_object **out, struct err *e);
bool job_final(struct json_object *state);
/* job_end(c, state): print what a finished job said and how it ended; its exit code. */
int job_end(struct cli *c, struct json_object *state);
#endif
