#include "../../../lib/base/buf.h"
#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/verify.h"
#include "field.h"
#include "x_verifier.h"

#define BATCH_MAX	1000

/* nonce_used: rule 9: a nonce that was made here, and was used, also earlier in
 * this batch (seen: its nonces so far), or has expired.  1, 0, -1.  A nonce that
 * others made is theirs to look after. */
static int
nonce_used(struct fork_job *j, const struct ac_pres_request *r, struct json_object *seen, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *args = json_object_new_object();
	bool known, fresh;

	json_add_str(args, "nonce", r->nonce_text);
	if (fork_ask(j, "request_nonce", args, &value, NULL, e) == -1 ||
	    json_get_bool(value, "known", &known, e) == -1 || json_get_bool(value, "fresh", &fresh, e) == -1)
		return -1;
	if (json_object_object_get_ex(seen, r->nonce_text, NULL))
		fresh = false;
	json_add_bool(seen, r->nonce_text, true);
	return known && !fresh;
}

static int
read_flag(struct json_object *claim, const char *name, bool *out, struct err *e)
{
	return json_opt_bool(claim, name, out, e) == -1 ? err_set(e, ERR_STRUCTURE, "%s: not true or false", name) : 0;
}

/* member: of the claim, else what the whole batch shares; NULL: neither has it. */
static struct json_object *
member(const struct fork_job *j, struct json_object *claim, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(claim, name, &v) && v != NULL ? v : fork_field(j, name);
}

/* The objects of a claim, as one: its own before the batch's. */
static struct json_object *
objects_of(const struct fork_job *j, struct json_object *claim)
{
	static const char *const names[] = { "schemas", "cred_defs", "rev_reg_defs", "status_lists", NULL };
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; names[i] != NULL; i++) {
		struct json_object *v = member(j, claim, names[i]);

		if (v != NULL)
			json_add(o, names[i], json_object_get(v));
	}
	return o;
}

/* check: one claim; *out gets {valid, reasons[]}. */
static int
check(struct fork_job *j, struct json_object *claim, struct json_object *seen, struct json_object **out, struct err *e)
{
	CLEANUP(ac_pres_request_release) struct ac_pres_request request = AC_PRES_REQUEST_INIT;
	CLEANUP(ac_objects_release) struct ac_objects objects = AC_OBJECTS_INIT;
	CLEANUP(json_put) struct json_object *given = objects_of(j, claim);
	struct json_object *r = member(j, claim, "request"), *p = member(j, claim, "presentation");
	struct ac_verify_opts opts = { .check_encoding = true };
	struct ac_verdict v;
	int used;

	if (r == NULL || p == NULL)
		return err_set(e, ERR_STRUCTURE, "%s: missing", r == NULL ? "request" : "presentation");
	if (ac_pres_request_decode(&request, r, e) == -1)
		return ac_under(e, "request");
	if (ac_objects_decode(&objects, given, e) == -1 ||
	    read_flag(claim, "legacy_revocation", &opts.legacy_revocation, e) == -1 ||
	    (used = nonce_used(j, &request, seen, e)) == -1)
		return -1;
	opts.nonce_used = used == 1;
	ac_verify(&v, &request, p, &objects, &opts);
	*out = ac_verdict_encode(&v);
	return 0;
}

/* check_all: a batch: {"results": [verdict, ...]} in the order of presentations. */
static int
check_all(struct fork_job *j, struct json_object *claims, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object(), *seen = json_object_new_object();
	struct json_object *results = json_object_new_array();
	size_t n = json_object_array_length(claims);

	json_add(body, "results", results);
	for (size_t i = 0; i < n; i++) {
		struct json_object *verdict;

		if (check(j, json_object_array_get_idx(claims, i), seen, &verdict, e) == -1)
			return ac_under(e, "presentations[%zu]", i);
		json_object_array_add(results, verdict);
		fork_progress(j, "verify", i + 1, n, "presentations");
	}
	fork_result(j, 200, STEAL(body));
	return 0;
}

static int
verify_presentation(struct fork_job *j, struct err *e)
{
	CLEANUP(json_put) struct json_object *claim = NULL, *seen = NULL;
	struct json_object *claims = fork_field(j, "presentations"), *verdict;
	bool legacy = false;

	if (claims != NULL && !json_object_is_type(claims, json_type_array))
		return err_set(e, ERR_STRUCTURE, "presentations: not an array");
	if (claims != NULL && json_object_array_length(claims) > BATCH_MAX)
		return err_set(e, ERR_PAST_LIMIT, "presentations: over %d", BATCH_MAX);
	if (claims != NULL)
		return check_all(j, claims, e);
	claim = json_object_new_object();
	seen = json_object_new_object();
	if (read_flag(fork_args(j), "legacy_revocation", &legacy, e) == -1)
		return -1;
	json_add_bool(claim, "legacy_revocation", legacy);
	if (check(j, claim, seen, &verdict, e) == -1)
		return -1;
	fork_result(j, 200, verdict);
	return 0;
}

const struct fork_kind x_verify_presentation = { .name = "verifier.verify_presentation", .run = verify_presentation };
