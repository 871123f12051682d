#include "rowseal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/sha256.h"
#include "../../lib/crypt/unlock.h"
#include "../../lib/kind/k_fork.h"
#include "forked.h"
#include "job.h"
#include "worker.h"

#define SEAL_PREFIX	"seal_"
#define SEALED_PREFIX	"sealed_"
#define VALUE_MAX	(3u << 20)	/* bytes of one sealed value, in clear: what a frame carries */
#define MEMBERS_MAX	16		/* sealed members of one object */
#define ROWS_MAX	10000		/* of one list */
#define PLACE_MAX	257		/* bytes of a row's id */

/* ---- places ------------------------------------------------------------- */

static const struct seal_key *
node_key(const struct job *j)
{
	return &j->worker->vault.node;
}

/* member_of: the text of a member as a row's id. */
static int
member_of(struct json_object *o, const char *key, char out[PLACE_MAX], struct err *e)
{
	const char *text;

	if (json_get_str(o, key, 1, PLACE_MAX - 1, &text, e) == -1)
		return -1;
	snprintf(out, PLACE_MAX, "%s", text);
	return 0;
}

static int
id_wallet(const struct job *j, struct json_object *o UNUSED, char out[PLACE_MAX], struct err *e UNUSED)
{
	snprintf(out, PLACE_MAX, "%s", ((const struct fork_args *)j->args)->wallet);
	return 0;
}

static int
id_given(const struct job *j UNUSED, struct json_object *o, char out[PLACE_MAX], struct err *e)
{
	return member_of(o, "id", out, e);
}

static int
id_config(const struct job *j UNUSED, struct json_object *o, char out[PLACE_MAX], struct err *e)
{
	int64_t id;

	if (json_get_i64(o, "config_id", 0, UINT8_MAX, &id, e) == -1)
		return -1;
	snprintf(out, PLACE_MAX, "%" PRId64, id);
	return 0;
}

/* id_part: of the job that is known here, not of one that the runner names. */
static int
id_part(const struct job *j, struct json_object *o, char out[PLACE_MAX], struct err *e)
{
	struct json_object *basis = forked_basis(j), *task, *job;
	const char *bucket;
	int64_t task_no, job_no;

	if (json_get_obj(basis, "task", &task, e) == -1 || json_get_obj(basis, "job", &job, e) == -1 ||
	    json_get_i64(task, "task_no", 0, INT64_MAX, &task_no, e) == -1 ||
	    json_get_i64(job, "job_no", 0, INT64_MAX, &job_no, e) == -1 ||
	    json_get_str(o, "bucket", 1, 64, &bucket, e) == -1)
		return -1;
	snprintf(out, PLACE_MAX, "%" PRId64 "/%" PRId64 "/%s", task_no, job_no, bucket);
	return 0;
}

/* id_batch: the collection, or the request for a share, that the job is about. */
static int
id_batch(const struct job *j, struct json_object *o UNUSED, char out[PLACE_MAX], struct err *e)
{
	struct json_object *basis = forked_basis(j), *on = NULL;

	if (json_opt_obj(basis, "collection", &on, e) == 1)
		return member_of(on, "collection_id", out, e);
	return json_get_obj(basis, "share", &on, e) == -1 ? -1 : member_of(on, "digest", out, e);
}

/* Whose row a write is about, or each object of its list. */
static const struct seal_row {
	const char *op, *list;		/* list NULL: the write itself */
	const char *table;
	int	(*id)(const struct job *j, struct json_object *o, char out[PLACE_MAX], struct err *e);
} rows[] = {
	{ "wallet_new", NULL, "wallet", id_wallet },
	{ "wallet_keys", NULL, "wallet", id_wallet },
	{ "import_commit", NULL, "wallet", id_wallet },
	{ "rev_reg", NULL, "rev_reg", id_given },
	{ "prime", NULL, "prime", id_given },
	{ "hpke_new", NULL, "agg_hpke_key", id_config },
	{ "agg_commit", "parts", "agg_part", id_part },
	{ "agg_collected", NULL, "agg_noise", id_batch },
	{ "agg_served", NULL, "agg_noise", id_batch },
};

static const struct seal_row *
row_of(const char *op)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].op, op) == 0)
			return &rows[i];
	return NULL;
}

/* tenant_for: primes are the node's, whoever's job found them. */
static const char *
tenant_for(const struct job *j, const char *table)
{
	return strcmp(table, "prime") == 0 ? "" : forked_tenant(j);
}

/* ---- opening ------------------------------------------------------------ */

int
rowseal_open(const struct job *j, const char *table, const char *id,
    const uint8_t *p, size_t n, struct wbuf *out, struct err *e)
{
	const struct seal_place at = { .table = table, .id = id, .tenant = tenant_for(j, table) };

	return vault_open_row(&j->worker->vault, out, &at, p, n, NULL, e);
}

/* open_member: value's member key (sealed_x) as x of opened. */
static int
open_member(const struct job *j, struct json_object *place, const char *key, struct json_object *text,
    struct json_object *opened, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf clear = WBUF_INIT_MAX(VALUE_MAX);
	CLEANUP(cleanup_free) uint8_t *box = NULL;
	const char *table, *id, *s = json_object_get_string(text);
	size_t len = (size_t)json_object_get_string_len(text);
	ssize_t n;

	if (json_get_str(place, "table", 1, 32, &table, e) == -1 || json_get_str(place, "id", 1, 256, &id, e) == -1)
		return -1;
	box = malloc(len + 1);
	if (box == NULL)
		abort();
	n = b64_decode(box, len + 1, s, len);
	if (n < 0)
		return err_set(e, ERR_PROTO, "%s is no base64", key);
	if (rowseal_open(j, table, id, box, (size_t)n, &clear, e) == -1)
		return err_wrap(e, "%s", key);
	json_add_strn(opened, key + sizeof(SEALED_PREFIX) - 1, (const char *)clear.data, clear.len);
	return 0;
}

/* members: the keys of o that begin with prefix and hold a text. */
static size_t
members(struct json_object *o, const char *prefix, const char *out[MEMBERS_MAX])
{
	size_t n = 0;

	json_object_object_foreach(o, key, v)
		if (strncmp(key, prefix, strlen(prefix)) == 0 && v != NULL && n < MEMBERS_MAX)
			out[n++] = key;
	return n;
}

/* open_object: the sealed members of o, taken out of it; *opened is the caller's, NULL
 * when it has none. */
static int
open_object(const struct job *j, struct json_object *o, struct json_object **opened, struct err *e)
{
	CLEANUP(json_put) struct json_object *place = NULL, *clear = NULL;
	struct json_object *at = NULL;
	const char *keys[MEMBERS_MAX];
	size_t n;

	if (!json_object_object_get_ex(o, "sealed_at", &at) || at == NULL)
		return 0;
	place = json_object_get(at);
	json_object_object_del(o, "sealed_at");
	clear = json_object_new_object();
	n = members(o, SEALED_PREFIX, keys);
	for (size_t i = 0; i < n; i++)
		if (open_member(j, place, keys[i], json_object_object_get(o, keys[i]), clear, e) == -1)
			return -1;
	for (size_t i = 0; i < n; i++)
		json_object_object_del(o, keys[i]);
	*opened = STEAL(clear);
	return 0;
}

/* open_list: the rows of a list: each gets what was sealed in it as "opened". */
static int
open_list(const struct job *j, struct json_object *list, struct err *e)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *row = json_object_array_get_idx(list, i), *opened = NULL;

		if (!json_object_is_type(row, json_type_object))
			return 0;
		if (open_object(j, row, &opened, e) == -1)
			return err_wrap(e, "row %zu", i);
		if (opened != NULL)
			json_add(row, "opened", opened);
	}
	return 0;
}

int
rowseal_open_answer(const struct job *j, struct json_object *said, struct json_object **opened, struct err *e)
{
	struct json_object *value = NULL;

	if (json_opt_obj(said, "value", &value, NULL) != 1)
		return 0;
	json_object_object_foreach(value, key, member) {
		(void)key;
		if (json_object_is_type(member, json_type_array) && open_list(j, member, e) == -1)
			return -1;
	}
	return open_object(j, value, opened, e);
}

/* ---- sealing ------------------------------------------------------------ */

/* wipe: the characters of a string, which json-c would give back as they are. */
static void
wipe(struct json_object *o)
{
	if (json_object_is_type(o, json_type_string))
		explicit_bzero((char *)(uintptr_t)json_object_get_string(o), (size_t)json_object_get_string_len(o));
}

static void
add_b64(struct json_object *o, const char *key, const struct buf *b)
{
	CLEANUP(cleanup_free) char *text = malloc(B64_LEN(b->len));

	if (text == NULL)
		abort();
	b64_encode(text, b->data, b->len);
	json_add_str(o, key, text);
}

/* seal_member: seal_x of o becomes sealed_x. */
static int
seal_member(const struct job *j, const struct seal_place *at, struct json_object *o, const char *key, struct err *e)
{
	CLEANUP(buf_release) struct buf box = BUF_INIT_MAX(VALUE_MAX + SEAL_ROW_MORE);
	struct json_object *clear = json_object_object_get(o, key);
	char name[64];

	if (!json_object_is_type(clear, json_type_string) || snprintf(name, sizeof(name), SEALED_PREFIX "%s",
	    key + sizeof(SEAL_PREFIX) - 1) >= (int)sizeof(name))
		return err_set(e, ERR_PROTO, "%s is no text", key);
	if (seal_row(&box, node_key(j), at, json_object_get_string(clear), (size_t)json_object_get_string_len(clear), e) == -1)
		return -1;
	wipe(clear);
	json_object_object_del(o, key);
	add_b64(o, name, &box);
	return 0;
}

/*
 * seal_unlock: {"op":"unlock", …, "seal_handle", "seal_master"} gets sha256 and
 * sealed_master: what opens the wallet's keys, under the node key and the handle.
 */
static int
seal_unlock(const struct job *j, struct json_object *o, struct err *e)
{
	CLEANUP(buf_release) struct buf box = BUF_INIT_MAX(1024);
	CLEANUP(secret_release) struct secret master = SECRET_INIT;
	const char *handle, *text, *wallet = ((const struct fork_args *)j->args)->wallet;
	uint8_t digest[SHA256_LEN];
	char hex[SHA256_HEX];

	if (json_get_str(o, "seal_handle", UNLOCK_TEXT - 1, UNLOCK_TEXT - 1, &handle, e) == -1 ||
	    json_get_str(o, "seal_master", 1, 64, &text, e) == -1 || secret_alloc(&master, 32, e) == -1)
		return -1;
	if (b64_decode(master.p, master.len, text, strlen(text)) != (ssize_t)master.len)
		return err_set(e, ERR_PROTO, "seal_master is no key");
	if (unlock_seal(&box, node_key(j), handle, wallet, &master, e) == -1)
		return -1;
	unlock_sha256(digest, handle, strlen(handle));
	hex_encode(hex, digest, sizeof(digest));
	wipe(json_object_object_get(o, "seal_handle"));
	wipe(json_object_object_get(o, "seal_master"));
	json_object_object_del(o, "seal_handle");
	json_object_object_del(o, "seal_master");
	json_add_str(o, "sha256", hex);
	add_b64(o, "sealed_master", &box);
	return 0;
}

/* seal_object: whatever o names seal_*. */
static int
seal_object(const struct job *j, const struct seal_row *row, struct json_object *o, struct err *e)
{
	const char *keys[MEMBERS_MAX];
	char id[PLACE_MAX];
	const struct seal_place at = { .table = row->table, .id = id, .tenant = tenant_for(j, row->table) };
	size_t n = members(o, SEAL_PREFIX, keys);

	if (n > 0 && row->id(j, o, id, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		char key[64];

		/* the key's own text goes with the member */
		if (snprintf(key, sizeof(key), "%s", keys[i]) >= (int)sizeof(key))
			return err_set(e, ERR_PROTO, "too long a name");
		if (seal_member(j, &at, o, key, e) == -1)
			return -1;
	}
	return 0;
}

static int
seal_list(const struct job *j, const struct seal_row *row, struct json_object *o, struct err *e)
{
	struct json_object *list = NULL;

	if (json_opt_arr(o, row->list, 0, ROWS_MAX, &list, e) != 1)
		return 0;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *part = json_object_array_get_idx(list, i);

		if (!json_object_is_type(part, json_type_object))
			return err_set(e, ERR_PROTO, "%s[%zu] is no object", row->list, i);
		if (seal_object(j, row, part, e) == -1)
			return err_wrap(e, "%s[%zu]", row->list, i);
	}
	return 0;
}

static int
seal_write(const struct job *j, struct json_object *o, struct err *e)
{
	const char *keys[MEMBERS_MAX], *op;
	const struct seal_row *row;

	if (!json_object_is_type(o, json_type_object) || json_get_str(o, "op", 1, 32, &op, e) == -1)
		return err_set(e, ERR_PROTO, "a write without an op");
	row = row_of(op);
	if (row != NULL && row->list != NULL && seal_list(j, row, o, e) == -1)
		return err_wrap(e, "%s", op);
	if (members(o, SEAL_PREFIX, keys) == 0)
		return 0;
	if (strcmp(op, "unlock") == 0)
		return seal_unlock(j, o, e);
	if (row == NULL || row->list != NULL)
		return err_set(e, ERR_PROTO, "nothing of %s is sealed", op);
	return seal_object(j, row, o, e) == -1 ? err_wrap(e, "%s", op) : 0;
}

int
rowseal_outcome(const struct job *j, struct json_object *outcome, struct err *e)
{
	struct json_object *result = NULL, *writes = NULL;

	if (json_opt_obj(outcome, "result", &result, e) != 1 ||
	    json_opt_arr(result, "writes", 0, 1000, &writes, e) != 1)
		return 0;
	for (size_t i = 0; i < json_object_array_length(writes); i++)
		if (seal_write(j, json_object_array_get_idx(writes, i), e) == -1)
			return err_wrap(e, "write %zu", i);
	return 0;
}
