#include "x_did.h"

#include <stdio.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/wallet/query.h"
#include "didstore.h"
#include "field.h"

#define LIMIT_DEFAULT	50
#define LIMIT_MAX	200

static struct json_object *
describe(const struct did_pair *p)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "did", p->did);
	json_add_str(o, "verkey", p->verkey);
	return o;
}

/* did_field: the request's did, which must have the form of one. */
static int
did_field(const struct fork_job *j, const char **out, struct err *e)
{
	if (fork_get_str(j, "did", 1, DID_TEXT - 1, out, e) == -1)
		return -1;
	return did_check(*out, e) == -1 ? err_wrap(e, "did") : 0;
}

static int
not_found(const char *did, struct err *e)
{
	return err_set(e, ERR_ITEM_NOT_FOUND, "did: the wallet has no %.200s", did);
}

/* ---- making ------------------------------------------------------------- */

/* did_of_request: the one that was given, or that of the key. */
static int
did_of_request(struct fork_job *j, const struct did_key *k, char out[DID_TEXT], struct err *e)
{
	const char *given, *method = NULL;
	struct json_object *cid = fork_field(j, "cid");

	if (fork_opt_str(j, "method_name", 1, 32, &method, e) == -1)
		return -1;
	if (cid != NULL && !json_object_is_type(cid, json_type_boolean))
		return err_set(e, ERR_STRUCTURE, "cid: not true or false");
	if (fork_field(j, "did") == NULL)
		return did_of_key(out, k->pub, json_object_get_boolean(cid), method, e);
	if (did_field(j, &given, e) == -1)
		return -1;
	snprintf(out, DID_TEXT, "%s", given);
	return 0;
}

/* check_new: a random key's DID needs no question: nobody has it. */
static int
check_new(struct fork_job *j, const char *did, struct err *e)
{
	struct did_pair there;
	int rc;

	if (fork_field(j, "did") == NULL && fork_field(j, "seed") == NULL)
		return 0;
	rc = didstore_pair(j, DID_RECORD_DID, did, &there, NULL, e);
	return rc == 1 ? err_set(e, ERR_DID_EXISTS, "%.200s is in this wallet already", did) : rc;
}

static int
create_my(struct fork_job *j, struct err *e)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	struct did_pair p;

	if (didstore_key_of_request(j, &k, e) == -1 || did_of_request(j, &k, p.did, e) == -1 ||
	    check_new(j, p.did, e) == -1)
		return -1;
	verkey_text(p.verkey, k.pub);
	if (didstore_put_pair(j, DID_RECORD_DID, &p, CRED_RECORD_NEW, e) == -1 ||
	    didstore_put_key_once(j, &k, p.verkey, e) == -1)
		return -1;
	fork_result(j, 201, describe(&p));
	return 0;
}

/* ---- rotating ----------------------------------------------------------- */

static int
rotate_start(struct fork_job *j, struct err *e)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	struct json_object *body;
	struct did_pair p, next;
	int64_t version = CRED_RECORD_NEW;
	const char *did;
	int rc;

	if (did_field(j, &did, e) == -1 || didstore_key_of_request(j, &k, e) == -1)
		return -1;
	rc = didstore_pair(j, DID_RECORD_DID, did, &p, NULL, e);
	if (rc <= 0)
		return rc == 0 ? not_found(did, e) : -1;
	verkey_text(p.verkey, k.pub);
	if (didstore_pair(j, DID_RECORD_NEXT, did, &next, &version, e) == -1 ||
	    didstore_put_pair(j, DID_RECORD_NEXT, &p, version, e) == -1 ||
	    didstore_put_key_once(j, &k, p.verkey, e) == -1)
		return -1;
	body = json_object_new_object();
	json_add_str(body, "verkey", p.verkey);
	fork_result(j, 201, body);
	return 0;
}

static int
rotate_apply(struct fork_job *j, struct err *e)
{
	int64_t version = 0, next_version = 0;
	struct did_pair p, next;
	const char *did;
	int rc;

	if (did_field(j, &did, e) == -1)
		return -1;
	rc = didstore_pair(j, DID_RECORD_DID, did, &p, &version, e);
	if (rc <= 0)
		return rc == 0 ? not_found(did, e) : -1;
	rc = didstore_pair(j, DID_RECORD_NEXT, did, &next, &next_version, e);
	if (rc <= 0)
		return rc == 0 ? err_set(e, ERR_ITEM_NOT_FOUND, "did: no rotation of it was started") : -1;
	if (didstore_put_pair(j, DID_RECORD_DID, &next, version, e) == -1 ||
	    cred_record_delete(j, DID_RECORD_NEXT, did, next_version, e) == -1)
		return -1;
	fork_result(j, 200, json_object_new_object());
	return 0;
}

/* ---- others' ------------------------------------------------------------ */

static int
store_their(struct fork_job *j, struct err *e)
{
	int64_t version = CRED_RECORD_NEW;
	const char *did, *verkey = NULL;
	struct did_pair p, there;

	if (did_field(j, &did, e) == -1 || fork_opt_str(j, "verkey", 1, DID_TEXT, &verkey, e) == -1)
		return -1;
	if (did_full_verkey(p.verkey, did, verkey, e) == -1)
		return err_wrap(e, "verkey");
	snprintf(p.did, sizeof(p.did), "%s", did);
	if (didstore_pair(j, DID_RECORD_THEIR, did, &there, &version, e) == -1 ||
	    didstore_put_pair(j, DID_RECORD_THEIR, &p, version, e) == -1)
		return -1;
	fork_result(j, version == CRED_RECORD_NEW ? 201 : 200, describe(&p));
	return 0;
}

static int
abbreviate(struct fork_job *j, struct err *e)
{
	char text[VERKEY_LONG];
	const char *did, *verkey;
	struct json_object *body;

	if (did_field(j, &did, e) == -1 || fork_get_str(j, "verkey", 1, DID_TEXT, &verkey, e) == -1)
		return -1;
	if (did_abbreviate(text, did, verkey, e) == -1)
		return err_wrap(e, "verkey");
	body = json_object_new_object();
	json_add_str(body, "verkey", text);
	fork_result(j, 200, body);
	return 0;
}

/* ---- reading ------------------------------------------------------------ */

static int
get(struct fork_job *j, struct err *e)
{
	struct json_object *body;
	struct did_pair p, next;
	const char *did;
	int rc;

	if (did_field(j, &did, e) == -1)
		return -1;
	rc = didstore_pair(j, DID_RECORD_DID, did, &p, NULL, e);
	if (rc <= 0)
		return rc == 0 ? not_found(did, e) : -1;
	rc = didstore_pair(j, DID_RECORD_NEXT, did, &next, NULL, e);
	if (rc == -1)
		return -1;
	body = describe(&p);
	if (rc == 1)
		json_add_str(body, "temp_verkey", next.verkey);
	return fork_private_result(j, 200, body, e);
}

/* page_args: a page of the wallet's own DIDs; the caller's, or NULL. */
static struct json_object *
page_args(struct fork_job *j, const struct wallet_keys *k, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = json_object_new_object();
	struct json_object *all = json_object_new_array(), *type;
	const char *cursor = NULL;
	int64_t limit = LIMIT_DEFAULT;

	json_object_array_add(all, json_object_new_string("and"));
	json_add(args, "query", all);
	if (field_int(j, "limit", 1, LIMIT_MAX, &limit, e) == -1 ||
	    fork_opt_str(j, "cursor", 1, 4096, &cursor, e) == -1 ||
	    (type = record_field_b64(k, RECORD_TYPE, DID_RECORD_DID, e)) == NULL)
		return NULL;
	json_add(args, "type", type);
	json_add_i64(args, "limit", limit);
	if (cursor != NULL)
		json_add_str(args, "cursor", cursor);
	return STEAL(args);
}

static int
add_pairs(const struct wallet_keys *k, struct json_object *items, struct json_object *out, struct err *e)
{
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		CLEANUP(record_opened_release) struct record_opened r = RECORD_OPENED_INIT;
		struct did_pair p;

		if (record_open(&r, k, json_object_array_get_idx(items, i), e) == -1 ||
		    did_pair_read(&p, r.r.value, r.r.value_len, e) == -1)
			return -1;
		json_object_array_add(out, describe(&p));
	}
	return 0;
}

static int
list(struct fork_job *j, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL, *body = json_object_new_object();
	struct json_object *items, *args, *data = json_object_new_array();
	const struct wallet_keys *k;
	const char *cursor = NULL;

	json_add(body, "data", data);
	if (cred_wallet_keys(j, &k, e) == -1 || (args = page_args(j, k, e)) == NULL ||
	    fork_ask(j, "record_search", args, &value, NULL, e) == -1 ||
	    json_get_arr(value, "items", 0, LIMIT_MAX, &items, e) == -1 || add_pairs(k, items, data, e) == -1 ||
	    json_opt_str(value, "cursor", 1, 4096, &cursor, e) == -1)
		return -1;
	json_add_str(body, "nextCursor", cursor);
	return fork_private_result(j, 200, STEAL(body), e);
}

const struct fork_kind x_did_create_my = { .name = "did.create_my", .run = create_my };
const struct fork_kind x_did_rotate_start = { .name = "did.rotate_start", .run = rotate_start };
const struct fork_kind x_did_rotate_apply = { .name = "did.rotate_apply", .run = rotate_apply };
const struct fork_kind x_did_store_their = { .name = "did.store_their", .run = store_their };
const struct fork_kind x_did_get = { .name = "did.get", .run = get };
const struct fork_kind x_did_list = { .name = "did.list", .run = list };
const struct fork_kind x_did_abbreviate = { .name = "did.abbreviate", .run = abbreviate };
