#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/ids.h"
#include "../../../lib/crypt/anoncreds/issuer.h"
#include "x_issuer.h"

struct wanted { const char *issuer, *name, *version; };

/* existing: 1 and the schema that these three name, 0, -1. */
static int
existing(struct fork_job *j, const struct wanted *w, struct json_object **out, struct err *e)
{
	struct json_object *args = json_object_new_object();

	json_add_str(args, "kind", "schema");
	json_add_str(args, "issuer_id", w->issuer);
	json_add_str(args, "name", w->name);
	json_add_str(args, "version", w->version);
	if (fork_ask(j, "object_get", args, out, NULL, e) == -1)
		return -1;
	return *out != NULL;
}

static void
result(struct fork_job *j, int status, const char *id, struct json_object *schema)
{
	struct json_object *body = json_object_new_object();

	json_add_str(body, "schema_id", id);
	json_add(body, "schema", schema);
	fork_result(j, status, body);
}

/* same: what is there is what was asked for; else it is refused. */
static int
same(struct fork_job *j, struct json_object *there, struct json_object *made, struct err *e)
{
	struct json_object *object;
	const char *id;

	if (json_get_obj(there, "object", &object, e) == -1 || json_get_str(there, "id", 1, AC_ID_MAX, &id, e) == -1)
		return -1;
	if (!json_object_equal(object, made))
		return err_set(e, ERR_CONFLICT, "a schema of this issuer, name and version has other attributes");
	result(j, 200, id, json_object_get(object));
	return 0;
}

static int
write_schema(struct fork_job *j, const struct wanted *w, struct json_object *schema)
{
	CLEANUP(buf_release) struct buf id = BUF_INIT_MAX(AC_ID_MAX * 2);
	struct json_object *o = json_object_new_object();

	ac_ids_make_schema(&id, w->issuer, w->name, w->version);
	json_add_str(o, "id", id.data);
	json_add_str(o, "issuer_id", w->issuer);
	json_add_str(o, "name", w->name);
	json_add_str(o, "version", w->version);
	json_add(o, "object", json_object_get(schema));
	fork_write(j, "schema", o);
	result(j, 201, id.data, json_object_get(schema));
	return 0;
}

static int
create_schema(struct fork_job *j, struct err *e)
{
	CLEANUP(json_put) struct json_object *schema = NULL, *there = NULL;
	struct wanted w;
	int rc;

	if (fork_get_str(j, "issuer_id", 1, AC_ID_MAX, &w.issuer, e) == -1 ||
	    fork_get_str(j, "name", 1, AC_NAME_MAX, &w.name, e) == -1 ||
	    fork_get_str(j, "version", 1, AC_NAME_MAX, &w.version, e) == -1 ||
	    ac_issuer_schema(&schema, w.issuer, w.name, w.version, fork_field(j, "attr_names"), e) == -1)
		return -1;
	rc = existing(j, &w, &there, e);
	if (rc == -1)
		return -1;
	return rc == 1 ? same(j, there, schema, e) : write_schema(j, &w, schema);
}

const struct fork_kind x_create_schema = { .name = "issuer.create_schema", .run = create_schema };
