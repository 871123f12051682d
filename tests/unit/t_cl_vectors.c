/*
 * Keys, issuance and presentations of other implementations: every number that
 * they published is computed again.  Masks that are not in the vectors follow
 * from the responses and, where it takes that, from the private key.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/bn/transcript.h"
#include "cl.h"

static struct json_object *definition, *credentials;
static struct cl_pub pk = CL_PUB_INIT;
static struct cl_priv sk = CL_PRIV_INIT;

static void
test_definition(void)
{
	CLEANUP(cl_key_proof_release) struct cl_key_proof proof =
	    CL_KEY_PROOF_INIT;
	struct bn *cap;
	struct err e = ERR_INIT;

	vec_pub(&pk, vec_at(definition, "public_key.p_key"));
	is_verdict(cl_pub_ready(&pk), CL_HOLDS, "the public key is of use");
	vec_bn(&sk.p_half, definition, "private_key.p_key.p");
	vec_bn(&sk.q_half, definition, "private_key.p_key.q");
	is_int(cl_priv_ready(&sk, &pk, &e), 0, "the private key is its own");
	vec_key_proof(&proof, vec_at(definition, "key_correctness_proof"));
	is_verdict(cl_key_check(&pk, &proof), CL_HOLDS, "the key proof holds");
	cap = &proof.xr_cap.at[2].num;
	bn_add(cap, cap, &proof.c);
	is_verdict(cl_key_check(&pk, &proof), CL_KEY_PROOF,
	    "and not with another response");
}

static void
test_old_key_proof(void)
{
	CLEANUP(cl_key_proof_release) struct cl_key_proof proof =
	    CL_KEY_PROOF_INIT;
	CLEANUP(cl_pub_release) struct cl_pub old = CL_PUB_INIT;
	CLEANUP(cl_key_proof_release) struct cl_key_proof turned =
	    CL_KEY_PROOF_INIT;
	struct json_object *o = vec_json("anoncreds/key-correctness-proof-v0.4.1.json");
	struct err e = ERR_INIT;

	vec_pub(&old, vec_at(o, "public_key"));
	is_verdict(cl_pub_ready(&old), CL_HOLDS, "a key with rms");
	vec_key_proof(&proof, vec_at(o, "key_correctness_proof"));
	is_verdict(cl_key_check(&old, &proof), CL_HOLDS,
	    "its proof holds without master_secret");
	bn_set(&turned.c, &proof.c);
	bn_set(&turned.xz_cap, &proof.xz_cap);
	for (size_t i = proof.xr_cap.n; i-- > 0;)
		cl_map_add(&turned.xr_cap, proof.xr_cap.at[i].name,
		    &proof.xr_cap.at[i].num, &e);
	is_verdict(cl_key_check(&old, &turned), CL_KEY_PROOF,
	    "the order of xr_cap is the order of the hash");
	turned.xr_cap.n--;
	is_verdict(cl_key_check(&old, &turned), CL_KEY_NAMES,
	    "no other base may be missing");
	turned.xr_cap.n++;
	json_object_put(o);
}

/* mask = response - c * secret */
static void
mask_of(struct bn *mask, const struct bn *response, const struct bn *c,
    const struct bn *secret)
{
	struct bn part = BN_INIT;

	bn_mul(&part, c, secret);
	bn_sub(mask, response, &part);
	bn_release(&part);
}

static void
test_request(struct json_object *o, struct cl_request *want,
    const struct bn *link, const struct bn *v_prime)
{
	CLEANUP(cl_request_release) struct cl_request got = CL_REQUEST_INIT;
	CLEANUP(cl_request_masks_release) struct cl_request_masks masks =
	    CL_REQUEST_MASKS_INIT;
	CLEANUP(bn_release) struct bn nonce = BN_INIT;
	CLEANUP(bn_release) struct bn kept = BN_INIT;
	struct err e = ERR_INIT;

	vec_bn(&nonce, o, "issuance_nonce");
	vec_bn(&want->u, o, "blinded_credential_secrets.u");
	o = vec_at(o, "blinded_credential_secrets_correctness_proof");
	vec_bn(&want->c, o, "c");
	vec_bn(&want->v_dash_cap, o, "v_dash_cap");
	vec_bn(&want->m_cap, o, "m_caps.master_secret");
	is_verdict(cl_request_check(want, &pk, &nonce), CL_HOLDS,
	    "the request's proof holds");
	mask_of(&masks.v_mask, &want->v_dash_cap, &want->c, v_prime);
	mask_of(&masks.m_mask, &want->m_cap, &want->c, link);
	bn_set(&masks.v_prime, v_prime);
	is_int(cl_request_make(&got, &kept, &pk, link, &nonce, &masks, &e), 0,
	    "made again: %s", e.msg);
	is_bn(&got.u, &want->u, "u");
	is_bn(&got.c, &want->c, "its challenge");
	is_bn(&got.v_dash_cap, &want->v_dash_cap, "v_dash_cap");
	is_bn(&got.m_cap, &want->m_cap, "m_cap");
}

static void
vec_known(struct cl_map *values, struct json_object *o)
{
	struct err e = ERR_INIT;

	json_object_object_foreach(o, name, v) {
		struct bn num = BN_INIT;
		struct json_object *known;

		if (json_object_object_get_ex(v, "Known", &known)) {
			vec_bn(&num, known, "value");
			cl_map_add(values, name, &num, &e);
		}
		bn_release(&num);
	}
}

static void
vec_signature(struct cl_signature *s, struct json_object *o)
{
	vec_bn(&s->m2, o, "m_2");
	vec_bn(&s->a, o, "a");
	vec_bn(&s->e, o, "e");
	vec_bn(&s->v, o, "v");
}

/* rho of a published proof: se + c/e */
static void
rho_of(struct bn *rho, const struct cl_signature_proof *proof,
    const struct bn *e)
{
	struct bn part = BN_INIT;

	bn_invert(&part, e, &sk.order);
	bn_mul(&part, &part, &proof->c);
	bn_add(&part, &part, &proof->se);
	bn_mod(rho, &part, &sk.order);
	bn_release(&part);
}

static void
test_signature(struct json_object *o, const struct cl_request *request,
    const struct bn *link, const struct bn *v_prime)
{
	CLEANUP(cl_signature_release) struct cl_signature want = CL_SIGNATURE_INIT;
	CLEANUP(cl_signature_release) struct cl_signature got = CL_SIGNATURE_INIT;
	CLEANUP(cl_signature_release) struct cl_signature processed =
	    CL_SIGNATURE_INIT;
	struct cl_signature_proof proof = CL_SIGNATURE_PROOF_INIT;
	struct cl_signature_proof made = CL_SIGNATURE_PROOF_INIT;
	CLEANUP(cl_signature_masks_release) struct cl_signature_masks masks =
	    CL_SIGNATURE_MASKS_INIT;
	CLEANUP(cl_map_release) struct cl_map values = CL_MAP_INIT;
	CLEANUP(bn_release) struct bn nonce = BN_INIT;
	CLEANUP(bn_release) struct bn m2 = BN_INIT;
	const char *holder = vec_text(o, "prover_id");
	struct err e = ERR_INIT;

	vec_bn(&nonce, o, "signature_nonce");
	vec_known(&values, vec_at(o, "credential_values.attrs_values"));
	vec_signature(&want, vec_at(o, "signature_from_issuer.p_credential"));
	vec_signature(&processed, vec_at(o, "signature_processed.p_credential"));
	vec_bn(&proof.se, o, "signature_correctness_proof.se");
	vec_bn(&proof.c, o, "signature_correctness_proof.c");
	cl_context(&m2, holder, strlen(holder),
	    json_object_get_int64(vec_at(o, "rev_idx")));
	is_bn(&m2, &want.m2, "m2 of holder and index");
	bn_set(&masks.e, &want.e);
	bn_set(&masks.v_second, &want.v);
	rho_of(&masks.rho, &proof, &want.e);
	is_int(cl_sign(&got, &made, &pk, &sk, request, &values, &m2, &nonce,
	    &masks, &e), 0, "signed again: %s", e.msg);
	is_bn(&got.a, &want.a, "A");
	is_bn(&made.c, &proof.c, "its challenge");
	is_bn(&made.se, &proof.se, "se");
	is_verdict(cl_signature_accept(&want, &proof, &pk, &values, link, v_prime,
	    &m2, &nonce), CL_HOLDS, "the holder accepts");
	is_bn(&want.v, &processed.v, "v = v' + v''");
	cl_signature_proof_release(&proof);
	cl_signature_proof_release(&made);
}

static void
test_issuances(void)
{
	for (size_t i = 0; i < json_object_array_length(credentials); i++) {
		struct json_object *o = json_object_array_get_idx(credentials, i);
		CLEANUP(cl_request_release) struct cl_request request =
		    CL_REQUEST_INIT;
		CLEANUP(bn_release) struct bn link = BN_INIT;
		CLEANUP(bn_release) struct bn v_prime = BN_INIT;

		vec_bn(&link, o, "link_secret.ms");
		vec_bn(&v_prime, o, "blinding_factors.v_prime");
		test_request(o, &request, &link, &v_prime);
		test_signature(o, &request, &link, &v_prime);
	}
}

static void
add_hex(struct transcript *h, struct json_object *list)
{
	uint8_t bytes[512];

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const char *s = json_object_get_string(
		    json_object_array_get_idx(list, i));

		transcript_bytes(h, bytes, unhex(bytes, s));
	}
}

static void
add_lists(struct transcript *h, struct json_object *lists)
{
	for (size_t i = 0; i < json_object_array_length(lists); i++) {
		struct json_object *list = json_object_array_get_idx(lists, i);

		for (size_t j = 0; j < json_object_array_length(list); j++) {
			uint8_t byte = (uint8_t)json_object_get_int(
			    json_object_array_get_idx(list, j));

			transcript_bytes(h, &byte, 1);
		}
	}
}

static void
add_primary(struct transcript *h, struct json_object *o, const struct bn *c)
{
	CLEANUP(cl_eq_proof_release) struct cl_eq_proof eq = CL_EQ_PROOF_INIT;
	CLEANUP(bn_release) struct bn t = BN_INIT;
	struct json_object *ges = vec_at(o, "ge_proofs");

	vec_eq(&eq, vec_at(o, "eq_proof"));
	is_verdict(cl_eq_check(&eq, &pk), CL_HOLDS, "an equality proof in range");
	ok(cl_eq_t(&t, &eq, &pk, c), "has a T");
	transcript_num(h, &t);
	for (size_t i = 0; i < json_object_array_length(ges); i++) {
		struct bn tau[CL_GE_TAU];
		struct cl_ge_proof ge;

		cl_ge_proof_init(&ge);
		vec_ge(&ge, json_object_array_get_idx(ges, i));
		is_verdict(cl_ge_check(&ge, &eq, &pk), CL_HOLDS,
		    "a predicate proof in range");
		for (int j = 0; j < CL_GE_TAU; j++)
			bn_init(&tau[j]);
		ok(cl_ge_tau(tau, &ge, &pk, c), "has its tau");
		for (int j = 0; j < CL_GE_TAU; j++) {
			transcript_num(h, &tau[j]);
			bn_release(&tau[j]);
		}
		cl_ge_proof_release(&ge);
	}
}

/* The challenge of presentation 1, with its published T1..T8. */
static void
test_presentation(const char *how)
{
	struct json_object *all = vec_json(REFGEN "presentations.json");
	struct json_object *taus = vec_json(REFGEN "tau-nonrevocation-verify-1.json");
	struct json_object *o = vec_at(all, "0");
	CLEANUP(bn_release) struct bn c = BN_INIT;
	CLEANUP(bn_release) struct bn nonce = BN_INIT;
	CLEANUP(bn_release) struct bn got = BN_INIT;
	struct transcript h;

	vec_bn(&c, o, "proof.aggregated_proof.c_hash");
	vec_bn(&nonce, o, "nonce");
	transcript_init(&h);
	add_hex(&h, vec_at(taus, "bytes_hex"));
	add_primary(&h, vec_at(o, "proof.proofs.0.primary_proof"), &c);
	add_lists(&h, vec_at(o, "proof.aggregated_proof.c_list"));
	transcript_num(&h, &nonce);
	transcript_final(&h, &got);
	ok(bn_eq(&got, &c), "the challenge of the presentation, %s", how);
	json_object_put(taus);
	json_object_put(all);
}

static void
test_hash(void)
{
	struct json_object *small = vec_json("anoncreds/small-vectors.json");
	struct json_object *in = vec_at(small, "hash_list.inputs_hex");
	CLEANUP(bn_release) struct bn got = BN_INIT;
	CLEANUP(bn_release) struct bn want = BN_INIT;
	uint8_t bytes[64];
	struct transcript h;

	transcript_init(&h);
	for (size_t i = 0; i < json_object_array_length(in); i++) {
		const char *s = json_object_get_string(json_object_array_get_idx(in, i));

		bn_from_bytes(&got, bytes, unhex(bytes, s));
		transcript_num(&h, &got);
	}
	transcript_final(&h, &got);
	bn_from_bytes(&want, bytes,
	    unhex(bytes, vec_text(small, "hash_list.result_hex")));
	is_bn(&got, &want, "H of two numbers");
	json_object_put(small);
}

int
main(void)
{
	if (vec_missing())
		return done_testing();
	definition = vec_json(REFGEN "credential_definition.json");
	credentials = vec_json(REFGEN "credentials.json");
	test_hash();
	test_definition();
	test_old_key_proof();
	test_issuances();
	test_presentation("without tables");
	cl_pub_combs(&pk);
	test_presentation("with tables of S and Z");
	cl_pub_release(&pk);
	cl_priv_release(&sk);
	json_object_put(definition);
	json_object_put(credentials);
	return done_testing();
}
