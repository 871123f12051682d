#include "pres_request.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "attr.h"

static const char *const members[] = {
	"nonce", "name", "version", "ver", "requested_attributes",
	"requested_predicates", "non_revoked", NULL,
};
/* `revealed` is sent by some agents and says nothing. */
static const char *const attr_members[] = {
	"name", "names", "restrictions", "non_revoked", "revealed", NULL,
};
static const char *const pred_members[] = {
	"name", "p_type", "p_value", "restrictions", "non_revoked", NULL,
};
static const char *const interval_members[] = { "from", "to", NULL };

static const struct { const char *word; enum cl_ge_type type; } types[] = {
	{ ">=", CL_GE }, { ">", CL_GT }, { "<=", CL_LE }, { "<", CL_LT },
};
#define N_TYPES (sizeof(types) / sizeof(types[0]))


static int
read_interval(struct ac_interval *out, struct json_object *o, struct err *e)
{
	struct ac_interval i = { .there = true };
	struct json_object *v;
	int from, to, got = ac_opt_sub(o, "non_revoked", &v, e);

	if (got != 1)
		return got;
	if (ac_members(v, interval_members, SIZE_MAX, e) == -1 ||
	    (from = ac_opt_i64(v, "from", 0, INT64_MAX - 1, &i.from, e)) == -1 ||
	    (to = ac_opt_i64(v, "to", 0, INT64_MAX - 1, &i.to, e)) == -1)
		return ac_under(e, "non_revoked");
	i.has_from = from == 1;
	i.has_to = to == 1;
	if (i.has_from && i.has_to && i.from > i.to)
		return ac_bad(e, "non_revoked", "must not end before it begins");
	*out = i;
	return 0;
}

/* add_name: one more name of a, which has room for it. */
static int
add_name(struct ac_ask *a, const char *name, struct err *e)
{
	char normal[AC_NAME_MAX + 1];

	if (name == NULL || ac_attr_name(normal, name) == -1)
		return ac_bad(e, "", "must be a name of 1 to 256 bytes");
	if (strcmp(normal, CL_LINK) == 0)
		return ac_bad(e, "", "is the link secret, which is never shown");
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->normal[i], normal) == 0)
			return ac_bad(e, "", "is the same name as another");
	a->names[a->n] = name;
	a->normal[a->n] = strdup(normal);
	if (a->normal[a->n] == NULL)
		abort();
	a->n++;
	return 0;
}

/* name_room: room for n names of a. */
static void
name_room(struct ac_ask *a, size_t n)
{
	a->names = ac_zeroed(n, sizeof(*a->names));
	a->normal = ac_zeroed(n, sizeof(*a->normal));
}

static int
read_name(struct ac_ask *a, struct json_object *o, struct err *e)
{
	const char *name;

	if (ac_text(o, "name", AC_NAME_MAX, &name, e) == -1)
		return -1;
	name_room(a, 1);
	if (add_name(a, name, e) == -1)
		return ac_under(e, "name");
	return 0;
}

static int
read_names(struct ac_ask *a, struct json_object *names, struct err *e)
{
	size_t n = json_object_array_length(names);

	a->group = true;
	name_room(a, n);
	for (size_t i = 0; i < n; i++)
		if (add_name(a, ac_string(json_object_array_get_idx(names, i),
		    AC_NAME_MAX), e) == -1)
			return ac_under(e, "names[%zu]", i);
	return 0;
}

/* read_conditions: what attributes and predicates both may carry. */
static int
read_conditions(struct ac_ask *a, struct json_object *o, struct err *e)
{
	struct json_object *q;

	if (json_object_object_get_ex(o, "restrictions", &q) &&
	    ac_restriction_parse(&a->restriction, q, e) == -1)
		return ac_under(e, "restrictions");
	return read_interval(&a->own, o, e);
}

static int
read_attr(struct ac_ask *a, struct json_object *o, struct err *e)
{
	struct json_object *names, *name;
	int got;

	if (ac_members(o, attr_members, SIZE_MAX, e) == -1 ||
	    (got = ac_opt_arr(o, "names", 1, AC_ATTRS_MAX, &names, e)) == -1)
		return -1;
	if (got == 1 && json_object_object_get_ex(o, "name", &name) &&
	    name != NULL)
		return ac_bad(e, "names", "must not stand beside name");
	if ((got == 1 ? read_names(a, names, e) : read_name(a, o, e)) == -1)
		return -1;
	return read_conditions(a, o, e);
}

static int
read_pred(struct ac_ask *a, struct json_object *o, struct err *e)
{
	const char *word;
	int64_t value;
	size_t t;

	if (ac_members(o, pred_members, SIZE_MAX, e) == -1 ||
	    read_name(a, o, e) == -1 ||
	    ac_text(o, "p_type", AC_NAME_MAX, &word, e) == -1 ||
	    ac_i64(o, "p_value", INT32_MIN, INT32_MAX, &value, e) == -1)
		return -1;
	for (t = 0; t < N_TYPES && strcmp(word, types[t].word) != 0; t++)
		;
	if (t == N_TYPES)
		return ac_bad(e, "p_type", "must be >=, >, <= or <");
	memcpy(a->predicate.attr, a->normal[0], strlen(a->normal[0]) + 1);
	a->predicate.type = types[t].type;
	a->predicate.value = (int32_t)value;
	return read_conditions(a, o, e);
}

/* read_asks: all members of an object of referents. */
static int
read_asks(struct json_object *o, const char *key, size_t max,
    int (*read)(struct ac_ask *, struct json_object *, struct err *),
    struct ac_ask **out, size_t *n, struct err *e)
{
	struct json_object *map;

	if (ac_sub(o, key, &map, e) == -1)
		return -1;
	if (ac_members(map, NULL, max, e) == -1)
		return ac_under(e, "%s", key);
	*out = ac_zeroed((size_t)json_object_object_length(map), sizeof(**out));
	json_object_object_foreach(map, ref, v) {
		struct ac_ask *a = &(*out)[(*n)++];

		a->ref = ref;
		if (read(a, v, e) == -1) {
			ac_under(e, "%.64s", ref);
			return ac_under(e, "%s", key);
		}
	}
	return 0;
}

static int
read_all(struct ac_pres_request *r, struct err *e)
{
	struct json_object *o = r->json;
	const char *ver;

	if (ac_members(o, members, SIZE_MAX, e) == -1 ||
	    ac_num(o, "nonce", AC_NONCE_BITS, &r->nonce, e) == -1 ||
	    ac_text(o, "nonce", AC_DEC_MAX, &r->nonce_text, e) == -1 ||
	    ac_text(o, "name", AC_NAME_MAX, &r->name, e) == -1 ||
	    ac_text(o, "version", AC_NAME_MAX, &r->version, e) == -1 ||
	    ac_opt_text(o, "ver", AC_NAME_MAX, &ver, e) == -1 ||
	    read_interval(&r->interval, o, e) == -1)
		return -1;
	if (bn_sign(&r->nonce) == -1)
		return ac_bad(e, "nonce", "must not be negative");
	if (read_asks(o, "requested_attributes", AC_REFS_MAX, read_attr,
	    &r->attrs, &r->n_attrs, e) == -1 ||
	    read_asks(o, "requested_predicates", AC_PREDS_MAX, read_pred,
	    &r->preds, &r->n_preds, e) == -1)
		return -1;
	if (r->n_attrs + r->n_preds == 0)
		return ac_bad(e, "requested_attributes", "asks for nothing");
	return 0;
}

int
ac_pres_request_decode(struct ac_pres_request *out, struct json_object *o,
    struct err *e)
{
	CLEANUP(ac_pres_request_release) struct ac_pres_request r =
	    AC_PRES_REQUEST_INIT;

	r.json = json_object_get(o);
	if (read_all(&r, e) == -1)
		return -1;
	*out = r;
	r = (struct ac_pres_request)AC_PRES_REQUEST_INIT;
	return 0;
}

static void
release_asks(struct ac_ask *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < a[i].n; k++)
			free(a[i].normal[k]);
		free(a[i].normal);
		free(a[i].names);
		ac_restriction_free(a[i].restriction);
	}
	free(a);
}

void
ac_pres_request_release(struct ac_pres_request *r)
{
	release_asks(r->attrs, r->n_attrs);
	release_asks(r->preds, r->n_preds);
	bn_release(&r->nonce);
	json_object_put(r->json);
	*r = (struct ac_pres_request)AC_PRES_REQUEST_INIT;
}

const struct ac_interval *
ac_pres_request_interval(const struct ac_pres_request *r,
    const struct ac_ask *a)
{
	if (a->own.there)
		return &a->own;
	return r->interval.there ? &r->interval : NULL;
}

static const struct ac_ask *
find(const struct ac_ask *a, size_t n, const char *ref)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i].ref, ref) == 0)
			return &a[i];
	return NULL;
}

const struct ac_ask *
ac_pres_request_attr(const struct ac_pres_request *r, const char *ref)
{
	return find(r->attrs, r->n_attrs, ref);
}

const struct ac_ask *
ac_pres_request_pred(const struct ac_pres_request *r, const char *ref)
{
	return find(r->preds, r->n_preds, ref);
}
