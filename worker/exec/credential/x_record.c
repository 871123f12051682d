#include "x_record.h"

#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/wallet/query.h"
#include "cred_record.h"
#include "field.h"

#define LIMIT_DEFAULT	50
#define LIMIT_MAX	200

/* name_of: which record the request is about. */
static int
name_of(const struct fork_job *j, const char **type, const char **id, struct err *e)
{
	return fork_get_str(j, "type", 1, RECORD_TYPE_MAX, type, e) == -1 ? -1 :
	    fork_get_str(j, "id", 1, RECORD_NAME_MAX, id, e);
}

/* plain: keys, link secrets and credentials are records, too, which their own
 * operations write: nobody replaces or removes them as plain ones. */
static int
plain(const char *type, struct err *e)
{
	static const char *const ours[] = { "Indy::", "Darkroom::" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (strncmp(type, ours[i], strlen(ours[i])) == 0)
			return err_set(e, ERR_STRUCTURE, "type: records of %s are written by their own operations", ours[i]);
	return 0;
}

/* find: the record that the request is about, which must be there. */
static int
find(struct fork_job *j, struct cred_record *r, const char **type, const char **id, struct err *e)
{
	int rc = name_of(j, type, id, e) == -1 ? -1 : cred_record_get(j, *type, *id, r, e);

	return rc != 0 ? rc : err_set(e, ERR_ITEM_NOT_FOUND, "the wallet has no such record");
}

static int
put(struct fork_job *j, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record there = CRED_RECORD_INIT;
	struct record r = { .type = NULL };
	int rc;

	if (name_of(j, &r.type, &r.name, e) == -1 || plain(r.type, e) == -1 || field_object(j, "tags", &r.tags, e) == -1 ||
	    fork_get_str(j, "value", 0, RECORD_VALUE_MAX, &r.value, e) == -1)
		return -1;
	r.value_len = strlen(r.value);
	rc = cred_record_get(j, r.type, r.name, &there, e);
	if (rc == -1 || cred_record_put(j, &r, rc == 1 ? there.version : CRED_RECORD_NEW, e) == -1)
		return -1;
	fork_result(j, rc == 1 ? 200 : 201, json_object_new_object());
	return 0;
}

/* describe: a record as its owner sees it. */
static struct json_object *
describe(const struct record *r)
{
	struct json_object *o = json_object_new_object();

	if (r->type != NULL)
		json_add_str(o, "type", r->type);
	if (r->name != NULL)
		json_add_str(o, "id", r->name);
	json_add_strn(o, "value", r->value, r->value_len);
	json_add(o, "tags", r->tags != NULL ? json_object_get(r->tags) : json_object_new_object());
	return o;
}

static int
get(struct fork_job *j, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record r = CRED_RECORD_INIT;
	const char *type, *id;

	if (find(j, &r, &type, &id, e) == -1)
		return -1;
	r.opened.r.type = type;
	r.opened.r.name = id;
	return fork_private_result(j, 200, describe(&r.opened.r), e);
}

static int
delete(struct fork_job *j, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record r = CRED_RECORD_INIT;
	const char *type, *id;

	if (find(j, &r, &type, &id, e) == -1 || plain(type, e) == -1 || cred_record_delete(j, type, id, r.version, e) == -1)
		return -1;
	fork_result(j, 200, json_object_new_object());
	return 0;
}

/* ask_for: the arguments of the search, sealed; the caller's, or NULL. */
static struct json_object *
ask_for(struct fork_job *j, const struct wallet_keys *k, struct err *e)
{
	CLEANUP(json_put) struct json_object *args = json_object_new_object(), *none = json_object_new_object();
	struct json_object *wql = none, *query = NULL, *sealed;
	const char *type, *cursor = NULL;
	int64_t limit = LIMIT_DEFAULT;

	if (fork_get_str(j, "type", 1, RECORD_TYPE_MAX, &type, e) == -1 || field_object(j, "query", &wql, e) == -1 ||
	    field_int(j, "limit", 1, LIMIT_MAX, &limit, e) == -1 || fork_opt_str(j, "cursor", 1, 4096, &cursor, e) == -1 ||
	    wallet_query(&query, k, wql, e) == -1)
		return NULL;
	json_add(args, "query", query);
	sealed = record_field_b64(k, RECORD_TYPE, type, e);
	if (sealed == NULL)
		return NULL;
	json_add(args, "type", sealed);
	json_add_i64(args, "limit", limit);
	if (cursor != NULL)
		json_add_str(args, "cursor", cursor);
	return STEAL(args);
}

static int
open_items(const struct wallet_keys *k, struct json_object *items, struct json_object *out, struct err *e)
{
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		CLEANUP(record_opened_release) struct record_opened r = RECORD_OPENED_INIT;

		if (record_open(&r, k, json_object_array_get_idx(items, i), e) == -1)
			return -1;
		json_object_array_add(out, describe(&r.r));
	}
	return 0;
}

static int
search(struct fork_job *j, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL, *body = json_object_new_object();
	struct json_object *args, *items, *out = json_object_new_array();
	const struct wallet_keys *k;
	const char *cursor = NULL;

	json_add(body, "data", out);
	if (cred_wallet_keys(j, &k, e) == -1 || (args = ask_for(j, k, e)) == NULL ||
	    fork_ask(j, "record_search", args, &value, NULL, e) == -1 ||
	    json_get_arr(value, "items", 0, LIMIT_MAX, &items, e) == -1 || open_items(k, items, out, e) == -1 ||
	    json_opt_str(value, "cursor", 1, 4096, &cursor, e) == -1)
		return -1;
	json_add_str(body, "nextCursor", cursor);
	return fork_private_result(j, 200, STEAL(body), e);
}

const struct fork_kind x_record_put = { .name = "wallet.record_put", .run = put };
const struct fork_kind x_record_get = { .name = "wallet.record_get", .run = get };
const struct fork_kind x_record_delete = { .name = "wallet.record_delete", .run = delete };
const struct fork_kind x_record_search = { .name = "wallet.record_search", .run = search };
