#include "linksecret.h"

#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/number.h"
#include "cred_record.h"

int
linksecret_get(struct fork_job *j, const char *name, struct bn *out, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record r = CRED_RECORD_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	struct json_object *value;
	int rc = cred_record_get(j, LINKSECRET_RECORD, name, &r, e);

	if (rc == 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "link_secret: the wallet has no %.200s", name);
	if (rc == -1 || json_parse(&o, r.opened.r.value, r.opened.r.value_len, e) == -1 ||
	    json_get_obj(o, "value", &value, e) == -1)
		return -1;
	return ac_num(value, "ms", LINKSECRET_BITS, out, e);
}

int
linksecret_put(struct fork_job *j, const char *name, const struct bn *secret, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct json_object *value = json_object_new_object();
	struct record r = { .type = LINKSECRET_RECORD, .name = name };

	ac_add_num(value, "ms", secret);
	json_add(o, "value", value);
	r.value = json_text(o);
	r.value_len = strlen(r.value);
	return cred_record_put(j, &r, CRED_RECORD_NEW, e);
}
