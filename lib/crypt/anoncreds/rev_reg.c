#include "rev_reg.h"

#include <string.h>

#include "../../base/cleanup.h"

static const char *const members[] = {
	"issuerId", "revocDefType", "credDefId", "tag", "value", "id", "ver",
	NULL,
};
static const char *const value_members[] = {
	"maxCredNum", "publicKeys", "tailsHash", "tailsLocation",
	"issuanceType", NULL,
};
static const char *const keys_members[] = { "accumKey", NULL };
static const char *const key_members[] = { "z", NULL };

static const char *const issuances[] = {
	[ACCUM_BY_DEFAULT] = "ISSUANCE_BY_DEFAULT",
	[ACCUM_ON_DEMAND] = "ISSUANCE_ON_DEMAND",
};
#define N_ISSUANCES (sizeof(issuances) / sizeof(issuances[0]))

static int
read_key(struct gt *z, struct json_object *o, struct err *e)
{
	struct json_object *key;

	if (ac_members(o, keys_members, SIZE_MAX, e) == -1 ||
	    ac_sub(o, "accumKey", &key, e) == -1)
		return -1;
	if (ac_members(key, key_members, SIZE_MAX, e) == -1 ||
	    ac_gt(key, "z", z, e) == -1)
		return ac_under(e, "accumKey");
	return 0;
}

static int
read_issuance(struct ac_rev_reg *r, struct json_object *o, struct err *e)
{
	const char *word;
	int got = ac_opt_text(o, "issuanceType", AC_NAME_MAX, &word, e);

	if (got != 1)
		return got;
	for (size_t i = 0; i < N_ISSUANCES; i++)
		if (strcmp(word, issuances[i]) == 0) {
			r->issuance = (enum accum_issuance)i;
			r->says_issuance = true;
			return 0;
		}
	return ac_bad(e, "issuanceType",
	    "must be ISSUANCE_BY_DEFAULT or ISSUANCE_ON_DEMAND");
}

static int
read_value(struct ac_rev_reg *r, struct json_object *o, struct err *e)
{
	struct json_object *keys;
	int64_t size;

	if (ac_members(o, value_members, SIZE_MAX, e) == -1 ||
	    ac_i64(o, "maxCredNum", ACCUM_SIZE_MIN, ACCUM_SIZE_MAX, &size, e) == -1 ||
	    ac_text(o, "tailsHash", AC_NAME_MAX, &r->tails_hash, e) == -1 ||
	    ac_opt_text(o, "tailsLocation", 2048, &r->tails_location, e) == -1 ||
	    ac_sub(o, "publicKeys", &keys, e) == -1 ||
	    read_issuance(r, o, e) == -1)
		return -1;
	r->size = (uint32_t)size;
	if (read_key(&r->z, keys, e) == -1)
		return ac_under(e, "publicKeys");
	return 0;
}

static int
read_all(struct ac_rev_reg *r, struct err *e)
{
	struct json_object *o = r->json, *value;
	const char *type, *ver;

	if (ac_members(o, members, SIZE_MAX, e) == -1 ||
	    ac_text(o, "revocDefType", AC_NAME_MAX, &type, e) == -1 ||
	    ac_text(o, "credDefId", AC_ID_MAX, &r->cred_def_id, e) == -1 ||
	    ac_text(o, "tag", AC_NAME_MAX, &r->tag, e) == -1 ||
	    ac_opt_text(o, "issuerId", AC_ID_MAX, &r->issuer_id, e) == -1 ||
	    ac_opt_text(o, "id", AC_ID_MAX, &r->id, e) == -1 ||
	    ac_opt_text(o, "ver", AC_NAME_MAX, &ver, e) == -1 ||
	    ac_sub(o, "value", &value, e) == -1)
		return -1;
	if (strcmp(type, "CL_ACCUM") != 0)
		return ac_bad(e, "revocDefType", "must be CL_ACCUM");
	if (r->issuer_id == NULL && r->id == NULL)
		return ac_bad(e, "issuerId", "is required");
	if (read_value(r, value, e) == -1)
		return ac_under(e, "value");
	return 0;
}

int
ac_rev_reg_decode(struct ac_rev_reg *out, struct json_object *o, struct err *e)
{
	CLEANUP(ac_rev_reg_release) struct ac_rev_reg r = AC_REV_REG_INIT;

	r.json = json_object_get(o);
	if (read_all(&r, e) == -1)
		return -1;
	*out = r;
	r.json = NULL;
	return 0;
}

void
ac_rev_reg_release(struct ac_rev_reg *r)
{
	json_object_put(r->json);
	*r = (struct ac_rev_reg)AC_REV_REG_INIT;
}

struct json_object *
ac_rev_reg_encode(const struct ac_rev_reg *r)
{
	struct json_object *o = ac_new_object(), *value = ac_new_object();
	struct json_object *keys = ac_new_object(), *key = ac_new_object();

	ac_add_gt(key, "z", &r->z);
	json_add(keys, "accumKey", key);
	json_add_i64(value, "maxCredNum", r->size);
	json_add(value, "publicKeys", keys);
	json_add_str(value, "tailsHash", r->tails_hash);
	json_add_str(value, "tailsLocation", r->tails_location);
	json_add_str(value, "issuanceType", issuances[r->issuance]);
	json_add_str(o, "issuerId", r->issuer_id);
	json_add_str(o, "revocDefType", "CL_ACCUM");
	json_add_str(o, "credDefId", r->cred_def_id);
	json_add_str(o, "tag", r->tag);
	json_add(o, "value", value);
	return o;
}
