#ifndef ANONCREDS_PRESENT_H
#define ANONCREDS_PRESENT_H
#include "credential.h"
#include "objects.h"
#include "pres_request.h"
#include "presentation.h"
/*
 * The holder makes a presentation.
 *
 * selection says which credential answers which referent, in Indy's form:
 *	{"requested_attributes": {ref: {"cred_id", "timestamp"?, "revealed": bool}},
 *	 "requested_predicates": {ref: {"cred_id", "timestamp"?}}}
 * One sub-proof is made for each pair of cred_id and timestamp; a pair with a
 * timestamp gets a proof of non-revocation, for the state of that time.
 */
struct ac_choice {
	const char *ref, *cred_id;
	bool	has_timestamp, revealed;	/* revealed: attributes only */
	int64_t	timestamp;
};
struct ac_selection {
	struct json_object *json;
	struct ac_choice *attrs, *preds;
	size_t	n_attrs, n_preds;
};
#define AC_SELECTION_INIT { .json = NULL }
int ac_selection_decode(struct ac_selection *out, struct json_object *o, struct err *e);
void ac_selection_release(struct ac_selection *s);

struct ac_held {			/* a credential of the wallet */
	const char *id;			/* cred_id of the selection */
	const struct ac_credential *cred;
};
struct ac_held_state {			/* for one credential at one time */
	const char *cred_id;
	struct ac_rev_state state;
};
struct ac_present {
	const struct ac_pres_request *request;
	const struct ac_selection *selection;
	const struct ac_held *held;
	size_t	n_held;
	const struct ac_held_state *states;
	size_t	n_states;
	const struct ac_objects *objects;	/* definitions; schemas where restrictions ask;
						 * a registry that is there is checked against */
	struct json_object *self_attested;	/* {ref: text}, or NULL */
	const struct bn *link;
};
/*
 * ac_present(out, in, e): the Presentation.  Every referent of the request is
 * answered exactly once; the holder's own proof would pass ac_verify, so it
 * refuses before proving: ERR_RESTRICTION, ERR_PREDICATE_FALSE, ERR_REVOKED (the
 * witness does not fit), ERR_ITEM_NOT_FOUND (a credential, definition or state
 * that was not given), ERR_STRUCTURE, ERR_PAST_LIMIT (AC_CREDS_MAX).
 */
int ac_present(struct json_object **out, const struct ac_present *in, struct err *e);
#endif
