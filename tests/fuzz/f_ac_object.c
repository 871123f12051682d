/*
 * Objects of AnonCreds: the first byte says which, the rest is its JSON.  No
 * crash; what is accepted can be written, and what was written is accepted and
 * written the same.
 * Reaches: lib/crypt/anoncreds/schema.c lib/crypt/anoncreds/cred_def.c lib/crypt/anoncreds/cred_def_private.c
 * lib/crypt/anoncreds/offer.c lib/crypt/anoncreds/cred_request.c lib/crypt/anoncreds/cred_request_meta.c
 * lib/crypt/anoncreds/credential.c lib/crypt/anoncreds/values.c lib/crypt/anoncreds/rev_reg.c
 * lib/crypt/anoncreds/rev_list.c lib/crypt/anoncreds/rev_delta.c lib/crypt/anoncreds/pres_request.c
 * lib/crypt/anoncreds/presentation.c lib/crypt/anoncreds/proof.c lib/crypt/anoncreds/shown.c
 * lib/crypt/anoncreds/selection.c lib/crypt/anoncreds/number.c lib/crypt/anoncreds/field.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/anoncreds/cred_request.h"
#include "../../lib/crypt/anoncreds/credential.h"
#include "../../lib/crypt/anoncreds/offer.h"
#include "../../lib/crypt/anoncreds/present.h"
#include "../../lib/crypt/anoncreds/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each: 0 and, where there is an encoder, *out; -1 refused. */
typedef int (*object_fn)(struct json_object *o, struct json_object **out);
static struct err e;

static int
schema(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_schema_release) struct ac_schema s = AC_SCHEMA_INIT;

	(void)out;
	return ac_schema_decode(&s, o, &e);
}

static int
cred_def(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_cred_def_release) struct ac_cred_def d = AC_CRED_DEF_INIT;

	if (ac_cred_def_decode(&d, o, &e) == -1)
		return -1;
	if (d.issuer_id != NULL)
		*out = ac_cred_def_encode(d.schema_id, d.tag, d.issuer_id,
		    &d.key, d.revocable ? &d.rev : NULL);
	return 0;
}

static int
key_proof(struct json_object *o, struct json_object **out)
{
	CLEANUP(cl_key_proof_release) struct cl_key_proof p = CL_KEY_PROOF_INIT;

	if (ac_key_proof_decode(&p, o, &e) == -1)
		return -1;
	*out = ac_key_proof_encode(&p);
	return 0;
}

static int
offer(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_offer_release) struct ac_offer f = AC_OFFER_INIT;

	if (ac_offer_decode(&f, o, &e) == -1)
		return -1;
	*out = ac_offer_encode(f.schema_id, f.cred_def_id, &f.key_proof, &f.nonce);
	return 0;
}

static int
request(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_cred_request_release) struct ac_cred_request r =
	    AC_CRED_REQUEST_INIT;

	if (ac_cred_request_decode(&r, o, &e) == -1)
		return -1;
	*out = ac_cred_request_encode(AC_ENTROPY, r.holder, r.cred_def_id,
	    &r.blinded, r.revocable ? &r.ur : NULL, &r.nonce);
	return 0;
}

static int
meta(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_cred_request_meta_release) struct ac_cred_request_meta m =
	    AC_CRED_REQUEST_META_INIT;

	if (ac_cred_request_meta_decode(&m, o, &e) == -1)
		return -1;
	*out = ac_cred_request_meta_encode(&m.v_prime,
	    m.revocable ? &m.vr_prime : NULL, &m.nonce, m.link_secret_name,
	    m.holder);
	return 0;
}

static int
credential(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_credential_release) struct ac_credential c =
	    AC_CREDENTIAL_INIT;

	if (ac_credential_decode(&c, o, &e) == -1)
		return -1;
	*out = ac_credential_encode(&c);
	return 0;
}

static int
rev_reg(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_rev_reg_release) struct ac_rev_reg r = AC_REV_REG_INIT;

	if (ac_rev_reg_decode(&r, o, &e) == -1)
		return -1;
	if (r.issuer_id != NULL)
		*out = ac_rev_reg_encode(&r);
	return 0;
}

static int
rev_list(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_rev_list_release) struct ac_rev_list l = AC_REV_LIST_INIT;

	if (ac_rev_list_decode(&l, o, &e) == -1)
		return -1;
	*out = ac_rev_list_encode(l.rev_reg_id, l.issuer_id, &l.list, &l.accum,
	    l.timestamp);
	return 0;
}

static int
rev_delta(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_rev_delta_release) struct ac_rev_delta d = AC_REV_DELTA_INIT;

	if (ac_rev_delta_decode(&d, o, &e) == -1)
		return -1;
	*out = ac_rev_delta_encode(&d);
	return 0;
}

static int
rev_state(struct json_object *o, struct json_object **out)
{
	struct ac_rev_state s;

	if (ac_rev_state_decode(&s, o, &e) == -1)
		return -1;
	*out = ac_rev_state_encode(&s);
	return 0;
}

static int
pres_request(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_pres_request_release) struct ac_pres_request r =
	    AC_PRES_REQUEST_INIT;

	(void)out;
	return ac_pres_request_decode(&r, o, &e);
}

static int
presentation(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_presentation_release) struct ac_presentation p =
	    AC_PRESENTATION_INIT;

	if (ac_presentation_decode(&p, o, &e) == -1)
		return -1;
	*out = ac_presentation_encode(&p);
	return 0;
}

static int
selection(struct json_object *o, struct json_object **out)
{
	CLEANUP(ac_selection_release) struct ac_selection s = AC_SELECTION_INIT;

	(void)out;
	return ac_selection_decode(&s, o, &e);
}

static const struct { char letter; object_fn fn; } objects[] = {
	{ 's', schema }, { 'd', cred_def }, { 'k', key_proof }, { 'o', offer },
	{ 'r', request }, { 'm', meta }, { 'c', credential }, { 'g', rev_reg },
	{ 'l', rev_list }, { 'x', rev_delta }, { 't', rev_state },
	{ 'q', pres_request }, { 'p', presentation }, { 'i', selection },
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(json_put) struct json_object *o = NULL, *once = NULL;
	CLEANUP(json_put) struct json_object *twice = NULL;
	object_fn fn = NULL;

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (size > 0 && objects[i].letter == (char)data[0])
			fn = objects[i].fn;
	if (fn == NULL ||
	    json_parse(&o, (const char *)data + 1, size - 1, &e) == -1)
		return 0;
	if (fn(o, &once) == -1) {
		if (e.code != ERR_STRUCTURE && e.code != ERR_PAST_LIMIT)
			abort();
		if (!utf8_valid(e.msg, strlen(e.msg)))
			abort();
		return 0;
	}
	if (once != NULL && (fn(once, &twice) == -1 ||
	    strcmp(json_text(once), json_text(twice)) != 0))
		abort();
	return 0;
}
