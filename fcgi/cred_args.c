#include "cred.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/base/uuid.h"
#include "../lib/crypt/hmac.h"
#include "../lib/crypt/unlock.h"
#include "cred_keys.h"

#define FIELDS_MAX	32		/* of one kind, wherever they stand */
#define SEALED_MAX	(64u << 20)	/* bytes */

/* ---- one object for what a route takes from path, query and body ---------- */
int
cred_take(const struct cred_op *op, struct json_object *in, const char *within, struct json_object **args,
    struct err *e)
{
	const struct field *const tables[] = { op->shape.path, op->shape.query, op->shape.body };
	CLEANUP(json_put) struct json_object *out = json_object_new_object();
	struct field all[FIELDS_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct field *f = tables[i]; f != NULL && f->name != NULL && n < FIELDS_MAX; f++)
			all[n++] = *f;
	all[n] = (struct field){ .name = NULL };
	if (fields_take(all, in, out, within, e) == -1)
		return -1;
	*args = STEAL(out);
	return 0;
}

/* ---- numbers that stand as text -------------------------------------------- */
static bool
long_number(struct json_object *v)
{
	const char *s;
	size_t n;

	if (!json_object_is_type(v, json_type_string))
		return false;
	n = (size_t)json_object_get_string_len(v);
	if (n <= CRED_NUMBER_MAX)
		return false;
	s = json_object_get_string(v);
	s += *s == '-';
	return strspn(s, "0123456789") > CRED_NUMBER_MAX;
}

static int numbers_in(struct json_object *v, const char *name, struct err *e);

static int
numbers_in_members(struct json_object *o, struct err *e)
{
	json_object_object_foreach(o, name, v)
		if (numbers_in(v, name, e) == -1)
			return -1;
	return 0;
}

/* As deep as json_parse lets text be. */
static int
numbers_in(struct json_object *v, const char *name, struct err *e)
{
	if (long_number(v))
		return err_set(e, ERR_VALIDATION, "%.64s: a number may have at most %d digits", name, CRED_NUMBER_MAX);
	if (json_object_is_type(v, json_type_object))
		return numbers_in_members(v, e);
	if (json_object_is_type(v, json_type_array))
		for (size_t i = 0; i < json_object_array_length(v); i++)
			if (numbers_in(json_object_array_get_idx(v, i), name, e) == -1)
				return -1;
	return 0;
}

int
cred_numbers(struct json_object *o, struct err *e)
{
	return numbers_in(o, "", e);
}

/* ---- secrets ------------------------------------------------------------------ */
/* The texts of json-c are ours to write: it gives them out as const only. */
static void
wipe_text(struct json_object *v)
{
	explicit_bzero((char *)json_object_get_string(v), (size_t)json_object_get_string_len(v));
}

static void
wipe_in(struct json_object *v)
{
	if (json_object_is_type(v, json_type_string))
		wipe_text(v);
	if (json_object_is_type(v, json_type_array))
		for (size_t i = 0; i < json_object_array_length(v); i++)
			wipe_in(json_object_array_get_idx(v, i));
	if (json_object_is_type(v, json_type_object)) {
		json_object_object_foreach(v, name, member) {
			(void)name;
			wipe_in(member);
		}
	}
}

void
cred_wipe(struct json_object **o)
{
	wipe_in(*o);
	json_put(o);
}

/* How many there are of a sealed list stays to be seen: lanes depend on it. */
static void
add_count(struct json_object *args, struct json_object *v)
{
	if (json_object_is_type(v, json_type_array))
		json_add_i64(args, "count", (int64_t)json_object_array_length(v));
}

static void
move_secrets(const struct field *table, struct json_object *args, struct json_object *secrets)
{
	for (const struct field *f = table; f != NULL && f->name != NULL; f++) {
		const char *name = f->as != NULL ? f->as : f->name;
		struct json_object *v = NULL;

		if (!f->secret || !json_object_object_get_ex(args, name, &v))
			continue;
		json_add(secrets, name, json_object_get(v));
		add_count(args, v);
		json_object_object_del(args, name);
	}
}

static int
add_sealed(struct json_object *call, struct json_object *secrets, const struct cred_keys *keys, struct err *e)
{
	CLEANUP(buf_release) struct buf box = BUF_INIT_MAX(SEALED_MAX);
	CLEANUP(cleanup_free) char *b64 = NULL;
	char *text = (char *)json_text(secrets);	/* lives in secrets */
	size_t n = strlen(text);
	int rc = seal_box(&box, keys->node, text, n, e);

	explicit_bzero(text, n);
	if (rc == -1)
		return -1;
	b64 = malloc(B64_LEN(box.len));
	if (b64 == NULL)
		abort();
	b64_encode(b64, box.data, box.len);
	json_add_str(call, "sealed", b64);
	return 0;
}

static int
add_unlock(struct json_object *call, struct json_object *secrets, const char *unlock, struct err *e)
{
	uint8_t sha[SHA256_LEN];
	char hex[SHA256_HEX];

	if (!unlock_valid(unlock, strlen(unlock)))
		return err_set(e, ERR_VALIDATION, "X-Darkroom-Unlock must be a handle as unlock gives it");
	unlock_sha256(sha, unlock, strlen(unlock));
	hex_encode(hex, sha, sizeof(sha));
	json_add_str(call, "unlock_sha256", hex);
	json_add_str(secrets, "unlock", unlock);
	return 0;
}

static void
add_job_id(struct json_object *call)
{
	uint8_t id[16];
	char text[UUID_TEXT];

	uuid_v7(id);
	uuid_format(text, id);
	json_add_str(call, "job_id", text);
}

int
cred_fill(struct json_object *call, const struct cred_op *op, struct json_object *args, const char *unlock,
    const struct cred_keys *keys, struct err *e)
{
	CLEANUP(cred_wipe) struct json_object *secrets = json_object_new_object();

	if (cred_numbers(args, e) == -1)
		return -1;
	move_secrets(op->shape.path, args, secrets);
	move_secrets(op->shape.body, args, secrets);
	if (unlock != NULL && add_unlock(call, secrets, unlock, e) == -1)
		return -1;
	add_job_id(call);
	json_add_str(call, "kind", op->kind);
	json_add(call, "args", json_object_get(args));
	return json_object_object_length(secrets) > 0 ? add_sealed(call, secrets, keys, e) : 0;
}

/* ---- the request as a whole ----------------------------------------------------- */
void
cred_digest(const struct req *rq, struct json_object *call)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	uint8_t mac[HMAC_LEN];
	char hex[SHA256_HEX];

	sha256_hex(hex, rq->body, rq->body_len);
	buf_addf(&text, "%s %s\n%s", rq->method, rq->uri, hex);
	hmac_sha256(mac, &rq->keys->idem, text.data, text.len);
	hex_encode(hex, mac, sizeof(mac));
	json_add_str(call, "idem_digest", hex);
}

const char *
cred_unlock(const struct req *rq)
{
	return req_header(rq, "X-Darkroom-Unlock");
}

int
cred_ready(const struct req *rq, struct err *e)
{
	if (rq->keys == NULL)
		return err_set(e, ERR_NOT_SET_UP, "this node serves no credentials: its keys were not made (darkroom-keys init)");
	return 0;
}
