#ifndef CREDENTIAL_RECORD_H
#define CREDENTIAL_RECORD_H
#include <json-c/json.h>
#include <stdint.h>
#include "../../../lib/base/err.h"
/*
 * Records of the job's wallet, in clear on this side and as ciphertext on the
 * way: what most kinds want of cred_ask and cred_write.
 */
struct cred_job;
struct cred_record {
	char	*value;			/* text, NUL-terminated; wiped on release */
	size_t	value_len;
	struct json_object *tags;	/* {name: value}; "~name": plain */
	int64_t	version;		/* what a write must name */
};
#define CRED_RECORD_INIT { .value = NULL }
void cred_record_release(struct cred_record *r);

/**
 * cred_record_get(j, type, name, out, e):
 * Returns 1, 0 when there is no such record, -1 (ERR_WALLET_LOCKED,
 * ERR_WALLET_ACCESS when it does not decrypt, or of cred_ask).
 */
int cred_record_get(struct cred_job *j, const char *type, const char *name,
    struct cred_record *out, struct err *e);
/* cred_record_new: written with the job's end; must not exist then: the job runs
 * again if it does, and cred_record_get finds it.  tags: {name: value}, borrowed,
 * or NULL. */
int cred_record_new(struct cred_job *j, const char *type, const char *name,
    const char *value, size_t len, struct json_object *tags, struct err *e);
/* cred_record_set: replaces the record that was read with that version. */
int cred_record_set(struct cred_job *j, const char *type, const char *name,
    const char *value, size_t len, struct json_object *tags, int64_t version, struct err *e);
int cred_record_delete(struct cred_job *j, const char *type, const char *name,
    int64_t version, struct err *e);
#endif
