#ifndef FCGI_CRED_H
#define FCGI_CRED_H
#include <json-c/json.h>
#include <stdbool.h>
#include "../lib/base/err.h"
#include "../lib/crypt/wbuf.h"
#include "handler.h"
#include "shape.h"
/*
 * The credential service: each route that makes a job is a row of one table
 * (cred_table.c), and they all share one handler (h_cred_run.c).  A row says
 * which job kind a route runs, what a request may carry, and which of it is
 * secret: those fields leave this process sealed to the node's public key and
 * nothing else of it does (docs/design/credential.md).
 */
enum cred_id {
	/* wallets, records, keys */
	CRED_WALLET_CREATE, CRED_WALLET_UNLOCK, CRED_WALLET_LOCK, CRED_WALLET_DELETE, CRED_WALLET_REKEY,
	CRED_WALLET_EXPORT, CRED_WALLET_IMPORT, CRED_RECORD_PUT, CRED_RECORD_GET, CRED_RECORD_DELETE,
	CRED_RECORD_SEARCH, CRED_DID_CREATE_MY, CRED_DID_ROTATE_START, CRED_DID_ROTATE_APPLY,
	CRED_DID_STORE_THEIR, CRED_DID_GET, CRED_DID_LIST, CRED_DID_ABBREVIATE, CRED_KEY_CREATE, CRED_SIGN,
	CRED_VERIFY, CRED_PACK, CRED_UNPACK,
	/* issuer */
	CRED_SCHEMA, CRED_DEF, CRED_DEF_ROTATE_START, CRED_DEF_ROTATE_APPLY, CRED_OFFER, CRED_ISSUE,
	CRED_REGISTRY, CRED_REVOKE, CRED_UNREVOKE, CRED_STATUS_LIST, CRED_PRIMES, CRED_REWRAP,
	/* holder and verifier */
	CRED_LINK_SECRET, CRED_REQUEST, CRED_STORE, CRED_WITNESS, CRED_PRESENT, CRED_VERIFY_PRESENTATION,
	CRED_ID_MAX
};
struct cred_op {
	struct handler handler;	/* what the route table names */
	struct shape shape;	/* path, query and body */
	const char *kind;	/* core.kind.name */
	const char *alias;	/* what indy-sdk calls it; NULL: nothing */
};
extern const struct cred_op cred_ops[CRED_ID_MAX];
/* cred_op_find(name): by kind or alias; NULL: there is none. */
const struct cred_op *cred_op_find(const char *name);

/* Routes that read public objects (h_cred_objects.c). */
enum cred_object_id {
	CRED_SCHEMA_SHOW, CRED_SCHEMA_LIST, CRED_DEF_SHOW, CRED_DEF_LIST, CRED_REGISTRY_SHOW, CRED_REGISTRY_LIST,
	CRED_STATUS_LIST_SHOW, CRED_OBJECT_MAX
};
struct cred_object {
	struct handler handler;
	const char *kind;	/* schema, cred_def, rev_reg, rev_list */
};
extern const struct cred_object cred_objects[CRED_OBJECT_MAX];

/* The two keys of a front; see cred_keys.h. */
struct cred_keys;

#define CRED_NUMBER_MAX	1600	/* decimal digits of a number that stands as text */
/*
 * cred_numbers(o, e): no text in o is a decimal number of more than
 * CRED_NUMBER_MAX digits; else ERR_VALIDATION naming its member.
 */
int cred_numbers(struct json_object *o, struct err *e);
/*
 * cred_take(op, in, within, args, e): one object with all that a request of op
 * may carry, be it of path, query or body, checked as those are; within is its
 * place.  *args is the caller's.  0, or -1 with the error of the first field
 * that breaks its rule.
 */
int cred_take(const struct cred_op *op, struct json_object *in, const char *within, struct json_object **args,
    struct err *e);
/**
 * cred_fill(call, op, args, unlock, keys, e):
 * Add to the object call what SQL is told of one job: job_id (made here), kind,
 * args without secret fields, sealed (base64 of a box of those) and
 * unlock_sha256.  Of a secret list its length stays in args, as count.  args is
 * borrowed and loses its secret fields, which are wiped; unlock is the text of a
 * handle, or NULL.
 *
 * Returns 0, or -1 with ERR_VALIDATION (unlock is no handle, a number is too
 * long) or ERR_CRYPTO.
 */
int cred_fill(struct json_object *call, const struct cred_op *op, struct json_object *args, const char *unlock,
    const struct cred_keys *keys, struct err *e);
/*
 * cred_digest(rq, call): what a repeated Idempotency-Key is compared by, as
 * idem_digest of call: an HMAC of method, target and body under a key of the
 * front's, so that a password cannot be guessed from what is kept.
 */
void cred_digest(const struct req *rq, struct json_object *call);
/* cred_unlock(rq): the handle that the request shows; NULL: none. */
const char *cred_unlock(const struct req *rq);
/* cred_ready(rq, e): 0, or -1 with ERR_NOT_SET_UP when this front has no keys. */
int cred_ready(const struct req *rq, struct err *e);

/* cred_wipe(o): zero every text in *o, then put it; for CLEANUP(). */
void cred_wipe(struct json_object **o);

/*
 * h_cred_run.c: the halves that rows of the table share, and jobs beside them.
 * A submit whose caller waits is followed by looks at its job (again), whose
 * answer is the result.
 */
#define CRED_RESULT_MAX	(32u << 20)	/* bytes of an opened result */
#define CRED_READ_WAIT_S 10	/* a GET that makes a job waits this long unasked */
int cred_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e);
int cred_again(struct req *rq, const struct answer *a, struct call *call, struct err *e);
int cred_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e);
/*
 * cred_open(rq, a, out, e): the result that a->extra has sealed for this front.
 * 1 with the text in out, 0 when none is there, -1 with ERR_GONE when it was
 * sealed for another key.
 */
int cred_open(const struct req *rq, const struct answer *a, struct wbuf *out, struct err *e);
#endif
