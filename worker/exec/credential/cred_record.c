#include "cred_record.h"

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/wallet/query.h"
#include "cred.h"

#define PAGE	100	/* records of one answer */

void
cred_record_release(struct cred_record *r)
{
	record_opened_release(&r->opened);
}

/* add_sealed: the sealed text of a field as a member of o. */
static int
add_sealed(struct json_object *o, const char *key, const struct wallet_keys *k, enum record_field f,
    const char *text, struct err *e)
{
	struct json_object *s = record_field_b64(k, f, text, e);

	if (s == NULL)
		return -1;
	json_add(o, key, s);
	return 0;
}

/* place: {type, name}, sealed: which record is meant.  The caller's, or NULL. */
static struct json_object *
place(const struct wallet_keys *k, const char *type, const char *name, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();

	if (add_sealed(o, "type", k, RECORD_TYPE, type, e) == -1 ||
	    (name != NULL && add_sealed(o, "name", k, RECORD_NAME, name, e) == -1))
		return NULL;
	return STEAL(o);
}

static int
take(struct cred_record *out, const struct wallet_keys *k, struct json_object *o, struct err *e)
{
	if (json_get_i64(o, "version", 0, INT64_MAX, &out->version, e) == -1)
		return err_set(e, ERR_PROTO, "version of a record");
	return record_open(&out->opened, k, o, e);
}

int
cred_record_get(struct fork_job *j, const char *type, const char *name, struct cred_record *out, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	const struct wallet_keys *k;
	struct json_object *args;

	if (cred_wallet_keys(j, &k, e) == -1 || (args = place(k, type, name, e)) == NULL ||
	    fork_ask(j, "record_get", args, &value, NULL, e) == -1)
		return -1;
	if (value == NULL)
		return 0;
	return take(out, k, value, e) == -1 ? -1 : 1;
}

static void
add_version(struct json_object *o, int64_t version)
{
	if (version == CRED_RECORD_NEW)
		json_add(o, "version", NULL);
	else
		json_add_i64(o, "version", version);
}

int
cred_record_put(struct fork_job *j, const struct record *r, int64_t version, struct err *e)
{
	const struct wallet_keys *k;
	struct json_object *o = NULL;

	if (cred_wallet_keys(j, &k, e) == -1 || record_seal(&o, k, r, e) == -1)
		return -1;
	add_version(o, version);
	fork_write(j, "record_put", o);
	return 0;
}

int
cred_record_delete(struct fork_job *j, const char *type, const char *name, int64_t version, struct err *e)
{
	const struct wallet_keys *k;
	struct json_object *o;

	if (cred_wallet_keys(j, &k, e) == -1 || (o = place(k, type, name, e)) == NULL)
		return -1;
	add_version(o, version);
	fork_write(j, "record_delete", o);
	return 0;
}

/* ---- many --------------------------------------------------------------- */

static int
each_of(struct json_object *items, const struct wallet_keys *k,
    int (*fn)(void *arg, const struct record *r, int64_t version, struct err *e), void *arg, struct err *e)
{
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		CLEANUP(cred_record_release) struct cred_record r = CRED_RECORD_INIT;

		if (take(&r, k, json_object_array_get_idx(items, i), e) == -1 ||
		    fn(arg, &r.opened.r, r.version, e) == -1)
			return -1;
	}
	return 0;
}

/* page: ask for the records after cursor; *value is the caller's. */
static int
page(struct fork_job *j, const struct wallet_keys *k, const char *type, const char *cursor,
    struct json_object **value, struct err *e)
{
	struct json_object *args = place(k, type, NULL, e);
	struct json_object *all = json_object_new_array();

	if (args == NULL) {
		json_put(&all);
		return -1;
	}
	json_object_array_add(all, json_object_new_string("and"));
	json_add(args, "query", all);
	json_add_i64(args, "limit", PAGE);
	if (cursor != NULL)
		json_add_str(args, "cursor", cursor);
	return fork_ask(j, "record_search", args, value, NULL, e);
}

int
cred_record_each(struct fork_job *j, const char *type,
    int (*fn)(void *arg, const struct record *r, int64_t version, struct err *e), void *arg, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	const struct wallet_keys *k;
	const char *cursor = NULL;
	int more;

	if (cred_wallet_keys(j, &k, e) == -1)
		return -1;
	do {
		struct json_object *next = NULL, *items;

		if (page(j, k, type, cursor, &next, e) == -1)
			return -1;
		json_put(&value);
		value = next;
		if (json_get_arr(value, "items", 0, PAGE, &items, e) == -1 ||
		    each_of(items, k, fn, arg, e) == -1)
			return -1;
		cursor = NULL;
		more = json_opt_str(value, "cursor", 1, 4096, &cursor, e);
	} while (more == 1);
	return more;
}
