#ifndef ANONCREDS_REV_LIST_H
#define ANONCREDS_REV_LIST_H
#include "../accum/list.h"
#include "number.h"
/*
 * What changes of a registry: its list at a time, a change in the older form,
 * and what a holder keeps of it.  Source: specification 3.6.
 */

/* RevocationStatusList.  The issuance of list is by default: the definition of
 * the registry knows better. */
struct ac_rev_list {
	struct json_object *json;
	const char *rev_reg_id, *issuer_id;	/* issuer_id: may be NULL */
	struct accum_list list;
	struct g2 accum;
	bool	has_timestamp;
	int64_t	timestamp;			/* seconds since the epoch */
};
#define AC_REV_LIST_INIT { .list = ACCUM_LIST_INIT }
/* ac_rev_list_decode(out, o, e): currentAccumulator, also read as accum.  0, or -1
 * with ERR_STRUCTURE. */
int ac_rev_list_decode(struct ac_rev_list *out, struct json_object *o, struct err *e);
void ac_rev_list_release(struct ac_rev_list *l);
struct json_object *ac_rev_list_encode(const char *rev_reg_id, const char *issuer_id,
    const struct accum_list *list, const struct g2 *accum, int64_t timestamp);

/* The older delta {ver, value{prevAccum?, accum, issued?, revoked?}}; the inside
 * of value alone is read too.  Indices are as they came: accum_delta_apply checks. */
struct ac_rev_delta {
	bool	has_prev;
	struct g2 prev, accum;
	struct accum_delta delta;
};
#define AC_REV_DELTA_INIT { .delta = ACCUM_DELTA_INIT }
int ac_rev_delta_decode(struct ac_rev_delta *out, struct json_object *o, struct err *e);
void ac_rev_delta_release(struct ac_rev_delta *d);
struct json_object *ac_rev_delta_encode(const struct ac_rev_delta *d);

/* {witness{omega}, accum, timestamp}; the older rev_reg{accum} is read too. */
struct ac_rev_state {
	struct g2 witness, accum;
	int64_t	timestamp;
};
int ac_rev_state_decode(struct ac_rev_state *out, struct json_object *o, struct err *e);
struct json_object *ac_rev_state_encode(const struct ac_rev_state *s);
#endif
