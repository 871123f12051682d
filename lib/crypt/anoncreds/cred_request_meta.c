#include "cred_request.h"

#include "../../base/cleanup.h"

static const char *const members[] = {
	"link_secret_blinding_data", "master_secret_blinding_data", "nonce",
	"link_secret_name", "master_secret_name", "holder", NULL,
};
static const char *const blinding_members[] = { "v_prime", "vr_prime", NULL };

/* either: the name under which one of two members stands; the newer, if none. */
static const char *
either(struct json_object *o, const char *newer, const char *legacy)
{
	struct json_object *v;

	return !json_object_object_get_ex(o, newer, &v) &&
	    json_object_object_get_ex(o, legacy, &v) ? legacy : newer;
}

static int
read_blinding(struct ac_cred_request_meta *m, struct json_object *o,
    struct err *e)
{
	struct json_object *vr;

	if (ac_members(o, blinding_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "v_prime", BN_BITS_MAX, &m->v_prime, e) == -1)
		return -1;
	m->revocable = json_object_object_get_ex(o, "vr_prime", &vr) &&
	    vr != NULL;
	return m->revocable ? ac_scalar(o, "vr_prime", &m->vr_prime, e) : 0;
}

static int
read_all(struct ac_cred_request_meta *m, struct err *e)
{
	struct json_object *o = m->json, *blinding;
	const char *data, *name;

	if (ac_members(o, members, SIZE_MAX, e) == -1)
		return -1;
	data = either(o, "link_secret_blinding_data",
	    "master_secret_blinding_data");
	name = either(o, "link_secret_name", "master_secret_name");
	if (ac_sub(o, data, &blinding, e) == -1 ||
	    ac_num(o, "nonce", AC_NONCE_BITS, &m->nonce, e) == -1 ||
	    ac_text(o, name, AC_NAME_MAX, &m->link_secret_name, e) == -1 ||
	    ac_opt_text(o, "holder", AC_ID_MAX, &m->holder, e) == -1)
		return -1;
	if (read_blinding(m, blinding, e) == -1)
		return ac_under(e, "%s", data);
	return 0;
}

int
ac_cred_request_meta_decode(struct ac_cred_request_meta *out,
    struct json_object *o, struct err *e)
{
	CLEANUP(ac_cred_request_meta_release) struct ac_cred_request_meta m =
	    AC_CRED_REQUEST_META_INIT;

	m.json = json_object_get(o);
	if (read_all(&m, e) == -1)
		return -1;
	*out = m;
	m = (struct ac_cred_request_meta)AC_CRED_REQUEST_META_INIT;
	return 0;
}

void
ac_cred_request_meta_release(struct ac_cred_request_meta *m)
{
	bn_release(&m->v_prime);
	bn_release(&m->nonce);
	fr_wipe(&m->vr_prime);
	json_object_put(m->json);
	m->json = NULL;
}

struct json_object *
ac_cred_request_meta_encode(const struct bn *v_prime, const struct fr *vr_prime,
    const struct bn *nonce, const char *link_secret_name, const char *holder)
{
	struct json_object *o = ac_new_object(), *blinding = ac_new_object();

	ac_add_num(blinding, "v_prime", v_prime);
	if (vr_prime != NULL)
		ac_add_scalar(blinding, "vr_prime", vr_prime);
	else
		json_add(blinding, "vr_prime", NULL);
	json_add(o, "link_secret_blinding_data", blinding);
	ac_add_num(o, "nonce", nonce);
	json_add_str(o, "link_secret_name", link_secret_name);
	json_add_str(o, "holder", holder);
	return o;
}
