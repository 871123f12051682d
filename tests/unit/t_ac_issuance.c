/*
 * Rules 12 and 13 (specification, section 4): what an issuer refuses before it
 * signs, and a holder before it stores.
 */
#include "acworld.h"

static struct world w;

/* What a row spoils, and which of the steps then refuses with which word. */
typedef void (*spoil_fn)(struct issuance *s);
struct row {
	const char *what;
	spoil_fn spoil;
	enum err_code code;
	const char *word;		/* in the message */
};

#define PERSON "{\"First Name\": \"Alex\", \"age\": \"28\", " \
	"\"height\": \"175\", \"zero\": \"0\"}"

static void
add_one(struct bn *a)
{
	CLEANUP(bn_release) struct bn one = BN_INIT;

	bn_set_i64(&one, 1);
	bn_add(a, a, &one);
}

/* ---- issuer ------------------------------------------------------------- */

static void
other_nonce(struct issuance *s)
{
	add_one(&s->offer.nonce);
}

static void
u_plus_n(struct issuance *s)
{
	bn_add(&s->request.blinded.u, &s->request.blinded.u, &w.def[0].key.n);
}

static void
u_of_p(struct issuance *s)
{
	bn_set(&s->request.blinded.u, &w.secret[0].key.p);
}

static void
other_v(struct issuance *s)
{
	add_one(&s->request.blinded.v_dash_cap);
}

static void
other_m(struct issuance *s)
{
	add_one(&s->request.blinded.m_cap);
}

static void
other_definition(struct issuance *s)
{
	s->request.cred_def_id = W_WORK_DEF;
}

static void
no_ur(struct issuance *s)
{
	s->request.revocable = false;
}

static void
no_registry(struct issuance *s)
{
	s->issue.rev_reg_id = NULL;
}

static void
index_0(struct issuance *s)
{
	s->issue.index = 0;
}

static void
index_l(struct issuance *s)
{
	s->issue.index = W_SIZE;
}

static void
index_revoked(struct issuance *s)
{
	s->issue.index = 5;
}

static void
raw_differs(struct issuance *s)
{
	s->values.at[0].raw = "Bob";
}

static void
value_missing(struct issuance *s)
{
	CLEANUP(json_put) struct json_object *v = json_of("{\"age\": \"28\"}");
	struct err e = ERR_INIT;

	ac_values_release(&s->values);
	must(ac_values_decode(&s->values, v, &e), &e, "values");
}

static const struct row issuer_rows[] = {
	{ "12: another offer's nonce", other_nonce, ERR_PROOF_REJECTED, "request_proof" },
	{ "12: U >= n", u_plus_n, ERR_PROOF_REJECTED, "request_element" },
	{ "12: U with a factor of n", u_of_p, ERR_PROOF_REJECTED, "request_element" },
	{ "12: v^", other_v, ERR_PROOF_REJECTED, "request_proof" },
	{ "12: m^", other_m, ERR_PROOF_REJECTED, "request_proof" },
	{ "a request for another definition", other_definition, ERR_STRUCTURE, "request.cred_def_id" },
	{ "no ur", no_ur, ERR_STRUCTURE, "request.blinded_ms.ur" },
	{ "no registry", no_registry, ERR_STRUCTURE, "registry" },
	{ "12: index 0", index_0, ERR_REVOCATION_ID, "index 0" },
	{ "12: index L", index_l, ERR_REVOCATION_ID, "index 8" },
	{ "12: an index that does not count", index_revoked, ERR_REVOCATION_ID, "not in the accumulator" },
	{ "10: raw", raw_differs, ERR_STRUCTURE, "values.First Name" },
	{ "values of other attributes", value_missing, ERR_STRUCTURE, "" },
};

static void
test_issuer(void)
{
	for (size_t i = 0; i < sizeof(issuer_rows) / sizeof(issuer_rows[0]); i++) {
		const struct row *r = &issuer_rows[i];
		CLEANUP(issuance_release) struct issuance s;
		struct err e = ERR_INIT;

		issuance_begin(&s, &w, 0, 4, PERSON);
		r->spoil(&s);
		is_int(ac_issuer_issue(&s.cred_json, &s.issue, &e), -1,
		    "issuer: %s", r->what);
		ok(e.code == r->code && strstr(e.msg, r->word) != NULL &&
		    s.cred_json == NULL, "%s", e.msg);
	}
}

/* ---- holder ------------------------------------------------------------- */

static void
key_proof(struct issuance *s)
{
	add_one(&s->offer.key_proof.xz_cap);
}

static void
key_proof_c(struct issuance *s)
{
	add_one(&s->offer.key_proof.c);
}

static void
key_proof_r(struct issuance *s)
{
	add_one(&s->offer.key_proof.xr_cap.at[1].num);
}

static const struct row request_rows[] = {
	{ "13: xz_cap", key_proof, ERR_PROOF_REJECTED, "key_proof" },
	{ "13: c", key_proof_c, ERR_PROOF_REJECTED, "key_proof" },
	{ "13: xr_cap", key_proof_r, ERR_PROOF_REJECTED, "key_proof" },
};

static void
test_request(void)
{
	for (size_t i = 0; i < sizeof(request_rows) / sizeof(request_rows[0]); i++) {
		const struct row *r = &request_rows[i];
		CLEANUP(issuance_release) struct issuance s;
		struct json_object *request = NULL, *meta = NULL;
		struct err e = ERR_INIT;

		issuance_begin(&s, &w, 0, 4, PERSON);
		r->spoil(&s);
		is_int(ac_holder_request(&request, &meta, &(struct ac_want){
		    .offer = &s.offer, .def = &w.def[0], .link = &w.link,
		    .link_secret_name = "main", .kind = AC_PROVER_DID,
		    .holder = "did" }, &e), -1, "holder, before asking: %s",
		    r->what);
		ok(e.code == r->code && strstr(e.msg, r->word) != NULL &&
		    request == NULL && meta == NULL, "%s", e.msg);
	}
}

static void
sig_a(struct issuance *s)
{
	add_one(&s->cred.sig.a);
}

static void
sig_a_plus_n(struct issuance *s)
{
	bn_add(&s->cred.sig.a, &s->cred.sig.a, &w.def[0].key.n);
}

static void
sig_e(struct issuance *s)
{
	add_one(&s->cred.sig.e);
}

static void
sig_v(struct issuance *s)
{
	add_one(&s->cred.sig.v);
}

static void
sig_m2(struct issuance *s)
{
	add_one(&s->cred.sig.m2);
}

static void
proof_se(struct issuance *s)
{
	add_one(&s->cred.proof.se);
}

static void
proof_c(struct issuance *s)
{
	add_one(&s->cred.proof.c);
}

static void
proof_nonce(struct issuance *s)
{
	add_one(&s->meta.nonce);
}

static void
other_value(struct issuance *s)
{
	add_one(cl_map_slot(&s->cred.values.encoded, "age"));
	s->cred.values.at[1].raw = "29";
}

static void
other_raw(struct issuance *s)
{
	s->cred.values.at[1].raw = "29";
}

static void
other_holder(struct issuance *s)
{
	s->meta.holder = "somebody else";
}

static void
other_index(struct issuance *s)
{
	s->cred.rev.index = 6;
}

static void
index_past_end(struct issuance *s)
{
	s->cred.rev.index = W_SIZE;
}

static void
rev_sigma(struct issuance *s)
{
	g1_dbl(&s->cred.rev.sigma, &s->cred.rev.sigma);
}

static void
rev_c(struct issuance *s)
{
	fr_add(&s->cred.rev.c, &s->cred.rev.c, &fr_one);
}

static void
rev_vr(struct issuance *s)
{
	fr_add(&s->cred.rev.vr, &s->cred.rev.vr, &fr_one);
}

static void
rev_m2(struct issuance *s)
{
	fr_add(&s->cred.rev.m2, &s->cred.rev.m2, &fr_one);
}

static void
rev_g_i(struct issuance *s)
{
	g1_dbl(&s->cred.rev.g_i, &s->cred.rev.g_i);
}

static void
rev_sigma_i(struct issuance *s)
{
	g2_dbl(&s->cred.rev.sigma_i, &s->cred.rev.sigma_i);
}

static void
rev_u_i(struct issuance *s)
{
	g2_dbl(&s->cred.rev.u_i, &s->cred.rev.u_i);
}

static void
witness(struct issuance *s)
{
	g2_dbl(&s->cred.witness, &s->cred.witness);
}

static void
accum(struct issuance *s)
{
	g2_dbl(&s->cred.accum, &s->cred.accum);
}

static void
no_rev_reg(struct issuance *s)
{
	s->accept.rev_reg = NULL;
}

static void
not_revocable(struct issuance *s)
{
	s->cred.revocable = false;
}

static const struct row accept_rows[] = {
	{ "13: A", sig_a, ERR_PROOF_REJECTED, "signature" },
	{ "13: A >= n", sig_a_plus_n, ERR_PROOF_REJECTED, "signature_element" },
	{ "13: e, even", sig_e, ERR_PROOF_REJECTED, "signature_e" },
	{ "13: v", sig_v, ERR_PROOF_REJECTED, "signature_wrong" },
	{ "13: m_2", sig_m2, ERR_PROOF_REJECTED, "context_differs" },
	{ "13: se", proof_se, ERR_PROOF_REJECTED, "signature_proof" },
	{ "13: c", proof_c, ERR_PROOF_REJECTED, "signature_proof" },
	{ "13: another request's nonce", proof_nonce, ERR_PROOF_REJECTED, "signature_proof" },
	{ "13: a value", other_value, ERR_PROOF_REJECTED, "signature_wrong" },
	{ "10: raw", other_raw, ERR_STRUCTURE, "credential.values.age" },
	{ "13: for another holder", other_holder, ERR_PROOF_REJECTED, "context_differs" },
	{ "13: for another index", other_index, ERR_PROOF_REJECTED, "context_differs" },
	{ "13: an index past the end", index_past_end, ERR_STRUCTURE, "r_credential.i" },
	{ "13: sigma", rev_sigma, ERR_PROOF_REJECTED, "rev_sigma_wrong" },
	{ "13: c of sigma", rev_c, ERR_PROOF_REJECTED, "rev_sigma_wrong" },
	{ "13: vr''", rev_vr, ERR_PROOF_REJECTED, "rev_sigma_wrong" },
	{ "13: m2 of sigma", rev_m2, ERR_PROOF_REJECTED, "rev_context_differs" },
	{ "13: g_i", rev_g_i, ERR_PROOF_REJECTED, "rev_" },
	{ "13: sigma_i", rev_sigma_i, ERR_PROOF_REJECTED, "rev_sigma_i_wrong" },
	{ "13: u_i", rev_u_i, ERR_PROOF_REJECTED, "rev_u_i_wrong" },
	{ "13: the witness", witness, ERR_PROOF_REJECTED, "witness_wrong" },
	{ "13: the accumulator", accum, ERR_PROOF_REJECTED, "witness_wrong" },
	{ "no registry", no_rev_reg, ERR_STRUCTURE, "rev_reg_def" },
	{ "no revocation part", not_revocable, ERR_STRUCTURE, "credential.rev_reg_id" },
};

/* issued: one issuance that every row gets anew. */
static void
begin_accept(struct issuance *s, const struct issuance *issued)
{
	struct err e = ERR_INIT;

	*s = (struct issuance){ .offer = AC_OFFER_INIT,
	    .request = AC_CRED_REQUEST_INIT, .meta = AC_CRED_REQUEST_META_INIT,
	    .values = AC_VALUES_INIT, .cred = AC_CREDENTIAL_INIT };
	must(ac_cred_request_meta_decode(&s->meta, issued->meta_json, &e), &e,
	    "metadata");
	must(ac_credential_decode(&s->cred, issued->cred_json, &e), &e,
	    "credential");
	s->accept = (struct ac_accept){ .def = &w.def[0], .meta = &s->meta,
	    .link = &w.link, .rev_reg = &w.reg, .check_encoding = true };
}

static void
test_accept(void)
{
	CLEANUP(issuance_release) struct issuance issued, good;
	struct json_object *kept = NULL;
	struct err e = ERR_INIT;

	issuance_begin(&issued, &w, 0, 4, PERSON);
	issuance_issue(&issued);
	begin_accept(&good, &issued);
	is_int(ac_holder_accept(&kept, &good.cred, &good.accept, &e), 0,
	    "holder: what is as it was issued %s", e.msg);
	json_object_put(kept);
	for (size_t i = 0; i < sizeof(accept_rows) / sizeof(accept_rows[0]); i++) {
		const struct row *r = &accept_rows[i];
		CLEANUP(issuance_release) struct issuance s;

		kept = NULL;
		begin_accept(&s, &issued);
		r->spoil(&s);
		is_int(ac_holder_accept(&kept, &s.cred, &s.accept, &e), -1,
		    "holder: %s", r->what);
		ok(e.code == r->code && strstr(e.msg, r->word) != NULL &&
		    kept == NULL, "%s", e.msg);
	}
}

/* Metadata of another agent does not say who asked: m_2 is the credential's. */
static void
test_foreign_metadata(void)
{
	CLEANUP(issuance_release) struct issuance s;
	struct json_object *kept = NULL;
	struct err e = ERR_INIT;

	issuance_begin(&s, &w, 0, 4, PERSON);
	issuance_issue(&s);
	s.meta.holder = NULL;
	is_int(ac_holder_accept(&kept, &s.cred, &s.accept, &e), 0,
	    "holder: metadata without the text of the context");
	json_object_put(kept);
}

int
main(void)
{
	world_init(&w);
	world_revoke(&w, 5);
	test_issuer();
	test_request();
	test_accept();
	test_foreign_metadata();
	world_release(&w);
	return done_testing();
}
