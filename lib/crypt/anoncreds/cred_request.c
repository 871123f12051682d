#include "cred_request.h"

#include <string.h>

#include "../../base/cleanup.h"

static const char *const members[] = {
	"entropy", "prover_did", "cred_def_id", "blinded_ms",
	"blinded_ms_correctness_proof", "nonce", NULL,
};
static const char *const blinded_members[] = {
	"u", "ur", "hidden_attributes", "committed_attributes", NULL,
};
static const char *const proof_members[] = {
	"c", "v_dash_cap", "m_caps", "r_caps", NULL,
};
static const char *const holder_members[] = { "entropy", "prover_did" };

/* empty: an optional member that is an object must have no members. */
static int
empty(struct json_object *o, const char *key, struct err *e)
{
	struct json_object *v;
	int got = ac_opt_sub(o, key, &v, e);

	if (got == 1 && json_object_object_length(v) != 0)
		return ac_bad(e, key, "must be empty");
	return got == -1 ? -1 : 0;
}

/* link_alone: an array of which master_secret is the one element. */
static int
link_alone(struct json_object *o, const char *key, struct err *e)
{
	struct json_object *v;
	const char *s;

	if (ac_arr(o, key, 1, 1, &v, e) == -1)
		return -1;
	s = ac_string(json_object_array_get_idx(v, 0), AC_NAME_MAX);
	if (s == NULL || strcmp(s, CL_LINK) != 0)
		return ac_bad(e, key, "must be master_secret alone");
	return 0;
}

static int
read_blinded(struct ac_cred_request *r, struct json_object *o, struct err *e)
{
	struct json_object *ur;

	if (ac_members(o, blinded_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "u", BN_BITS_MAX, &r->blinded.u, e) == -1 ||
	    link_alone(o, "hidden_attributes", e) == -1 ||
	    empty(o, "committed_attributes", e) == -1)
		return -1;
	r->revocable = json_object_object_get_ex(o, "ur", &ur) && ur != NULL;
	return r->revocable ? ac_g1(o, "ur", WIRE_FINITE, &r->ur, e) : 0;
}

static int
read_proof(struct cl_request *b, struct json_object *o, struct err *e)
{
	CLEANUP(cl_map_release) struct cl_map caps = CL_MAP_INIT;
	const struct bn *m_cap;

	if (ac_members(o, proof_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "c", CL_CHALLENGE, &b->c, e) == -1 ||
	    ac_num(o, "v_dash_cap", BN_BITS_MAX, &b->v_dash_cap, e) == -1 ||
	    ac_num_map(o, "m_caps", CL_ATTRS_MAX, BN_BITS_MAX, &caps, e) == -1 ||
	    empty(o, "r_caps", e) == -1)
		return -1;
	m_cap = cl_map_get(&caps, CL_LINK);
	if (caps.n != 1 || m_cap == NULL)
		return ac_bad(e, "m_caps", "must be of master_secret alone");
	bn_set(&b->m_cap, m_cap);
	return 0;
}

/* read_holder: the text of the context, from the one member that has it. */
static int
read_holder(struct ac_cred_request *r, struct err *e)
{
	int entropy = ac_opt_text(r->json, "entropy", AC_ID_MAX, &r->holder, e);
	int did = entropy == -1 ? -1 :
	    ac_opt_text(r->json, "prover_did", AC_ID_MAX, &r->holder, e);

	if (did == -1)
		return -1;
	if (entropy + did != 1)
		return ac_bad(e, "entropy",
		    "must be there, or else prover_did must");
	return 0;
}

static int
read_all(struct ac_cred_request *r, struct err *e)
{
	struct json_object *blinded, *proof;

	if (ac_members(r->json, members, SIZE_MAX, e) == -1 ||
	    read_holder(r, e) == -1 ||
	    ac_text(r->json, "cred_def_id", AC_ID_MAX, &r->cred_def_id, e) == -1 ||
	    ac_num(r->json, "nonce", AC_NONCE_BITS, &r->nonce, e) == -1 ||
	    ac_sub(r->json, "blinded_ms", &blinded, e) == -1 ||
	    ac_sub(r->json, "blinded_ms_correctness_proof", &proof, e) == -1)
		return -1;
	if (bn_sign(&r->nonce) == -1)
		return ac_bad(e, "nonce", "must not be negative");
	if (read_blinded(r, blinded, e) == -1)
		return ac_under(e, "blinded_ms");
	if (read_proof(&r->blinded, proof, e) == -1)
		return ac_under(e, "blinded_ms_correctness_proof");
	return 0;
}

int
ac_cred_request_decode(struct ac_cred_request *out, struct json_object *o,
    struct err *e)
{
	CLEANUP(ac_cred_request_release) struct ac_cred_request r =
	    AC_CRED_REQUEST_INIT;

	r.json = json_object_get(o);
	if (read_all(&r, e) == -1)
		return -1;
	*out = r;
	r = (struct ac_cred_request)AC_CRED_REQUEST_INIT;
	return 0;
}

void
ac_cred_request_release(struct ac_cred_request *r)
{
	cl_request_release(&r->blinded);
	bn_release(&r->nonce);
	json_object_put(r->json);
	*r = (struct ac_cred_request)AC_CRED_REQUEST_INIT;
}

static struct json_object *
encode_blinded(const struct cl_request *b, const struct g1 *ur)
{
	struct json_object *o = ac_new_object(), *hidden = ac_new_array();

	ac_add_num(o, "u", &b->u);
	if (ur != NULL)
		ac_add_g1(o, "ur", ur);
	else
		json_add(o, "ur", NULL);
	ac_push_str(hidden, CL_LINK);
	json_add(o, "hidden_attributes", hidden);
	json_add(o, "committed_attributes", ac_new_object());
	return o;
}

static struct json_object *
encode_proof(const struct cl_request *b)
{
	struct json_object *o = ac_new_object(), *caps = ac_new_object();

	ac_add_num(o, "c", &b->c);
	ac_add_num(o, "v_dash_cap", &b->v_dash_cap);
	ac_add_num(caps, CL_LINK, &b->m_cap);
	json_add(o, "m_caps", caps);
	json_add(o, "r_caps", ac_new_object());
	return o;
}

struct json_object *
ac_cred_request_encode(enum ac_holder kind, const char *holder,
    const char *cred_def_id, const struct cl_request *blinded,
    const struct g1 *ur, const struct bn *nonce)
{
	struct json_object *o = ac_new_object();

	json_add_str(o, holder_members[kind], holder);
	json_add_str(o, "cred_def_id", cred_def_id);
	json_add(o, "blinded_ms", encode_blinded(blinded, ur));
	json_add(o, "blinded_ms_correctness_proof", encode_proof(blinded));
	ac_add_num(o, "nonce", nonce);
	return o;
}
