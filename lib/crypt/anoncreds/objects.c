#include "objects.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"

/*
 * An object under its id in a map; an id of its own (legacy form) must be that.
 */
static int
same_id(const char *id, const char *own, struct err *e)
{
	if (own != NULL && strcmp(id, own) != 0)
		return ac_bad(e, "id", "is not the name under which it stands");
	return 0;
}

static int
read_schema(struct ac_objects *o, const char *id, struct json_object *v,
    struct err *e)
{
	struct ac_schema *s = &o->schemas[o->n_schemas].o;

	o->schemas[o->n_schemas++].id = id;
	return ac_schema_decode(s, v, e) == -1 || same_id(id, s->id, e) == -1 ?
	    -1 : 0;
}

static int
read_cred_def(struct ac_objects *o, const char *id, struct json_object *v,
    struct err *e)
{
	struct ac_cred_def *d = &o->cred_defs[o->n_cred_defs].o;

	o->cred_defs[o->n_cred_defs++].id = id;
	d->key = (struct cl_pub)CL_PUB_INIT;
	return ac_cred_def_decode(d, v, e) == -1 || same_id(id, d->id, e) == -1 ?
	    -1 : 0;
}

static int
read_rev_reg(struct ac_objects *o, const char *id, struct json_object *v,
    struct err *e)
{
	struct ac_rev_reg *r = &o->rev_regs[o->n_rev_regs].o;

	o->rev_regs[o->n_rev_regs++].id = id;
	return ac_rev_reg_decode(r, v, e) == -1 || same_id(id, r->id, e) == -1 ?
	    -1 : 0;
}

/* read_map: every {id: object} of a member, if there is one. */
static int
read_map(struct ac_objects *o, const char *key,
    int (*read)(struct ac_objects *, const char *, struct json_object *, struct err *),
    struct err *e)
{
	struct json_object *map;
	int got = ac_opt_sub(o->json, key, &map, e);

	if (got != 1)
		return got;
	if (ac_members(map, NULL, AC_OBJECTS_MAX, e) == -1)
		return ac_under(e, "%s", key);
	json_object_object_foreach(map, id, v) {
		if (read(o, id, v, e) == -1) {
			ac_under(e, "%.200s", id);
			return ac_under(e, "%s", key);
		}
	}
	return 0;
}

/* add_list: one element of status_lists; o has room for it. */
static int
add_list(struct ac_objects *o, struct json_object *v, struct err *e)
{
	CLEANUP(ac_rev_list_release) struct ac_rev_list l = AC_REV_LIST_INIT;

	if (ac_rev_list_decode(&l, v, e) == -1)
		return -1;
	if (!l.has_timestamp)
		return ac_bad(e, "timestamp", "is required");
	if (ac_objects_list(o, l.rev_reg_id, l.timestamp) != NULL)
		return ac_bad(e, "", "is the second of that registry and time");
	o->lists[o->n_lists++] = l;
	l = (struct ac_rev_list)AC_REV_LIST_INIT;
	return 0;
}

static int
read_lists(struct ac_objects *o, struct err *e)
{
	struct json_object *a;
	size_t n;
	int got = ac_opt_arr(o->json, "status_lists", 0, AC_OBJECTS_MAX, &a, e);

	if (got != 1)
		return got;
	n = json_object_array_length(a);
	o->lists = ac_zeroed(n, sizeof(*o->lists));
	for (size_t i = 0; i < n; i++)
		if (add_list(o, json_object_array_get_idx(a, i), e) == -1)
			return ac_under(e, "status_lists[%zu]", i);
	return 0;
}

int
ac_objects_decode(struct ac_objects *out, struct json_object *args,
    struct err *e)
{
	CLEANUP(ac_objects_release) struct ac_objects o = AC_OBJECTS_INIT;

	o.json = json_object_get(args);
	o.schemas = ac_zeroed(AC_OBJECTS_MAX, sizeof(*o.schemas));
	o.cred_defs = ac_zeroed(AC_OBJECTS_MAX, sizeof(*o.cred_defs));
	o.rev_regs = ac_zeroed(AC_OBJECTS_MAX, sizeof(*o.rev_regs));
	if (read_map(&o, "schemas", read_schema, e) == -1 ||
	    read_map(&o, "cred_defs", read_cred_def, e) == -1 ||
	    read_map(&o, "rev_reg_defs", read_rev_reg, e) == -1 ||
	    read_lists(&o, e) == -1)
		return -1;
	*out = o;
	o = (struct ac_objects)AC_OBJECTS_INIT;
	return 0;
}

void
ac_objects_release(struct ac_objects *o)
{
	for (size_t i = 0; i < o->n_schemas; i++)
		ac_schema_release(&o->schemas[i].o);
	for (size_t i = 0; i < o->n_cred_defs; i++)
		ac_cred_def_release(&o->cred_defs[i].o);
	for (size_t i = 0; i < o->n_rev_regs; i++)
		ac_rev_reg_release(&o->rev_regs[i].o);
	for (size_t i = 0; i < o->n_lists; i++)
		ac_rev_list_release(&o->lists[i]);
	free(o->schemas);
	free(o->cred_defs);
	free(o->rev_regs);
	free(o->lists);
	json_object_put(o->json);
	*o = (struct ac_objects)AC_OBJECTS_INIT;
}

const struct ac_schema *
ac_objects_schema(const struct ac_objects *o, const char *id)
{
	for (size_t i = 0; i < o->n_schemas; i++)
		if (strcmp(o->schemas[i].id, id) == 0)
			return &o->schemas[i].o;
	return NULL;
}

struct ac_cred_def *
ac_objects_cred_def(const struct ac_objects *o, const char *id)
{
	for (size_t i = 0; i < o->n_cred_defs; i++)
		if (strcmp(o->cred_defs[i].id, id) == 0)
			return &o->cred_defs[i].o;
	return NULL;
}

const struct ac_rev_reg *
ac_objects_rev_reg(const struct ac_objects *o, const char *id)
{
	for (size_t i = 0; i < o->n_rev_regs; i++)
		if (strcmp(o->rev_regs[i].id, id) == 0)
			return &o->rev_regs[i].o;
	return NULL;
}

const struct ac_rev_list *
ac_objects_list(const struct ac_objects *o, const char *rev_reg_id,
    int64_t timestamp)
{
	for (size_t i = 0; i < o->n_lists; i++)
		if (o->lists[i].timestamp == timestamp &&
		    strcmp(o->lists[i].rev_reg_id, rev_reg_id) == 0)
			return &o->lists[i];
	return NULL;
}

const struct ac_rev_list *
ac_objects_newest(const struct ac_objects *o, const char *rev_reg_id,
    int64_t at)
{
	const struct ac_rev_list *best = NULL;

	for (size_t i = 0; i < o->n_lists; i++) {
		const struct ac_rev_list *l = &o->lists[i];

		if (l->timestamp <= at &&
		    strcmp(l->rev_reg_id, rev_reg_id) == 0 &&
		    (best == NULL || l->timestamp > best->timestamp))
			best = l;
	}
	return best;
}
