#include "heldcred.h"

#include <string.h>

#include "../../../lib/base/buf.h"
#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/ids.h"
#include "cred_record.h"

/* add_ids: what the legacy ids say; opaque ones say nothing. */
static void
add_ids(struct json_object *tags, const struct ac_credential *c)
{
	struct ac_schema_id s;
	struct ac_part issuer;

	json_add_str(tags, "schema_id", c->schema_id);
	json_add_str(tags, "cred_def_id", c->cred_def_id);
	json_add_str(tags, "rev_reg_id", c->rev_reg_id != NULL ? c->rev_reg_id : "None");
	if (ac_ids_issuer(c->cred_def_id, '3', &issuer))
		json_add_strn(tags, "issuer_did", issuer.p, issuer.len);
	if (!ac_ids_schema(c->schema_id, &s))
		return;
	json_add_strn(tags, "schema_issuer_did", s.did.p, s.did.len);
	json_add_strn(tags, "schema_name", s.name.p, s.name.len);
	json_add_strn(tags, "schema_version", s.version.p, s.version.len);
}

static void
add_tag(struct json_object *tags, const char *attr, const char *what, const char *text)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT_MAX(AC_NAME_MAX + 32);

	buf_addf(&name, "attr::%s::%s", attr, what);
	json_add_str(tags, name.data, text);
}

/* add_values: two tags an attribute; a value that is too long for a tag has none. */
static void
add_values(struct json_object *tags, const struct ac_credential *c)
{
	for (size_t i = 0; i < c->values.n; i++) {
		const struct ac_value *v = &c->values.at[i];

		add_tag(tags, v->normal, "marker", "1");
		if (strlen(v->raw) <= RECORD_TAG_MAX)
			add_tag(tags, v->normal, "value", v->raw);
	}
}

int
heldcred_put(struct fork_job *j, const char *id, const struct ac_credential *c, struct json_object *json, struct err *e)
{
	CLEANUP(json_put) struct json_object *tags = json_object_new_object();
	const char *text = json_text(json);
	const struct record r = { .type = HELDCRED_RECORD, .name = id, .value = text, .value_len = strlen(text), .tags = tags };

	add_ids(tags, c);
	add_values(tags, c);
	return cred_record_put(j, &r, CRED_RECORD_NEW, e);
}

int
heldcred_get(struct fork_job *j, const char *id, struct ac_credential *out, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record r = CRED_RECORD_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	int rc = cred_record_get(j, HELDCRED_RECORD, id, &r, e);

	if (rc == 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "selection: the wallet has no credential %.200s", id);
	if (rc == -1 || json_parse(&o, r.opened.r.value, r.opened.r.value_len, e) == -1)
		return -1;
	return ac_credential_decode(out, o, e);
}
