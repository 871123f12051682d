#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/holder.h"
#include "cred_record.h"
#include "linksecret.h"
#include "need.h"
#include "pending.h"
#include "x_holder.h"

/* ---- link secrets --------------------------------------------------------- */

/* secret_of_request: the one that was given, or a new one. */
static int
secret_of_request(struct fork_job *j, struct bn *out, struct err *e)
{
	const char *text = NULL;

	if (fork_opt_str(j, "value", 1, BN_DEC_MAX, &text, e) == -1)
		return -1;
	if (text == NULL) {
		cl_link_secret(out);
		return 0;
	}
	if (bn_from_dec(out, text, strlen(text), LINKSECRET_BITS, e) == -1 || bn_sign(out) <= 0)
		return err_set(e, ERR_STRUCTURE, "value: not a number from 1 to 2^%d - 1", LINKSECRET_BITS);
	return 0;
}

static int
create_link_secret(struct fork_job *j, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record there = CRED_RECORD_INIT;
	CLEANUP(bn_release) struct bn secret = BN_INIT;
	const char *name = fork_job_id(j);
	struct json_object *body;
	int rc;

	if (fork_opt_str(j, "name", 1, AC_NAME_MAX, &name, e) == -1 || secret_of_request(j, &secret, e) == -1)
		return -1;
	rc = cred_record_get(j, LINKSECRET_RECORD, name, &there, e);
	if (rc == 1)
		return err_set(e, ERR_LINK_SECRET_EXISTS, "name: the wallet has a link secret %.200s", name);
	if (rc == -1 || linksecret_put(j, name, &secret, e) == -1)
		return -1;
	body = json_object_new_object();
	json_add_str(body, "name", name);
	fork_result(j, 201, body);
	return 0;
}

/* ---- requests ------------------------------------------------------------- */

/* read_holder: exactly one of entropy and prover_did. */
static int
read_holder(struct fork_job *j, struct ac_want *w, struct err *e)
{
	const char *entropy = NULL, *did = NULL;

	if (fork_opt_str(j, "entropy", 1, AC_ID_MAX, &entropy, e) == -1 ||
	    fork_opt_str(j, "prover_did", 1, AC_ID_MAX, &did, e) == -1)
		return -1;
	if ((entropy == NULL) == (did == NULL))
		return err_set(e, ERR_STRUCTURE, "entropy: give entropy or prover_did, one of them");
	w->kind = did != NULL ? AC_PROVER_DID : AC_ENTROPY;
	w->holder = did != NULL ? did : entropy;
	return 0;
}

static int
keep_meta(struct fork_job *j, const char *cred_def_id, struct json_object *meta, struct err *e)
{
	CLEANUP(json_put) struct json_object *tags = json_object_new_object();
	const char *text = json_text(meta);
	const struct record r = { .type = PENDING_RECORD, .name = fork_job_id(j), .value = text,
	    .value_len = strlen(text), .tags = tags };

	json_add_str(tags, PENDING_TAG, cred_def_id);
	return cred_record_put(j, &r, CRED_RECORD_NEW, e);
}

static int
create_request(struct fork_job *j, struct err *e)
{
	CLEANUP(ac_offer_release) struct ac_offer offer = AC_OFFER_INIT;
	CLEANUP(ac_cred_def_release) struct ac_cred_def def = AC_CRED_DEF_INIT;
	CLEANUP(bn_release) struct bn link = BN_INIT;
	CLEANUP(json_put) struct json_object *meta = NULL;
	struct ac_want want = { .offer = &offer, .def = &def, .link = &link };
	struct json_object *o, *d, *request;

	if (fork_get_str(j, "link_secret", 1, AC_NAME_MAX, &want.link_secret_name, e) == -1 ||
	    need_object(j, "offer", &o, e) == -1 || need_object(j, "cred_def", &d, e) == -1 ||
	    read_holder(j, &want, e) == -1)
		return -1;
	if (ac_offer_decode(&offer, o, e) == -1)
		return ac_under(e, "offer");
	if (ac_cred_def_decode(&def, d, e) == -1)
		return ac_under(e, "cred_def");
	if (linksecret_get(j, want.link_secret_name, &link, e) == -1 ||
	    ac_holder_request(&request, &meta, &want, e) == -1 || keep_meta(j, offer.cred_def_id, meta, e) == -1)
		return -1;
	fork_result(j, 201, request);
	return 0;
}

const struct fork_kind x_create_link_secret = { .name = "holder.create_link_secret", .run = create_link_secret };
const struct fork_kind x_create_request = { .name = "holder.create_request", .run = create_request };
