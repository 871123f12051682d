#ifndef ANONCREDS_VERIFY_H
#define ANONCREDS_VERIFY_H
#include "objects.h"
#include "pres_request.h"
#include "presentation.h"
/*
 * The verifier: every rule of section 4.  A proof that does not hold is a result,
 * not an error: {valid, reasons[]}, the first broken rule in the order of
 * verify.c.
 */
struct ac_verify_opts {
	bool	check_encoding;		/* rule 10; the setting's default is true */
	bool	legacy_revocation;	/* rule 8: accept a proof with its own m2 */
	bool	nonce_used;		/* rule 9: the job found the nonce used, expired or not made here */
};
struct ac_verdict {
	bool	valid;
	const char *reason;		/* static word; NULL when valid */
	char	where[200];		/* which referent, sub-proof or field; may be "" */
};
/*
 * ac_verify(v, request, presentation, objects, opts): presentation is JSON from
 * outside: what cannot be read is refused as "malformed" (or "number_too_long"),
 * with the field in where.  Any number of calls may share request and objects.
 */
void ac_verify(struct ac_verdict *v, const struct ac_pres_request *request,
    struct json_object *presentation, const struct ac_objects *objects,
    const struct ac_verify_opts *opts);
/* ac_verdict_encode(v): {"valid": bool, "reasons": [word], "where": [text]}. */
struct json_object *ac_verdict_encode(const struct ac_verdict *v);
#endif
