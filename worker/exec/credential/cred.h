#ifndef CREDENTIAL_CRED_H
#define CREDENTIAL_CRED_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../../lib/base/err.h"
/*
 * What an executor of a credential kind sees: one job, in a fork of a warm
 * darkroom-cred that ends with it.  The fork has no database, no network and no
 * file but those below its job's folder; it asks workerd, and what it wants
 * written is a list in its result, committed with the job's end or not at all.
 * Cancelling is SIGKILL: an executor looks at no flag and cleans nothing up.
 * docs/design/credential.md has the calls and the writes.
 *
 * Errors: e->code is what clients see (its word, HTTP status and Indy number are
 * in lib/base/err.c, its text is e->msg: never a secret in it).  A code that is
 * not meant for clients (ERR_SYS, ERR_PROTO, ERR_CRYPTO, ...) ends as INTERNAL.
 */
struct cred_job;
struct wallet_keys;

/* One kind: a row of table.c. */
struct cred_kind {
	const char *name;	/* core.kind.name */
	/* run(j, e): do the job and say its result with cred_result or
	 * cred_private_result.  0, or -1 with e: the job fails with that code. */
	int	(*run)(struct cred_job *j, struct err *e);
};
/* cred_kind_find(name): NULL when this build does not run it. */
const struct cred_kind *cred_kind_find(const char *name);

/* ---- what it was given; all borrowed until the fork ends ---------------- */

const char *cred_job_id(const struct cred_job *j);
const char *cred_job_kind(const struct cred_job *j);
/* cred_args(j): the public fields of the request, an object; never NULL. */
struct json_object *cred_args(const struct cred_job *j);
/* cred_secrets(j): the secret fields, opened; never NULL, may be empty. */
struct json_object *cred_secrets(const struct cred_job *j);
/* cred_field(j, name): a field of the request, be it secret or not; NULL: absent
 * or null.  For fields that the kind table may declare secret later. */
struct json_object *cred_field(const struct cred_job *j, const char *name);
/* Strings of the request by name, secret or not: 1 there, 0 absent (get: an
 * error), -1 with ERR_STRUCTURE naming the field.  min, max: bytes. */
int cred_get_str(const struct cred_job *j, const char *name, size_t min, size_t max, const char **out, struct err *e);
int cred_opt_str(const struct cred_job *j, const char *name, size_t min, size_t max, const char **out, struct err *e);
/* cred_wallet(j): what api.job_open told of the wallet: {id, tenant, method,
 * salt, keys, version}; NULL: the kind has none. */
struct json_object *cred_wallet(const struct cred_job *j);
/**
 * cred_wallet_keys(j, out, e):
 * The wallet's seven keys, opened with its master key when first asked for.
 * Returns 0, or -1 with ERR_WALLET_LOCKED when the job came without an unlock,
 * ERR_WALLET_ACCESS when the master key does not open them.
 */
int cred_wallet_keys(struct cred_job *j, const struct wallet_keys **out, struct err *e);
/* cred_wallet_try(j, master, e): open the keys with this master key instead: 0, or
 * -1 with ERR_WALLET_ACCESS. */
struct secret;
int cred_wallet_try(struct cred_job *j, const struct secret *master, struct err *e);
/* cred_primes(j): opened pool primes, an array of {bits, p} (p': decimal text of
 * the half); NULL: none.  They are used up already; whether they are used or not. */
struct json_object *cred_primes(const struct cred_job *j);
/* cred_helpers(j): processes that may work beside this one: cores - 1 in the
 * heavy lane, 0 elsewhere. */
int cred_helpers(const struct cred_job *j);

/* ---- asking ------------------------------------------------------------- */

/**
 * cred_ask(j, call, args, value, opened, e):
 * One call of the table in credential.md.  args (taken; NULL: {}) carries
 * ciphertext and public things only.  *value is the caller's (json_put); NULL
 * for the JSON null that says "not there".  *opened, if not NULL, gets what was
 * sealed to the node in that row, opened: an object, the caller's, or NULL.
 * Returns 0, or -1: ERR_* by the word that SQL answered with, ERR_CANCELLED
 * when the lease is gone.
 */
int cred_ask(struct cred_job *j, const char *call, struct json_object *args,
    struct json_object **value, struct json_object **opened, struct err *e);

/* ---- while it works ----------------------------------------------------- */

/**
 * cred_progress(j, phase, done, total, unit):
 * How far it is.  total 0: unknown.  Leaves this process at most every 250 ms
 * and when phase changes, and never blocks: call it as often as you like.
 * phase and unit are static text.
 */
void cred_progress(struct cred_job *j, const char *phase, uint64_t done,
    uint64_t total, const char *unit);

/* ---- files -------------------------------------------------------------- */

/**
 * cred_file_in(j, name, e): a file that stands in the request by its digest
 * (tails, an import), opened for reading; the caller closes it.  -1 with
 * ERR_NOT_FOUND when the job has none of that name.
 */
int cred_file_in(struct cred_job *j, const char *name, struct err *e);
/**
 * cred_file_out(j, e): a new unnamed file in the job's folder, to write and read
 * back.  The caller closes it, and publishes it with cred_publish or drops it by
 * closing: a killed job leaves nothing.
 */
int cred_file_out(struct cred_job *j, struct err *e);
/**
 * cred_publish(j, fd, name, sha256, e): the file becomes a blob of this SHA-256
 * when the job completes; name: 1..64 bytes for people.  It is synced and must
 * not be written any more.  0, or -1 with ERR_SYS (a full disk).
 */
int cred_publish(struct cred_job *j, int fd, const char *name,
    const uint8_t sha256[32], struct err *e);

/* ---- the end ------------------------------------------------------------ */

/* cred_write(j, op, o): one write of the list in credential.md; o (taken) has all
 * of its members but "op".  Members named seal_* are sealed by workerd. */
void cred_write(struct cred_job *j, const char *op, struct json_object *o);
/* cred_result(j, status, body): 200 or 201 and the body (taken). */
void cred_result(struct cred_job *j, int status, struct json_object *body);
/* cred_private_result: the same, sealed to the front's result key here. */
int cred_private_result(struct cred_job *j, int status, struct json_object *body, struct err *e);
#endif
