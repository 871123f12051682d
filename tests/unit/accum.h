#ifndef TEST_ACCUM_H
#define TEST_ACCUM_H
/* What the tests of lib/crypt/accum share: vectors into structs, a registry. */
#include "../../lib/crypt/accum/issue.h"
#include "../../lib/crypt/accum/registry.h"
#include "../../lib/crypt/bn254/wire.h"
#include "../vectors.h"

#define REFGEN "anoncreds/refgen-default-L5/"

VEC_FN void
vec_g1(struct g1 *out, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);

	if (wire_g1_read(out, s, strlen(s), WIRE_FINITE, NULL) == -1)
		vec_die(path);
}

VEC_FN void
vec_g2(struct g2 *out, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);

	if (wire_g2_read(out, s, strlen(s), WIRE_MAY_BE_INFINITY, NULL) == -1)
		vec_die(path);
}

VEC_FN void
vec_gt(struct gt *out, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);

	if (wire_gt_read(out, s, strlen(s), NULL) == -1)
		vec_die(path);
}

VEC_FN void
vec_fr(struct fr *out, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);

	if (fr_from_hex(out, s, strlen(s), NULL) == -1)
		vec_die(path);
}

/* vec_dec(out, o, path): a decimal number mod r. */
VEC_FN void
vec_dec(struct fr *out, struct json_object *o, const char *path)
{
	const char *s = vec_text(o, path);
	struct bn a = BN_INIT;

	if (bn_from_dec(&a, s, strlen(s), BN_BITS_MAX, NULL) == -1)
		vec_die(path);
	accum_scalar(out, &a);
	bn_release(&a);
}

VEC_FN void
vec_pub(struct accum_pub *pk, struct json_object *r_key)
{
	vec_g1(&pk->g, r_key, "g");
	vec_g1(&pk->h, r_key, "h");
	vec_g1(&pk->h0, r_key, "h0");
	vec_g1(&pk->h1, r_key, "h1");
	vec_g1(&pk->h2, r_key, "h2");
	vec_g1(&pk->htilde, r_key, "htilde");
	vec_g1(&pk->pk, r_key, "pk");
	vec_g2(&pk->g_dash, r_key, "g_dash");
	vec_g2(&pk->h_cap, r_key, "h_cap");
	vec_g2(&pk->u, r_key, "u");
	vec_g2(&pk->y, r_key, "y");
}

VEC_FN void
vec_cred(struct accum_cred *c, struct json_object *r_credential)
{
	vec_g1(&c->sigma, r_credential, "sigma");
	vec_g1(&c->g_i, r_credential, "g_i");
	vec_g2(&c->sigma_i, r_credential, "witness_signature.sigma_i");
	vec_g2(&c->u_i, r_credential, "witness_signature.u_i");
	vec_fr(&c->c, r_credential, "c");
	vec_fr(&c->m2, r_credential, "m2");
	vec_fr(&c->vr, r_credential, "vr_prime_prime");
	c->index = (uint32_t)json_object_get_int(vec_at(r_credential, "i"));
}

/* The reference's registry of five, issued by default. */
struct refgen {
	struct json_object *def, *reg, *creds, *revoke;
	struct accum_pub pk;
	struct accum_priv sk;
	struct fr gamma;
	struct gt z;
	struct g2 acc, acc_after;	/* at first, and with index 2 revoked */
};

VEC_FN void
refgen_load(struct refgen *r)
{
	r->def = vec_json(REFGEN "credential_definition.json");
	r->reg = vec_json(REFGEN "revocation_registry.json");
	r->creds = vec_json(REFGEN "credentials.json");
	r->revoke = vec_json(REFGEN "revoke_index_2.json");
	vec_pub(&r->pk, vec_at(r->def, "public_key.r_key"));
	vec_fr(&r->sk.x, r->def, "private_key.r_key.x");
	vec_fr(&r->sk.sk, r->def, "private_key.r_key.sk");
	vec_fr(&r->gamma, r->reg, "private_key.gamma");
	vec_gt(&r->z, r->reg, "public_key.z");
	vec_g2(&r->acc, r->reg, "initial_registry.accum");
	vec_g2(&r->acc_after, r->revoke, "registry_after.accum");
}

VEC_FN void
refgen_release(struct refgen *r)
{
	json_object_put(r->def);
	json_object_put(r->reg);
	json_object_put(r->creds);
	json_object_put(r->revoke);
}
#endif
