#include "credential.h"

#include "../../base/cleanup.h"

static const char *const members[] = {
	"schema_id", "cred_def_id", "rev_reg_id", "values", "signature",
	"signature_correctness_proof", "rev_reg", "witness", NULL,
};
static const char *const signature_members[] = {
	"p_credential", "r_credential", NULL,
};
static const char *const p_members[] = { "m_2", "a", "e", "v", NULL };
static const char *const r_members[] = {
	"sigma", "c", "vr_prime_prime", "witness_signature", "g_i", "i", "m2",
	NULL,
};
static const char *const w_members[] = { "sigma_i", "u_i", "g_i", NULL };
static const char *const proof_members[] = { "se", "c", NULL };

static int
read_primary(struct cl_signature *s, struct json_object *o, struct err *e)
{
	return ac_members(o, p_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "m_2", BN_BITS_MAX, &s->m2, e) == -1 ||
	    ac_num(o, "a", BN_BITS_MAX, &s->a, e) == -1 ||
	    ac_num(o, "e", BN_BITS_MAX, &s->e, e) == -1 ||
	    ac_num(o, "v", BN_BITS_MAX, &s->v, e) == -1 ? -1 : 0;
}

static int
read_witness_signature(struct accum_cred *r, struct json_object *o,
    struct err *e)
{
	struct g1 again;

	if (ac_members(o, w_members, SIZE_MAX, e) == -1 ||
	    ac_g2(o, "sigma_i", WIRE_FINITE, &r->sigma_i, e) == -1 ||
	    ac_g2(o, "u_i", WIRE_FINITE, &r->u_i, e) == -1 ||
	    ac_g1(o, "g_i", WIRE_FINITE, &again, e) == -1)
		return -1;
	if (!g1_equal(&again, &r->g_i))
		return ac_bad(e, "g_i", "is not that of the credential");
	return 0;
}

static int
read_revocation(struct accum_cred *r, struct json_object *o, struct err *e)
{
	struct json_object *w;
	int64_t i;

	if (ac_members(o, r_members, SIZE_MAX, e) == -1 ||
	    ac_g1(o, "sigma", WIRE_FINITE, &r->sigma, e) == -1 ||
	    ac_g1(o, "g_i", WIRE_FINITE, &r->g_i, e) == -1 ||
	    ac_scalar(o, "c", &r->c, e) == -1 ||
	    ac_scalar(o, "vr_prime_prime", &r->vr, e) == -1 ||
	    ac_scalar(o, "m2", &r->m2, e) == -1 ||
	    ac_i64(o, "i", 1, AC_REG_MAX, &i, e) == -1 ||
	    ac_sub(o, "witness_signature", &w, e) == -1)
		return -1;
	r->index = (uint32_t)i;
	if (read_witness_signature(r, w, e) == -1)
		return ac_under(e, "witness_signature");
	return 0;
}

static int
read_signature(struct ac_credential *c, struct json_object *o, struct err *e)
{
	struct json_object *p, *r;
	int got;

	if (ac_members(o, signature_members, SIZE_MAX, e) == -1 ||
	    ac_sub(o, "p_credential", &p, e) == -1)
		return -1;
	if (read_primary(&c->sig, p, e) == -1)
		return ac_under(e, "p_credential");
	got = ac_opt_sub(o, "r_credential", &r, e);
	if (got == -1)
		return -1;
	c->revocable = got == 1;
	if (c->revocable != (c->rev_reg_id != NULL))
		return ac_bad(e, "r_credential", "must be there when rev_reg_id "
		    "is, and only then");
	if (c->revocable && read_revocation(&c->rev, r, e) == -1)
		return ac_under(e, "r_credential");
	return 0;
}

static int
read_proof(struct cl_signature_proof *p, struct json_object *o, struct err *e)
{
	return ac_members(o, proof_members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "se", BN_BITS_MAX, &p->se, e) == -1 ||
	    ac_num(o, "c", CL_CHALLENGE, &p->c, e) == -1 ? -1 : 0;
}

/* read_point: the one member of an optional object; *there says whether. */
static int
read_point(struct json_object *o, const char *key, const char *inside,
    bool *there, struct g2 *out, struct err *e)
{
	const char *const known[] = { inside, NULL };
	struct json_object *v;
	int got = ac_opt_sub(o, key, &v, e);

	if (got == 1 && (ac_members(v, known, 1, e) == -1 ||
	    ac_g2(v, inside, WIRE_MAY_BE_INFINITY, out, e) == -1))
		return ac_under(e, "%s", key);
	*there = got == 1;
	return got == -1 ? -1 : 0;
}

static int
read_all(struct ac_credential *c, struct err *e)
{
	struct json_object *o = c->json, *values, *signature, *proof;

	if (ac_members(o, members, SIZE_MAX, e) == -1 ||
	    ac_text(o, "schema_id", AC_ID_MAX, &c->schema_id, e) == -1 ||
	    ac_text(o, "cred_def_id", AC_ID_MAX, &c->cred_def_id, e) == -1 ||
	    ac_opt_text(o, "rev_reg_id", AC_ID_MAX, &c->rev_reg_id, e) == -1 ||
	    ac_sub(o, "values", &values, e) == -1 ||
	    ac_sub(o, "signature", &signature, e) == -1 ||
	    ac_sub(o, "signature_correctness_proof", &proof, e) == -1)
		return -1;
	if (ac_values_decode(&c->values, values, e) == -1)
		return ac_under(e, "values");
	if (read_signature(c, signature, e) == -1)
		return ac_under(e, "signature");
	if (read_proof(&c->proof, proof, e) == -1)
		return ac_under(e, "signature_correctness_proof");
	return read_point(o, "rev_reg", "accum", &c->has_accum, &c->accum, e) == -1 ||
	    read_point(o, "witness", "omega", &c->has_witness, &c->witness, e) == -1 ?
	    -1 : 0;
}

int
ac_credential_decode(struct ac_credential *out, struct json_object *o,
    struct err *e)
{
	CLEANUP(ac_credential_release) struct ac_credential c =
	    AC_CREDENTIAL_INIT;

	c.json = json_object_get(o);
	if (read_all(&c, e) == -1)
		return -1;
	*out = c;
	c = (struct ac_credential)AC_CREDENTIAL_INIT;
	return 0;
}

void
ac_credential_release(struct ac_credential *c)
{
	ac_values_release(&c->values);
	cl_signature_release(&c->sig);
	cl_signature_proof_release(&c->proof);
	accum_cred_wipe(&c->rev);
	json_object_put(c->json);
	*c = (struct ac_credential)AC_CREDENTIAL_INIT;
}

static struct json_object *
encode_revocation(const struct accum_cred *r)
{
	struct json_object *o = ac_new_object(), *w = ac_new_object();

	ac_add_g1(o, "sigma", &r->sigma);
	ac_add_scalar(o, "c", &r->c);
	ac_add_scalar(o, "vr_prime_prime", &r->vr);
	ac_add_g2(w, "sigma_i", &r->sigma_i);
	ac_add_g2(w, "u_i", &r->u_i);
	ac_add_g1(w, "g_i", &r->g_i);
	json_add(o, "witness_signature", w);
	ac_add_g1(o, "g_i", &r->g_i);
	json_add_i64(o, "i", r->index);
	ac_add_scalar(o, "m2", &r->m2);
	return o;
}

static struct json_object *
encode_signature(const struct ac_credential *c)
{
	struct json_object *o = ac_new_object(), *p = ac_new_object();

	ac_add_num(p, "m_2", &c->sig.m2);
	ac_add_num(p, "a", &c->sig.a);
	ac_add_num(p, "e", &c->sig.e);
	ac_add_num(p, "v", &c->sig.v);
	json_add(o, "p_credential", p);
	json_add(o, "r_credential",
	    c->revocable ? encode_revocation(&c->rev) : NULL);
	return o;
}

/* encode_point: {inside: a}, or null. */
static struct json_object *
encode_point(const char *inside, bool there, const struct g2 *a)
{
	struct json_object *o = there ? ac_new_object() : NULL;

	if (there)
		ac_add_g2(o, inside, a);
	return o;
}

struct json_object *
ac_credential_encode(const struct ac_credential *c)
{
	struct json_object *o = ac_new_object(), *proof = ac_new_object();

	json_add_str(o, "schema_id", c->schema_id);
	json_add_str(o, "cred_def_id", c->cred_def_id);
	json_add_str(o, "rev_reg_id", c->rev_reg_id);
	json_add(o, "values", ac_values_encode(&c->values));
	json_add(o, "signature", encode_signature(c));
	ac_add_num(proof, "se", &c->proof.se);
	ac_add_num(proof, "c", &c->proof.c);
	json_add(o, "signature_correctness_proof", proof);
	json_add(o, "rev_reg", encode_point("accum", c->has_accum, &c->accum));
	json_add(o, "witness",
	    encode_point("omega", c->has_witness, &c->witness));
	return o;
}
