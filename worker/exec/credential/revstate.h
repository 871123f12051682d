#ifndef CREDENTIAL_REVSTATE_H
#define CREDENTIAL_REVSTATE_H
#include "../../../lib/crypt/accum/list.h"
#include "../../../lib/crypt/accum/registry.h"
#include "../../../lib/crypt/anoncreds/cred_def.h"
#include "cred.h"
/*
 * A registry of this node as it is now, and what becomes of it: read from SQL with
 * its secret, changed here, written under the version that was read.
 */
struct revstate {
	struct json_object *said;	/* what SQL answered; owns the texts */
	const char *id, *issuer_id, *cred_def_id;
	int64_t	version, timestamp;	/* timestamp: of its newest list, seconds */
	uint32_t size, index;		/* index: of revstate_index only */
	enum accum_issuance issuance;
	struct accum_list list;
	struct g2 accum;
	struct fr gamma;		/* secret */
	struct accum_pub pub;		/* of its definition */
};
#define REVSTATE_INIT { .list = ACCUM_LIST_INIT }
void revstate_release(struct revstate *s);	/* wipes */

/* revstate_read(j, id, pub, s, e): call rev_state; pub: of its definition, NULL: it
 * is read with it.  ERR_NOT_FOUND. */
int revstate_read(struct fork_job *j, const char *id, const struct accum_pub *pub, struct revstate *s, struct err *e);
/* revstate_index(j, cred_def_id, registry, pub, s, e): an index that is this job's
 * for good, of a registry (NULL: the active one) of the definition; and its state. */
int revstate_index(struct fork_job *j, const char *cred_def_id, const char *registry, const struct accum_pub *pub,
    struct revstate *s, struct err *e);
/* revstate_change(s, d, e): list and accumulator after d. */
int revstate_change(struct revstate *s, const struct accum_delta *d, struct err *e);
/*
 * revstate_time(j, s, out, e): when the next list holds: `timestamp` of the request,
 * or now, and later than the newest list: two lists of one second could not be told
 * apart.  ERR_STRUCTURE when the request's is not, or lies in the future, where all
 * later lists would have to follow it.
 */
int revstate_time(const struct fork_job *j, const struct revstate *s, int64_t *out, struct err *e);
/* revstate_write(j, s, timestamp): the state of s replaces the version that was read. */
void revstate_write(struct fork_job *j, const struct revstate *s, int64_t timestamp);
/* revstate_list(s, timestamp): the RevocationStatusList; the caller's. */
struct json_object *revstate_list(const struct revstate *s, int64_t timestamp);
/* revstate_add_accum(o, key, a), revstate_add_bits(o, key, list): as SQL keeps them. */
void revstate_add_accum(struct json_object *o, const char *key, const struct g2 *a);
void revstate_add_bits(struct json_object *o, const char *key, const struct accum_list *list);
/* revstate_add_gamma(o, key, gamma): as it is sealed. */
void revstate_add_gamma(struct json_object *o, const char *key, const struct fr *gamma);
#endif
