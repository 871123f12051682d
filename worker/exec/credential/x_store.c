#include <stdio.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/holder.h"
#include "../../../lib/crypt/anoncreds/ids.h"
#include "cred_record.h"
#include "field.h"
#include "heldcred.h"
#include "linksecret.h"
#include "need.h"
#include "pending.h"
#include "x_holder.h"

/* What a credential is tried with: each request of the wallet that may have brought it. */
struct trial {
	struct fork_job *j;
	struct json_object *credential;
	struct ac_credential cred;	/* decoded anew for each trial: accepting changes it */
	struct ac_cred_def def;
	struct ac_rev_reg reg;
	bool	has_reg;
	struct json_object *accepted;	/* NULL: not yet */
	char	request[64];		/* the record that it was accepted with */
	int64_t	version;
	struct err why;			/* of the last refusal */
};
#define TRIAL_INIT { .cred = AC_CREDENTIAL_INIT, .def = AC_CRED_DEF_INIT, .reg = AC_REV_REG_INIT, .why = ERR_INIT }

static void
trial_release(struct trial *t)
{
	json_put(&t->accepted);
	ac_rev_reg_release(&t->reg);
	ac_cred_def_release(&t->def);
	ac_credential_release(&t->cred);
}

static int
read_trial(struct fork_job *j, struct trial *t, struct err *e)
{
	struct json_object *def, *reg;
	int rc;

	t->j = j;
	if (need_object(j, "credential", &t->credential, e) == -1 || need_object(j, "cred_def", &def, e) == -1)
		return -1;
	if (ac_credential_decode(&t->cred, t->credential, e) == -1)
		return ac_under(e, "credential");
	if (ac_cred_def_decode(&t->def, def, e) == -1)
		return ac_under(e, "cred_def");
	rc = field_object(j, "rev_reg_def", &reg, e);
	if (rc == 1 && ac_rev_reg_decode(&t->reg, reg, e) == -1)
		return ac_under(e, "rev_reg_def");
	t->has_reg = rc == 1;
	return rc == -1 ? -1 : 0;
}

/* unfit: a request that cannot be tried, for its link secret is gone or it is
 * none, is remembered as a refusal is: others may fit. */
static int
unfit(struct trial *t, struct err *e)
{
	if (e->code != ERR_ITEM_NOT_FOUND && e->code != ERR_STRUCTURE && e->code != ERR_PAST_LIMIT)
		return -1;
	t->why = *e;
	*e = (struct err)ERR_INIT;
	return 0;
}

/* try: accept it with this request's metadata; a refusal is remembered only. */
static int
try(struct trial *t, const struct record *r, int64_t version, struct err *e)
{
	CLEANUP(ac_cred_request_meta_release) struct ac_cred_request_meta meta = AC_CRED_REQUEST_META_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(bn_release) struct bn link = BN_INIT;
	struct ac_accept in = { .def = &t->def, .meta = &meta, .link = &link,
	    .rev_reg = t->has_reg ? &t->reg : NULL, .check_encoding = true };

	if (json_parse(&o, r->value, r->value_len, e) == -1 || ac_cred_request_meta_decode(&meta, o, e) == -1 ||
	    linksecret_get(t->j, meta.link_secret_name, &link, e) == -1)
		return unfit(t, e);
	ac_credential_release(&t->cred);
	t->cred = (struct ac_credential)AC_CREDENTIAL_INIT;
	if (ac_credential_decode(&t->cred, t->credential, e) == -1)
		return -1;
	if (ac_holder_accept(&t->accepted, &t->cred, &in, &t->why) == -1)
		return 0;
	snprintf(t->request, sizeof(t->request), "%s", r->name);
	t->version = version;
	return 0;
}

static int
try_each(void *arg, const struct record *r, int64_t version, struct err *e)
{
	struct trial *t = arg;
	struct json_object *tag;

	if (t->accepted != NULL || r->tags == NULL || !json_object_object_get_ex(r->tags, PENDING_TAG, &tag) ||
	    !json_object_is_type(tag, json_type_string) || strcmp(json_object_get_string(tag), t->cred.cred_def_id) != 0)
		return 0;
	return try(t, r, version, e);
}

static int
process_credential(struct fork_job *j, struct err *e)
{
	CLEANUP(trial_release) struct trial t = TRIAL_INIT;
	struct json_object *body;

	if (read_trial(j, &t, e) == -1 || cred_record_each(j, PENDING_RECORD, try_each, &t, e) == -1)
		return -1;
	if (t.accepted == NULL && t.why.code == ERR_NONE)
		return err_set(e, ERR_PROOF_REJECTED, "credential: the wallet has asked for none of its definition");
	if (t.accepted == NULL) {
		*e = t.why;
		return -1;
	}
	if (heldcred_put(j, fork_job_id(j), &t.cred, t.accepted, e) == -1 ||
	    cred_record_delete(j, PENDING_RECORD, t.request, t.version, e) == -1)
		return -1;
	body = json_object_new_object();
	json_add_str(body, "credential_id", fork_job_id(j));
	fork_result(j, 201, body);
	return 0;
}

const struct fork_kind x_process_credential = { .name = "holder.process_credential", .run = process_credential };
