#include "values.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"

static const char *const members[] = { "raw", "encoded", NULL };

/* read_one: the value o of v->name, and its number. */
static int
read_one(struct ac_value *v, struct bn *num, struct json_object *o,
    struct err *e)
{
	struct json_object *encoded;

	if (json_object_is_type(o, json_type_string)) {
		v->raw = json_object_get_string(o);
		if (strlen(v->raw) > AC_RAW_MAX || strlen(v->raw) !=
		    (size_t)json_object_get_string_len(o))
			return ac_bad(e, "", "is too long or has a NUL");
		ac_attr_encode(num, v->raw);
		return 0;
	}
	if (ac_members(o, members, SIZE_MAX, e) == -1 ||
	    ac_raw(o, "raw", &v->raw, e) == -1)
		return -1;
	if (json_object_object_get_ex(o, "encoded", &encoded) && encoded != NULL)
		return ac_num(o, "encoded", AC_VALUE_BITS, num, e);
	ac_attr_encode(num, v->raw);
	return 0;
}

static int
add(struct ac_values *vs, const char *name, struct json_object *o,
    struct err *e)
{
	CLEANUP(bn_release) struct bn num = BN_INIT;
	struct ac_value v = { .name = name };
	char normal[AC_NAME_MAX + 1];

	if (ac_attr_name(normal, name) == -1)
		return ac_bad(e, "", "is no name of an attribute");
	if (read_one(&v, &num, o, e) == -1)
		return -1;
	if (cl_map_get(&vs->encoded, normal) != NULL)
		return ac_bad(e, "", "is the same name as another");
	if (cl_map_add(&vs->encoded, normal, &num, e) == -1)
		return -1;
	v.normal = strdup(normal);
	if (v.normal == NULL)
		abort();
	vs->at[vs->n++] = v;
	return 0;
}

int
ac_values_decode(struct ac_values *out, struct json_object *o, struct err *e)
{
	CLEANUP(ac_values_release) struct ac_values v = AC_VALUES_INIT;

	if (ac_members(o, NULL, AC_ATTRS_MAX, e) == -1)
		return -1;
	v.json = json_object_get(o);
	json_object_object_foreach(o, name, value) {
		if (add(&v, name, value, e) == -1)
			return ac_under(e, "%.64s", name);
	}
	if (v.n == 0)
		return ac_bad(e, "", "must have an attribute");
	*out = v;
	v = (struct ac_values)AC_VALUES_INIT;
	return 0;
}

void
ac_values_release(struct ac_values *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->at[i].normal);
	cl_map_release(&v->encoded);
	json_object_put(v->json);
	*v = (struct ac_values)AC_VALUES_INIT;
}

struct json_object *
ac_values_encode(const struct ac_values *v)
{
	struct json_object *o = ac_new_object();

	for (size_t i = 0; i < v->n; i++) {
		struct json_object *one = ac_new_object();

		json_add_str(one, "raw", v->at[i].raw);
		ac_add_num(one, "encoded",
		    cl_map_get(&v->encoded, v->at[i].normal));
		json_add(o, v->at[i].name, one);
	}
	return o;
}

const struct ac_value *
ac_values_find(const struct ac_values *v, const char *normal)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->at[i].normal, normal) == 0)
			return &v->at[i];
	return NULL;
}

bool
ac_values_encoded_well(const struct ac_values *v, const char **name)
{
	for (size_t i = 0; i < v->n; i++)
		if (!ac_attr_encodes(v->at[i].raw,
		    cl_map_get(&v->encoded, v->at[i].normal))) {
			*name = v->at[i].name;
			return false;
		}
	return true;
}
