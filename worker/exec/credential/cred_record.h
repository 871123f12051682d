#ifndef CREDENTIAL_CRED_RECORD_H
#define CREDENTIAL_CRED_RECORD_H
#include <json-c/json.h>
#include <stdint.h>
#include "../../../lib/base/err.h"
#include "../../../lib/crypt/wallet/record.h"
/*
 * Records of the job's wallet, in clear on this side and as ciphertext on the
 * way: what most kinds want of fork_ask and fork_write.  All fail with
 * ERR_WALLET_LOCKED and ERR_WALLET_ACCESS as cred_wallet_keys does.
 */
struct fork_job;
struct cred_record {
	struct record_opened opened;	/* .r: value and tags in clear */
	int64_t	version;		/* what a write must name */
};
#define CRED_RECORD_INIT { .opened = RECORD_OPENED_INIT }
void cred_record_release(struct cred_record *r);	/* wipes; safe on initialised */

/* cred_record_get(j, type, name, out, e): 1, 0 when there is no such record, -1. */
int cred_record_get(struct fork_job *j, const char *type, const char *name,
    struct cred_record *out, struct err *e);

/*
 * cred_record_put(j, r, version, e): r is written with the job's end.  version:
 * CRED_RECORD_NEW, it must not be there then, or the version that was read.  If
 * another job was faster this job runs again, and finds what that one left.
 * cred_record_delete: the same for its removal.
 */
#define CRED_RECORD_NEW	INT64_C(-1)
int cred_record_put(struct fork_job *j, const struct record *r, int64_t version, struct err *e);
int cred_record_delete(struct fork_job *j, const char *type, const char *name,
    int64_t version, struct err *e);

/* cred_record_each(j, type, fn, arg, e): all records of a type, a page at a time;
 * fn returns 0, or -1 to end with its e.  What fn is given lives for the call only. */
int cred_record_each(struct fork_job *j, const char *type,
    int (*fn)(void *arg, const struct record *r, int64_t version, struct err *e), void *arg, struct err *e);
#endif
