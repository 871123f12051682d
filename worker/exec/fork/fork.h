#ifndef FORK_FORK_H
#define FORK_FORK_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../../lib/base/err.h"
/*
 * What an executor of a job in a fork that asks sees: one job, in a fork of a
 * warm runner (darkroom-cred, darkroom-agg) that ends with it.  The fork has no
 * database, no file but those below its job's folder, and no network unless its
 * kind says so; it asks workerd, and what it wants written is a list in its
 * result, committed with the job's end or not at all.  Cancelling is SIGKILL: an
 * executor looks at no flag and cleans nothing up.
 * docs/design/credential.md and aggregate.md have the calls and the writes.
 *
 * Errors: e->code is what clients see (its word, HTTP status and Indy number are
 * in lib/base/err.c, its text is e->msg: never a secret in it).  A code that is
 * not meant for clients (ERR_SYS, ERR_PROTO, ERR_CRYPTO, ...) ends as INTERNAL.
 */
struct fork_job;

/* One kind: a row of its service's table. */
struct fork_kind {
	const char *name;	/* core.kind.name */
	/* run(j, e): do the job and say its end with fork_result,
	 * fork_private_result or fork_wait.  0, or -1 with e: it fails so. */
	int	(*run)(struct fork_job *j, struct err *e);
	bool	net;		/* it may use sockets; its service must too */
};
/* What a program runs: one of these in each, linked in by its name. */
struct fork_service {
	const char *program;	/* "darkroom-cred" */
	const char *log_name;	/* "cred" */
	const struct fork_kind *const *kinds;
	const size_t *n_kinds;	/* as many as there are */
	bool	net;		/* some kinds may use sockets */
	/* warm_up(e): what every job needs and no job changes, made once before the
	 * first fork: the libraries' self-tests and tables, which also open files
	 * that confine() forbids.  Public things only.  0, or -1 with ERR_CRYPTO. */
	int	(*warm_up)(struct err *e);
	/* trust(ca_file, e): of net: whose signature certificates must have, read before the
	 * first fork.  0, or -1 with ERR_CONFIG.  NULL: the system's, always. */
	int	(*trust)(const char *ca_file, struct err *e);
	/* take(j, frame, e): what a job frame has of this service's own, to be found
	 * with fork_own.  0, or -1 with ERR_PROTO. */
	int	(*take)(struct fork_job *j, struct json_object *frame, struct err *e);
};
extern const struct fork_service fork_service;

/* ---- what it was given; all borrowed until the fork ends ---------------- */

const char *fork_job_id(const struct fork_job *j);
const char *fork_job_kind(const struct fork_job *j);
/* fork_args(j): the public fields of the request, an object; never NULL. */
struct json_object *fork_args(const struct fork_job *j);
/* fork_secrets(j): the secret fields, opened; never NULL, may be empty. */
struct json_object *fork_secrets(const struct fork_job *j);
/* fork_field(j, name): a field of the request, be it secret or not; NULL: absent
 * or null.  For fields that the kind table may declare secret later. */
struct json_object *fork_field(const struct fork_job *j, const char *name);
/* Strings of the request by name, secret or not: 1 there, 0 absent (get: an
 * error), -1 with ERR_STRUCTURE naming the field.  min, max: bytes. */
int fork_get_str(const struct fork_job *j, const char *name, size_t min, size_t max, const char **out, struct err *e);
int fork_opt_str(const struct fork_job *j, const char *name, size_t min, size_t max, const char **out, struct err *e);
/* fork_own(j): what the service's take() made of the job frame; NULL: nothing. */
void *fork_own(const struct fork_job *j);
void fork_set_own(struct fork_job *j, void *own);
/* fork_helpers(j): processes that may work beside this one: cores - 1 in the
 * heavy lane of credentials, 0 elsewhere. */
int fork_helpers(const struct fork_job *j);

/* ---- asking ------------------------------------------------------------- */

/**
 * fork_ask(j, call, args, value, opened, e):
 * One call that this kind may make.  args (taken; NULL: {}) carries ciphertext
 * and public things only.  *value is the caller's (json_put); NULL for the JSON
 * null that says "not there".  *opened, if not NULL, gets what was sealed to the
 * node in that row, opened: an object, the caller's, or NULL.  Where value is an
 * object with lists of rows, each row has its own "opened" instead.
 * Returns 0, or -1: ERR_* by the word that SQL answered with, ERR_CANCELLED
 * when the lease is gone.
 */
int fork_ask(struct fork_job *j, const char *call, struct json_object *args,
    struct json_object **value, struct json_object **opened, struct err *e);

/* ---- while it works ----------------------------------------------------- */

/**
 * fork_progress(j, phase, done, total, unit):
 * How far it is.  total 0: unknown.  Leaves this process at most every 250 ms
 * and when phase changes, and never blocks: call it as often as you like.
 * phase and unit are static text.
 */
void fork_progress(struct fork_job *j, const char *phase, uint64_t done,
    uint64_t total, const char *unit);

/* ---- files -------------------------------------------------------------- */

/**
 * fork_file_in(j, name, e): a file that stands in the request by its digest
 * (tails, an import), opened for reading; the caller closes it.  -1 with
 * ERR_NOT_FOUND when the job has none of that name.
 */
int fork_file_in(struct fork_job *j, const char *name, struct err *e);
/**
 * fork_file_out(j, e): a new unnamed file in the job's folder, to write and read
 * back.  The caller closes it, and publishes it with fork_publish or drops it by
 * closing: a killed job leaves nothing.
 */
int fork_file_out(struct fork_job *j, struct err *e);
/**
 * fork_publish(j, fd, name, sha256, e): the file becomes a blob of this SHA-256
 * when the job completes; name: 1..64 bytes for people.  It is synced and must
 * not be written any more.  0, or -1 with ERR_SYS (a full disk).
 */
int fork_publish(struct fork_job *j, int fd, const char *name,
    const uint8_t sha256[32], struct err *e);

/* ---- the end ------------------------------------------------------------ */

/* fork_write(j, op, o): one write that this kind may make; o (taken) has all of
 * its members but "op".  Members named seal_* are sealed by workerd. */
void fork_write(struct fork_job *j, const char *op, struct json_object *o);
/* fork_result(j, status, body): 200 or 201 and the body (taken). */
void fork_result(struct fork_job *j, int status, struct json_object *body);
/* fork_private_result: the same, sealed to the front's result key here. */
int fork_private_result(struct fork_job *j, int status, struct json_object *body, struct err *e);
/* fork_wait(j, phase, wait_ms): not done: what was written so far is committed, and
 * the job runs again, from its beginning, that much later.  phase: static text. */
void fork_wait(struct fork_job *j, const char *phase, int64_t wait_ms);
#endif
