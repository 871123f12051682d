#include "definition.h"

#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "cred.h"

void
definition_release(struct definition *d)
{
	ac_cred_def_private_release(&d->secret);
	ac_cred_def_release(&d->pub);
	json_put(&d->said);
}

/* take: the parts of SQL's answer. */
static int
take(struct definition *d, struct err *e)
{
	struct json_object *object;

	if (json_get_str(d->said, "id", 1, AC_ID_MAX, &d->id, e) == -1 ||
	    json_get_obj(d->said, "object", &object, e) == -1 ||
	    json_get_obj(d->said, "key_proof", &d->key_proof, e) == -1 ||
	    json_get_i64(d->said, "version", 0, INT64_MAX, &d->version, e) == -1 ||
	    json_get_i64(d->said, "bits", 2048, 3072, &d->bits, e) == -1 ||
	    ac_cred_def_decode(&d->pub, object, e) == -1)
		return err_set(e, ERR_PROTO, "a definition of the database: %s", e->msg);
	return 0;
}

int
definition_find(struct fork_job *j, const char *id, struct definition *d, struct err *e)
{
	struct json_object *args = json_object_new_object();

	json_add_str(args, "kind", "cred_def");
	json_add_str(args, "id", id);
	if (fork_ask(j, "object_get", args, &d->said, NULL, e) == -1)
		return -1;
	if (d->said == NULL)
		return 0;
	return take(d, e) == -1 ? -1 : 1;
}

int
definition_mine(const struct fork_job *j, const struct definition *d, struct err *e)
{
	const char *theirs = NULL, *mine = NULL;

	if (json_opt_str(d->said, "wallet", 1, 256, &theirs, e) == -1 ||
	    json_get_str(cred_wallet(j), "id", 1, 256, &mine, e) == -1)
		return -1;
	if (theirs == NULL || strcmp(theirs, mine) != 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "cred_def_id: the wallet has no keys of %.200s", d->id);
	return 0;
}

int
definition_of(struct fork_job *j, const char *name, struct definition *d, struct err *e)
{
	const char *id;
	int rc;

	if (fork_get_str(j, name, 1, AC_ID_MAX, &id, e) == -1)
		return -1;
	rc = definition_find(j, id, d, e);
	if (rc == 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "%s: there is no definition %.200s", name, id);
	return rc == -1 ? -1 : definition_mine(j, d, e);
}

int
definition_open(struct fork_job *j, struct definition *d, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record r = CRED_RECORD_INIT;
	CLEANUP(json_put) struct json_object *keys = NULL;
	int rc = cred_record_get(j, DEFINITION_PRIVATE, d->id, &r, e);

	if (rc == 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "the wallet has no keys of %.200s", d->id);
	if (rc == -1 || json_parse(&keys, r.opened.r.value, r.opened.r.value_len, e) == -1)
		return -1;
	return ac_cred_def_private_decode(&d->secret, keys, &d->pub, e);
}

int
definition_keep(struct fork_job *j, const char *type, const char *id, struct json_object *keys,
    int64_t version, struct err *e)
{
	const char *text = json_text(keys);
	const struct record r = { .type = type, .name = id, .value = text, .value_len = strlen(text) };

	return cred_record_put(j, &r, version, e);
}
