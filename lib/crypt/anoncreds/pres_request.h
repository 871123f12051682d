#ifndef ANONCREDS_PRES_REQUEST_H
#define ANONCREDS_PRES_REQUEST_H
#include "../cl/ge.h"
#include "number.h"
#include "restriction.h"
/*
 * PresentationRequest: what a verifier asks.  Each referent asks for one name, a
 * group of names out of one credential, or a predicate.  Source: specification 3.6.
 */
struct ac_interval {			/* seconds since the epoch */
	bool	there;			/* non_revoked was given */
	bool	has_from, has_to;
	int64_t	from, to;
};
struct ac_ask {				/* requested_attributes[ref], requested_predicates[ref] */
	const char *ref;
	bool	group;			/* asked by `names` */
	size_t	n;			/* 1 unless a group */
	const char **names;		/* as written, */
	char	**normal;		/* and as compared; both its own */
	struct cl_predicate predicate;	/* of a predicate: attr is normal[0] */
	struct ac_restriction *restriction;	/* NULL: none */
	struct ac_interval own;		/* local interval */
};
struct ac_pres_request {
	struct json_object *json;
	const char *name, *version, *nonce_text;
	struct bn nonce;
	struct ac_ask *attrs, *preds;
	size_t	n_attrs, n_preds;
	struct ac_interval interval;	/* global */
};
#define AC_PRES_REQUEST_INIT { .nonce = BN_INIT }
/*
 * ac_pres_request_decode(out, o, e): at most AC_REFS_MAX attributes and
 * AC_PREDS_MAX predicates; restrictions are parsed.  ERR_STRUCTURE, ERR_PAST_LIMIT.
 */
int ac_pres_request_decode(struct ac_pres_request *out, struct json_object *o, struct err *e);
void ac_pres_request_release(struct ac_pres_request *r);
/* ac_pres_request_interval(r, a): the interval that applies to a: its own before
 * the request's; NULL: none. */
const struct ac_interval *ac_pres_request_interval(const struct ac_pres_request *r, const struct ac_ask *a);
/* ac_pres_request_attr(r, ref), _pred: NULL when nothing was asked under ref. */
const struct ac_ask *ac_pres_request_attr(const struct ac_pres_request *r, const char *ref);
const struct ac_ask *ac_pres_request_pred(const struct ac_pres_request *r, const char *ref);
#endif
