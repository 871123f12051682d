#include "cred_def.h"

#include "../../base/cleanup.h"

static const char *const private_members[] = { "value", NULL };
static const char *const value_members[] = { "p_key", "r_key", NULL };
static const char *const p_members[] = { "p", "q", NULL };
static const char *const r_members[] = { "x", "sk", NULL };
static const char *const proof_members[] = { "c", "xz_cap", "xr_cap", NULL };

static int
read_primary(struct cl_priv *key, struct json_object *o,
    const struct cl_pub *pub, struct err *e)
{
	if (ac_members(o, p_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "p", BN_BITS_MAX, &key->p_half, e) == -1 ||
	    ac_num(o, "q", BN_BITS_MAX, &key->q_half, e) == -1)
		return -1;
	if (cl_priv_ready(key, pub, e) == -1)
		return err_wrap(e, "p");
	return 0;
}

static int
read_revocation(struct accum_priv *rev, struct json_object *o,
    const struct accum_pub *pub, struct err *e)
{
	if (ac_members(o, r_members, SIZE_MAX, e) == -1 ||
	    ac_scalar(o, "x", &rev->x, e) == -1 ||
	    ac_scalar(o, "sk", &rev->sk, e) == -1)
		return -1;
	if (!accum_key_matches(pub, rev))
		return ac_bad(e, "sk", "is of another key");
	return 0;
}

static int
read_value(struct ac_cred_def_private *p, struct json_object *o,
    const struct ac_cred_def *def, struct err *e)
{
	struct json_object *primary, *rev;
	int got;

	if (ac_members(o, value_members, SIZE_MAX, e) == -1 ||
	    ac_sub(o, "p_key", &primary, e) == -1)
		return -1;
	if (read_primary(&p->key, primary, &def->key, e) == -1)
		return ac_under(e, "p_key");
	got = ac_opt_sub(o, "r_key", &rev, e);
	if (got == -1)
		return -1;
	if ((got == 1) != def->revocable)
		return ac_bad(e, "r_key", "must be there when the definition "
		    "is revocable, and only then");
	if (got == 1 && read_revocation(&p->rev, rev, &def->rev, e) == -1)
		return ac_under(e, "r_key");
	return 0;
}

int
ac_cred_def_private_decode(struct ac_cred_def_private *out,
    struct json_object *o, const struct ac_cred_def *def, struct err *e)
{
	CLEANUP(ac_cred_def_private_release) struct ac_cred_def_private p =
	    AC_CRED_DEF_PRIVATE_INIT;
	struct json_object *value;

	if (ac_members(o, private_members, SIZE_MAX, e) == -1 ||
	    ac_sub(o, "value", &value, e) == -1)
		return -1;
	if (read_value(&p, value, def, e) == -1)
		return ac_under(e, "value");
	*out = p;
	p = (struct ac_cred_def_private)AC_CRED_DEF_PRIVATE_INIT;
	return 0;
}

void
ac_cred_def_private_release(struct ac_cred_def_private *p)
{
	cl_priv_release(&p->key);
	accum_priv_wipe(&p->rev);
}

struct json_object *
ac_cred_def_private_encode(const struct cl_priv *key,
    const struct accum_priv *rev)
{
	struct json_object *o = ac_new_object(), *value = ac_new_object();
	struct json_object *primary = ac_new_object(), *r = NULL;

	ac_add_num(primary, "p", &key->p_half);
	ac_add_num(primary, "q", &key->q_half);
	json_add(value, "p_key", primary);
	if (rev != NULL) {
		r = ac_new_object();
		ac_add_scalar(r, "x", &rev->x);
		ac_add_scalar(r, "sk", &rev->sk);
	}
	json_add(value, "r_key", r);
	json_add(o, "value", value);
	return o;
}

/* read_cap: one [name, number] of xr_cap. */
static int
read_cap(struct cl_map *out, struct json_object *pair, struct err *e)
{
	CLEANUP(bn_release) struct bn num = BN_INIT;
	const char *name, *text;

	if (!json_object_is_type(pair, json_type_array) ||
	    json_object_array_length(pair) != 2)
		return ac_bad(e, "", "must be a name and a number");
	name = ac_string(json_object_array_get_idx(pair, 0), AC_NAME_MAX);
	text = ac_string(json_object_array_get_idx(pair, 1), AC_DEC_MAX);
	if (name == NULL || text == NULL)
		return ac_bad(e, "", "must be a name and a number");
	return ac_num_text(text, BN_BITS_MAX, &num, e) == -1 ||
	    cl_map_add(out, name, &num, e) == -1 ? -1 : 0;
}

int
ac_key_proof_decode(struct cl_key_proof *out, struct json_object *o,
    struct err *e)
{
	CLEANUP(cl_key_proof_release) struct cl_key_proof p = CL_KEY_PROOF_INIT;
	struct json_object *caps;
	size_t n;

	if (ac_members(o, proof_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "c", CL_CHALLENGE, &p.c, e) == -1 ||
	    ac_num(o, "xz_cap", BN_BITS_MAX, &p.xz_cap, e) == -1 ||
	    ac_arr(o, "xr_cap", 1, CL_ATTRS_MAX, &caps, e) == -1)
		return -1;
	n = json_object_array_length(caps);
	for (size_t i = 0; i < n; i++)
		if (read_cap(&p.xr_cap,
		    json_object_array_get_idx(caps, i), e) == -1)
			return ac_under(e, "xr_cap[%zu]", i);
	*out = p;
	p = (struct cl_key_proof)CL_KEY_PROOF_INIT;
	return 0;
}

struct json_object *
ac_key_proof_encode(const struct cl_key_proof *p)
{
	struct json_object *o = ac_new_object(), *caps = ac_new_array();

	ac_add_num(o, "c", &p->c);
	ac_add_num(o, "xz_cap", &p->xz_cap);
	for (size_t i = 0; i < p->xr_cap.n; i++) {
		struct json_object *pair = ac_new_array();

		ac_push_str(pair, p->xr_cap.at[i].name);
		ac_push_num(pair, &p->xr_cap.at[i].num);
		ac_push(caps, pair);
	}
	json_add(o, "xr_cap", caps);
	return o;
}
