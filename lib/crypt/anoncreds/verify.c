#include "verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../base/cleanup.h"
#include "check.h"

/* The rules, the cheap ones first: each leaves what the later ones read. */
static int (*const checks[])(struct ac_check *) = {
	ac_check_identifiers,
	ac_check_numbers,
	ac_check_referents,
	ac_check_asked,
	ac_check_revocation,
	ac_check_restrictions,
	ac_check_challenge,
};
#define N_CHECKS (sizeof(checks) / sizeof(checks[0]))

int
ac_refuse(struct ac_check *k, const char *reason, const char *fmt, ...)
{
	va_list ap;

	k->verdict->valid = false;
	k->verdict->reason = reason;
	va_start(ap, fmt);
	vsnprintf(k->verdict->where, sizeof(k->verdict->where), fmt, ap);
	va_end(ap);
	ac_clean(k->verdict->where);
	return -1;
}

static void
release(struct ac_check *k)
{
	for (size_t i = 0; i < k->pres->n_proofs; i++) {
		ac_proven_release(&k->subs[i].proven);
		cl_map_release(&k->subs[i].shown);
		free(k->subs[i].preds);
	}
	free(k->subs);
}

static void
run(struct ac_check *k)
{
	size_t i = 0;

	k->subs = ac_zeroed(k->pres->n_proofs, sizeof(*k->subs));
	for (size_t s = 0; s < k->pres->n_proofs; s++)
		k->subs[s].preds = ac_zeroed(k->pres->n_preds,
		    sizeof(*k->subs[s].preds));
	while (i < N_CHECKS && checks[i](k) == 0)
		i++;
	if (i == N_CHECKS)
		*k->verdict = (struct ac_verdict){ .valid = true };
	release(k);
}

void
ac_verify(struct ac_verdict *v, const struct ac_pres_request *request,
    struct json_object *presentation, const struct ac_objects *objects,
    const struct ac_verify_opts *opts)
{
	CLEANUP(ac_presentation_release) struct ac_presentation p =
	    AC_PRESENTATION_INIT;
	struct ac_check k = { .request = request, .pres = &p,
	    .objects = objects, .opts = opts, .verdict = v };
	struct err e = ERR_INIT;

	*v = (struct ac_verdict){ .valid = false };
	if (opts->nonce_used) {
		ac_refuse(&k, "nonce_used", "nonce");
		return;
	}
	if (ac_presentation_decode(&p, presentation, &e) == -1) {
		ac_refuse(&k, e.code == ERR_PAST_LIMIT ? "number_too_long" :
		    "malformed", "%s", e.msg);
		return;
	}
	run(&k);
}

struct json_object *
ac_verdict_encode(const struct ac_verdict *v)
{
	struct json_object *o = ac_new_object(), *reasons = ac_new_array();
	struct json_object *where = ac_new_array();

	if (!v->valid) {
		ac_push_str(reasons, v->reason);
		ac_push_str(where, v->where);
	}
	json_add_bool(o, "valid", v->valid);
	json_add(o, "reasons", reasons);
	json_add(o, "where", where);
	return o;
}
