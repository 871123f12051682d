#include <string.h>

#include "../../../lib/base/buf.h"
#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/issuer.h"
#include "definition.h"
#include "need.h"
#include "revstate.h"
#include "x_issuer.h"

static void
add_nonce(struct json_object *o, const struct bn *nonce)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(BN_DEC_MAX + 1);

	bn_to_dec(nonce, &text);
	json_add_strn(o, "nonce", text.data, text.len);
}

/* ---- the offer ------------------------------------------------------------ */

static int
create_offer(struct fork_job *j, struct err *e)
{
	CLEANUP(definition_release) struct definition d = DEFINITION_INIT;
	CLEANUP(cl_key_proof_release) struct cl_key_proof proof = CL_KEY_PROOF_INIT;
	CLEANUP(bn_release) struct bn nonce = BN_INIT;
	struct json_object *o, *offer;

	if (definition_of(j, "cred_def_id", &d, e) == -1)
		return -1;
	if (ac_key_proof_decode(&proof, d.key_proof, e) == -1)
		return err_set(e, ERR_PROTO, "a key proof of the database: %s", e->msg);
	ac_issuer_offer(&offer, &nonce, d.pub.schema_id, d.id, &proof);
	o = json_object_new_object();
	add_nonce(o, &nonce);
	json_add_str(o, "cred_def_id", d.id);
	fork_write(j, "offer", o);
	fork_result(j, 201, offer);
	return 0;
}

/* ---- the credential ------------------------------------------------------- */

struct issue {
	struct ac_offer offer;
	struct ac_cred_request request;
	struct ac_values values;
	struct definition def;
	struct revstate rev;
};
#define ISSUE_INIT { .offer = AC_OFFER_INIT, .request = AC_CRED_REQUEST_INIT, .values = AC_VALUES_INIT, \
	.def = DEFINITION_INIT, .rev = REVSTATE_INIT }

static void
issue_release(struct issue *i)
{
	ac_offer_release(&i->offer);
	ac_cred_request_release(&i->request);
	ac_values_release(&i->values);
	definition_release(&i->def);
	revstate_release(&i->rev);
}

static int
read_issue(struct fork_job *j, struct issue *i, struct err *e)
{
	struct json_object *offer, *request, *values;

	if (need_object(j, "offer", &offer, e) == -1 || need_object(j, "request", &request, e) == -1 ||
	    need_object(j, "values", &values, e) == -1)
		return -1;
	if (ac_offer_decode(&i->offer, offer, e) == -1)
		return ac_under(e, "offer");
	if (ac_cred_request_decode(&i->request, request, e) == -1)
		return ac_under(e, "request");
	if (ac_values_decode(&i->values, values, e) == -1)
		return ac_under(e, "values");
	return 0;
}

/* read_definition: the offer's, with its keys. */
static int
read_definition(struct fork_job *j, struct issue *i, struct err *e)
{
	int rc = definition_find(j, i->offer.cred_def_id, &i->def, e);

	if (rc == 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "offer.cred_def_id: there is no definition %.200s", i->offer.cred_def_id);
	if (rc == -1 || definition_mine(j, &i->def, e) == -1)
		return -1;
	return definition_open(j, &i->def, e);
}

/*
 * take_offer: rule 12: the nonce is ours, unused and unexpired, and becomes this
 * job's.  Before an index is handed out, which is burnt when the job fails, the
 * request's proof is looked at; ac_issuer_issue does so once more, for 3 ms.
 */
static int
take_offer(struct fork_job *j, const struct issue *i, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *args;
	const char *offered;
	enum cl_verdict v = cl_request_check(&i->request.blinded, &i->def.pub.key, &i->offer.nonce);

	if (v != CL_HOLDS)
		return err_set(e, ERR_PROOF_REJECTED, "request: %s", cl_verdict_word(v));
	args = json_object_new_object();
	add_nonce(args, &i->offer.nonce);
	if (fork_ask(j, "offer_take", args, &value, NULL, e) == -1)
		return -1;
	if (value == NULL)
		return err_set(e, ERR_PROOF_REJECTED, "offer: its nonce was not made here, was used, or has expired");
	if (json_get_str(value, "cred_def", 1, AC_ID_MAX, &offered, e) == -1)
		return err_set(e, ERR_PROTO, "offer_take: %s", e->msg);
	if (strcmp(offered, i->def.id) != 0 || strcmp(i->offer.schema_id, i->def.pub.schema_id) != 0)
		return err_set(e, ERR_PROOF_REJECTED, "offer: it was made for another definition or schema");
	return 0;
}

/* take_index: an index; on demand it is issued with this job's end. */
static int
take_index(struct fork_job *j, struct issue *i, struct err *e)
{
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;
	struct revstate *s = &i->rev;
	const char *registry = NULL;
	int64_t timestamp;

	if (fork_opt_str(j, "registry", 1, AC_ID_MAX, &registry, e) == -1 ||
	    revstate_index(j, i->def.id, registry, &i->def.pub.rev, s, e) == -1)
		return -1;
	if (s->issuance == ACCUM_BY_DEFAULT || accum_list_counts(&s->list, s->index))
		return 0;
	if (accum_delta_of(&d, &s->list, &s->index, 1, false, e) == -1 || revstate_change(s, &d, e) == -1 ||
	    revstate_time(j, s, &timestamp, e) == -1)
		return -1;
	revstate_write(j, s, timestamp);
	s->version++;
	return 0;
}

static int
result(struct fork_job *j, const struct issue *i, struct json_object *credential, struct err *e)
{
	struct json_object *body = json_object_new_object();

	json_add(body, "credential", credential);
	if (i->def.pub.revocable) {
		json_add_i64(body, "rev_reg_index", i->rev.index);
		json_add_i64(body, "status_list_version", i->rev.version);
	}
	return fork_private_result(j, 201, body, e);
}

static int
create_credential(struct fork_job *j, struct err *e)
{
	CLEANUP(issue_release) struct issue i = ISSUE_INIT;
	struct json_object *credential;
	struct ac_issue in;

	if (read_issue(j, &i, e) == -1 || read_definition(j, &i, e) == -1 || take_offer(j, &i, e) == -1 ||
	    (i.def.pub.revocable && take_index(j, &i, e) == -1))
		return -1;
	in = (struct ac_issue){ .def = &i.def.pub, .secret = &i.def.secret, .offer = &i.offer, .request = &i.request,
	    .values = &i.values, .check_encoding = true };
	if (i.def.pub.revocable) {
		in.rev_reg_id = i.rev.id;
		in.size = i.rev.size;
		in.index = i.rev.index;
		in.gamma = &i.rev.gamma;
		in.list = &i.rev.list;
		in.accum = &i.rev.accum;
	}
	if (ac_issuer_issue(&credential, &in, e) == -1)
		return -1;
	return result(j, &i, credential, e);
}

const struct fork_kind x_create_offer = { .name = "issuer.create_offer", .run = create_offer };
const struct fork_kind x_create_credential = { .name = "issuer.create_credential", .run = create_credential };
