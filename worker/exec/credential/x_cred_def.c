#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/ids.h"
#include "../../../lib/crypt/anoncreds/issuer.h"
#include "definition.h"
#include "field.h"
#include "halves.h"
#include "need.h"
#include "x_issuer.h"

static bool
seen(void *arg, const char *phase, unsigned done, unsigned total)
{
	fork_progress(arg, phase, done, total, "steps");
	return true;
}

/* ---- what is asked for --------------------------------------------------- */

struct wanted {
	const char *issuer, *tag;
	struct ac_schema schema;
	struct buf schema_id, id;
	bool	revocable;
	int64_t	bits;
};
#define WANTED_INIT { .schema = AC_SCHEMA_INIT, .schema_id = BUF_INIT_MAX(AC_ID_MAX), .id = BUF_INIT_MAX(AC_ID_MAX), .bits = 2048 }

static void
wanted_release(struct wanted *w)
{
	ac_schema_release(&w->schema);
	buf_release(&w->schema_id);
	buf_release(&w->id);
}

static int
flag(const struct fork_job *j, const char *name, bool *out, struct err *e)
{
	struct json_object *v = fork_field(j, name);

	if (v != NULL && !json_object_is_type(v, json_type_boolean))
		return err_set(e, ERR_STRUCTURE, "%s: not true or false", name);
	*out = json_object_get_boolean(v);
	return 0;
}

/* read_schema: the schema and its id, which the newer form has not in itself. */
static int
read_schema(struct fork_job *j, struct wanted *w, struct err *e)
{
	struct json_object *o;

	if (need_object(j, "schema", &o, e) == -1)
		return -1;
	if (ac_schema_decode(&w->schema, o, e) == -1)
		return ac_under(e, "schema");
	if (w->schema.id == NULL && w->schema.issuer_id == NULL)
		return err_set(e, ERR_STRUCTURE, "schema: needs issuerId or id");
	if (w->schema.id != NULL)
		buf_add(&w->schema_id, w->schema.id, strlen(w->schema.id));
	else
		ac_ids_make_schema(&w->schema_id, w->schema.issuer_id, w->schema.name, w->schema.version);
	return w->schema_id.failed ? err_set(e, ERR_PAST_LIMIT, "schema: its id would be over %d bytes", AC_ID_MAX) : 0;
}

static int
read_wanted(struct fork_job *j, struct wanted *w, struct err *e)
{
	if (fork_get_str(j, "issuer_id", 1, AC_ID_MAX, &w->issuer, e) == -1 || read_schema(j, w, e) == -1 ||
	    fork_get_str(j, "tag", 1, AC_NAME_MAX, &w->tag, e) == -1 ||
	    flag(j, "support_revocation", &w->revocable, e) == -1 || field_int(j, "bits", 2048, 3072, &w->bits, e) == -1)
		return -1;
	if (w->bits != 2048 && w->bits != 3072)
		return err_set(e, ERR_STRUCTURE, "bits: 2048 or 3072");
	ac_ids_make_cred_def(&w->id, w->issuer, w->schema_id.data, w->tag);
	return w->id.failed ? err_set(e, ERR_PAST_LIMIT, "tag: the definition's id would be over %d bytes", AC_ID_MAX) : 0;
}

/* ---- making --------------------------------------------------------------- */

struct keys { struct json_object *def, *secret, *proof; };

static void
keys_release(struct keys *k)
{
	json_put(&k->def);
	json_put(&k->secret);
	json_put(&k->proof);
}

static int
make(struct fork_job *j, struct ac_new_cred_def *in, int64_t bits, struct keys *out, struct err *e)
{
	CLEANUP(halves_release) struct halves h = HALVES_INIT;
	const struct cl_key_watch watch = { .seen = seen, .arg = j };

	if (halves_get(j, (unsigned)bits, &h, e) == -1)
		return -1;
	in->p_half = &h.p;
	in->q_half = &h.q;
	in->watch = &watch;
	return ac_issuer_cred_def(&out->def, &out->secret, &out->proof, in, e);
}

static void
result(struct fork_job *j, int status, const char *id, struct json_object *def, struct json_object *proof)
{
	struct json_object *body = json_object_new_object();

	json_add_str(body, "cred_def_id", id);
	json_add(body, "cred_def", json_object_get(def));
	json_add(body, "key_proof", json_object_get(proof));
	fork_result(j, status, body);
}

/* same: what is there is what was asked for, or it is refused. */
static int
same(struct fork_job *j, const struct definition *d, const struct wanted *w, struct err *e)
{
	bool fits = d->pub.revocable == w->revocable && d->bits == w->bits &&
	    d->pub.key.r.n == w->schema.n_attrs + 1 && strcmp(d->pub.schema_id, w->schema_id.data) == 0 &&
	    strcmp(d->pub.tag, w->tag) == 0 && d->pub.issuer_id != NULL && strcmp(d->pub.issuer_id, w->issuer) == 0;

	for (size_t i = 0; fits && i < w->schema.n_attrs; i++)
		fits = cl_map_get(&d->pub.key.r, w->schema.normal[i]) != NULL;
	if (!fits)
		return err_set(e, ERR_CRED_DEF_EXISTS, "there is a definition of this issuer, schema and tag with other parameters");
	result(j, 200, d->id, d->pub.json, d->key_proof);
	return 0;
}

static int
write_definition(struct fork_job *j, const struct wanted *w, const struct keys *k, struct err *e)
{
	struct json_object *o, *given;

	if (definition_keep(j, DEFINITION_PRIVATE, w->id.data, k->secret, CRED_RECORD_NEW, e) == -1)
		return -1;
	o = json_object_new_object();
	json_add_str(o, "id", w->id.data);
	json_add_str(o, "issuer_id", w->issuer);
	json_add_str(o, "schema_id", w->schema_id.data);
	json_add_str(o, "tag", w->tag);
	json_add_i64(o, "bits", w->bits);
	json_add_bool(o, "revocable", w->revocable);
	json_add(o, "object", json_object_get(k->def));
	json_add(o, "key_proof", json_object_get(k->proof));
	if ((given = fork_field(j, "auto")) != NULL)
		json_add(o, "auto", json_object_get(given));
	if ((given = fork_field(j, "ahead")) != NULL)
		json_add(o, "ahead", json_object_get(given));
	fork_write(j, "cred_def", o);
	result(j, 201, w->id.data, k->def, k->proof);
	return 0;
}

static int
create_cred_def(struct fork_job *j, struct err *e)
{
	CLEANUP(definition_release) struct definition there = DEFINITION_INIT;
	CLEANUP(wanted_release) struct wanted w = WANTED_INIT;
	CLEANUP(keys_release) struct keys k = { NULL, NULL, NULL };
	struct ac_new_cred_def in;
	int rc;

	if (read_wanted(j, &w, e) == -1 || (rc = definition_find(j, w.id.data, &there, e)) == -1)
		return -1;
	if (rc == 1)
		return same(j, &there, &w, e);
	in = (struct ac_new_cred_def){ .issuer_id = w.issuer, .schema_id = w.schema_id.data, .tag = w.tag,
	    .schema = &w.schema, .revocable = w.revocable };
	if (make(j, &in, w.bits, &k, e) == -1)
		return -1;
	return write_definition(j, &w, &k, e);
}

/* ---- rotating ------------------------------------------------------------- */

/* names_of: the attributes of a definition, as a schema for its next keys. */
static void
names_of(const struct definition *d, struct ac_schema *s)
{
	const struct cl_map *r = &d->pub.key.r;

	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->at[i].name, CL_LINK) != 0)
			s->normal[s->n_attrs++] = r->at[i].name;
}

/* keep_revocation: the next keys revoke with those in use: tails, accumulators
 * and credentials of the definition's registries stand under them. */
static int
keep_revocation(struct fork_job *j, const struct definition *d, struct keys *k, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record used = CRED_RECORD_INIT;
	CLEANUP(json_put) struct json_object *old = NULL;
	struct json_object *to, *from, *part;
	int rc = cred_record_get(j, DEFINITION_PRIVATE, d->id, &used, e);

	if (rc == 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "the wallet has no keys of %.200s", d->id);
	if (rc == -1 || json_parse(&old, used.opened.r.value, used.opened.r.value_len, e) == -1 ||
	    json_get_obj(old, "value", &from, e) == -1 || json_get_obj(from, "r_key", &part, e) == -1 ||
	    json_get_obj(k->secret, "value", &to, e) == -1)
		return -1;
	json_object_object_add(to, "r_key", json_object_get(part));
	if (json_get_obj(d->pub.json, "value", &from, e) == -1 || json_get_obj(from, "revocation", &part, e) == -1 ||
	    json_get_obj(k->def, "value", &to, e) == -1)
		return -1;
	json_object_object_add(to, "revocation", json_object_get(part));
	return 0;
}

static int
rotate_start(struct fork_job *j, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record next = CRED_RECORD_INIT;
	CLEANUP(definition_release) struct definition d = DEFINITION_INIT;
	CLEANUP(keys_release) struct keys k = { NULL, NULL, NULL };
	struct ac_schema names = AC_SCHEMA_INIT;	/* borrows d's names: not released */
	struct ac_new_cred_def in;
	struct json_object *o;
	int rc;

	if (definition_of(j, "id", &d, e) == -1 || (rc = cred_record_get(j, DEFINITION_NEXT, d.id, &next, e)) == -1)
		return -1;
	names_of(&d, &names);
	in = (struct ac_new_cred_def){ .issuer_id = d.pub.issuer_id, .schema_id = d.pub.schema_id, .tag = d.pub.tag,
	    .schema = &names, .revocable = d.pub.revocable };
	if (make(j, &in, d.bits, &k, e) == -1 || (d.pub.revocable && keep_revocation(j, &d, &k, e) == -1) ||
	    definition_keep(j, DEFINITION_NEXT, d.id, k.secret, rc == 1 ? next.version : CRED_RECORD_NEW, e) == -1)
		return -1;
	o = json_object_new_object();
	json_add_str(o, "id", d.id);
	json_add(o, "object", json_object_get(k.def));
	json_add(o, "key_proof", json_object_get(k.proof));
	json_add_i64(o, "version", d.version);
	fork_write(j, "cred_def_next", o);
	result(j, 201, d.id, k.def, k.proof);
	return 0;
}

/* swap: the next private keys take the place of those in use. */
static int
swap(struct fork_job *j, const struct definition *d, struct err *e)
{
	CLEANUP(cred_record_release) struct cred_record next = CRED_RECORD_INIT, used = CRED_RECORD_INIT;
	struct record r;
	int rc = cred_record_get(j, DEFINITION_NEXT, d->id, &next, e);

	if (rc == 0)
		return err_set(e, ERR_ITEM_NOT_FOUND, "id: no rotation of %.200s was started", d->id);
	if (rc == -1 || (rc = cred_record_get(j, DEFINITION_PRIVATE, d->id, &used, e)) == -1)
		return -1;
	r = next.opened.r;
	r.type = DEFINITION_PRIVATE;
	r.name = d->id;
	if (cred_record_put(j, &r, rc == 1 ? used.version : CRED_RECORD_NEW, e) == -1)
		return -1;
	return cred_record_delete(j, DEFINITION_NEXT, d->id, next.version, e);
}

static int
rotate_apply(struct fork_job *j, struct err *e)
{
	CLEANUP(definition_release) struct definition d = DEFINITION_INIT;
	struct json_object *o;

	if (definition_of(j, "id", &d, e) == -1 || swap(j, &d, e) == -1)
		return -1;
	o = json_object_new_object();
	json_add_str(o, "id", d.id);
	json_add_i64(o, "version", d.version);
	fork_write(j, "cred_def_apply", o);
	fork_result(j, 200, json_object_new_object());
	return 0;
}

const struct fork_kind x_create_cred_def = { .name = "issuer.create_cred_def", .run = create_cred_def };
const struct fork_kind x_rotate_start = { .name = "issuer.rotate_cred_def_start", .run = rotate_start };
const struct fork_kind x_rotate_apply = { .name = "issuer.rotate_cred_def_apply", .run = rotate_apply };
