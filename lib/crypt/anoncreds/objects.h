#ifndef ANONCREDS_OBJECTS_H
#define ANONCREDS_OBJECTS_H
#include "cred_def.h"
#include "rev_list.h"
#include "rev_reg.h"
#include "schema.h"
/*
 * The public objects that a call is given: {id: object} as in the arguments
 * schemas, cred_defs, rev_reg_defs, and the array status_lists.  At most
 * AC_OBJECTS_MAX of each.  An object that has an id of its own (legacy form)
 * must stand under it.
 */
struct ac_objects {
	struct json_object *json;	/* what the ids live in */
	struct { const char *id; struct ac_schema o; } *schemas;
	struct { const char *id; struct ac_cred_def o; } *cred_defs;
	struct { const char *id; struct ac_rev_reg o; } *rev_regs;
	struct ac_rev_list *lists;
	size_t	n_schemas, n_cred_defs, n_rev_regs, n_lists;
};
#define AC_OBJECTS_INIT { .json = NULL }
/*
 * ac_objects_decode(out, args, e): the four members of args; each may be absent
 * or null.  0, or -1 with ERR_STRUCTURE, ERR_PAST_LIMIT naming member and id.
 */
int ac_objects_decode(struct ac_objects *out, struct json_object *args, struct err *e);
void ac_objects_release(struct ac_objects *o);
/* By id; NULL: not given.  Definitions are not const: ac_verify and the prover
 * add tables to their keys. */
const struct ac_schema *ac_objects_schema(const struct ac_objects *o, const char *id);
struct ac_cred_def *ac_objects_cred_def(const struct ac_objects *o, const char *id);
const struct ac_rev_reg *ac_objects_rev_reg(const struct ac_objects *o, const char *id);
/* ac_objects_list(o, rev_reg_id, timestamp): the list of just that time. */
const struct ac_rev_list *ac_objects_list(const struct ac_objects *o, const char *rev_reg_id, int64_t timestamp);
/* ac_objects_newest(o, rev_reg_id, at): the newest list that is not newer than at. */
const struct ac_rev_list *ac_objects_newest(const struct ac_objects *o, const char *rev_reg_id, int64_t at);
#endif
