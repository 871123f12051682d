#include "x_did.h"

#include <stdio.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/envelope/did.h"
#include "cred_record.h"

/* key_of_request: the key of the request's seed, or a random one. */
static int
key_of_request(struct cred_job *j, struct did_key *k, struct err *e)
{
	const char *seed = NULL, *type = NULL;

	if (cred_opt_str(j, "crypto_type", 1, 32, &type, e) == -1 || did_crypto_type(type, e) == -1 ||
	    cred_opt_str(j, "seed", 1, 128, &seed, e) == -1)
		return -1;
	return did_key_make(k, seed, seed != NULL ? strlen(seed) : 0, e);
}

/* put: a record whose value is confidential. */
static int
put(struct cred_job *j, const char *type, const char *name, const struct wbuf *value, int64_t version, struct err *e)
{
	const struct record r = { .type = type, .name = name,
	    .value = (const char *)value->data, .value_len = value->len };

	return cred_record_put(j, &r, version, e);
}

static int
put_key(struct cred_job *j, const struct did_key *k, const char *verkey, int64_t version, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf value = WBUF_INIT_MAX(4096);

	if (did_key_write(&value, k, e) == -1)
		return -1;
	return put(j, DID_RECORD_KEY, verkey, &value, version, e);
}

static int
put_pair(struct cred_job *j, const char *type, const struct did_pair *p, int64_t version, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf value = WBUF_INIT_MAX(4096);

	did_pair_write(&value, p);
	return put(j, type, p->did, &value, version, e);
}

/* did_of_request: the one that was given, or that of the key. */
static int
did_of_request(struct cred_job *j, const struct did_key *k, char out[DID_TEXT], struct err *e)
{
	const char *given = NULL, *method = NULL;
	struct json_object *cid = cred_field(j, "cid");

	if (cred_opt_str(j, "did", 1, DID_TEXT - 1, &given, e) == -1 ||
	    cred_opt_str(j, "method_name", 1, 32, &method, e) == -1)
		return -1;
	if (cid != NULL && !json_object_is_type(cid, json_type_boolean))
		return err_set(e, ERR_STRUCTURE, "cid: not true or false");
	if (given == NULL)
		return did_of_key(out, k->pub, json_object_get_boolean(cid), method, e);
	if (did_check(given, e) == -1)
		return err_wrap(e, "did");
	snprintf(out, DID_TEXT, "%s", given);
	return 0;
}

static int
create_my(struct cred_job *j, struct err *e)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	CLEANUP(cred_record_release) struct cred_record there = CRED_RECORD_INIT;
	struct json_object *body;
	struct did_pair p;
	int rc;

	if (key_of_request(j, &k, e) == -1 || did_of_request(j, &k, p.did, e) == -1)
		return -1;
	verkey_text(p.verkey, k.pub);
	rc = cred_record_get(j, DID_RECORD_DID, p.did, &there, e);
	if (rc == 1)
		return err_set(e, ERR_DID_EXISTS, "%s is in this wallet already", p.did);
	if (rc == -1 || put_pair(j, DID_RECORD_DID, &p, CRED_RECORD_NEW, e) == -1 ||
	    put_key(j, &k, p.verkey, CRED_RECORD_NEW, e) == -1)
		return -1;
	body = json_object_new_object();
	json_add_str(body, "did", p.did);
	json_add_str(body, "verkey", p.verkey);
	cred_result(j, 201, body);
	return 0;
}

const struct cred_kind x_did_create_my = { "did.create_my", create_my };
