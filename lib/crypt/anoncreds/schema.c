#include "schema.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../cl/map.h"

static const char *const members[] = {
	"name", "version", "attrNames", "issuerId", "id", "ver", "seqNo", NULL,
};

/* add_attr: one name of attrNames. */
static int
add_attr(struct ac_schema *s, struct json_object *v, struct err *e)
{
	char normal[AC_NAME_MAX + 1];
	const char *name = ac_string(v, AC_NAME_MAX);

	if (name == NULL || ac_attr_name(normal, name) == -1)
		return ac_bad(e, "", "must be a name of 1 to 256 bytes");
	if (strcmp(normal, CL_LINK) == 0)
		return ac_bad(e, "", "is reserved for the link secret");
	for (size_t i = 0; i < s->n_attrs; i++)
		if (strcmp(s->normal[i], normal) == 0)
			return ac_bad(e, "", "is the same name as another");
	s->attrs[s->n_attrs] = name;
	s->normal[s->n_attrs] = strdup(normal);
	if (s->normal[s->n_attrs] == NULL)
		abort();
	s->n_attrs++;
	return 0;
}

static int
read_attrs(struct ac_schema *s, struct err *e)
{
	struct json_object *names;
	size_t n;

	if (ac_arr(s->json, "attrNames", 1, AC_ATTRS_MAX, &names, e) == -1)
		return -1;
	n = json_object_array_length(names);
	for (size_t i = 0; i < n; i++)
		if (add_attr(s, json_object_array_get_idx(names, i), e) == -1)
			return ac_under(e, "attrNames[%zu]", i);
	return 0;
}

static int
read_all(struct ac_schema *s, struct err *e)
{
	const char *ver;

	if (ac_members(s->json, members, SIZE_MAX, e) == -1 ||
	    ac_text(s->json, "name", AC_NAME_MAX, &s->name, e) == -1 ||
	    ac_text(s->json, "version", AC_NAME_MAX, &s->version, e) == -1 ||
	    ac_opt_text(s->json, "issuerId", AC_ID_MAX, &s->issuer_id, e) == -1 ||
	    ac_opt_text(s->json, "id", AC_ID_MAX, &s->id, e) == -1 ||
	    ac_opt_text(s->json, "ver", AC_NAME_MAX, &ver, e) == -1 ||
	    ac_opt_i64(s->json, "seqNo", 0, INT32_MAX, &s->seq_no, e) == -1)
		return -1;
	if (s->issuer_id == NULL && s->id == NULL)
		return ac_bad(e, "issuerId", "is required");
	return read_attrs(s, e);
}

int
ac_schema_decode(struct ac_schema *out, struct json_object *o, struct err *e)
{
	CLEANUP(ac_schema_release) struct ac_schema s = AC_SCHEMA_INIT;

	s.json = json_object_get(o);
	if (read_all(&s, e) == -1)
		return -1;
	*out = s;
	s = (struct ac_schema)AC_SCHEMA_INIT;
	return 0;
}

void
ac_schema_release(struct ac_schema *s)
{
	for (size_t i = 0; i < s->n_attrs; i++)
		free(s->normal[i]);
	json_object_put(s->json);
	*s = (struct ac_schema)AC_SCHEMA_INIT;
}
