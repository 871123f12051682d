#include <stdlib.h>

#include "presentation.h"

static const char *const members[] = {
	"revealed_attrs", "revealed_attr_groups", "self_attested_attrs",
	"unrevealed_attrs", "predicates", NULL,
};
static const char *const attr_members[] = {
	"sub_proof_index", "raw", "encoded", NULL,
};
static const char *const group_members[] = { "sub_proof_index", "values", NULL };
static const char *const pointer_members[] = { "sub_proof_index", NULL };

static int
read_sub_index(struct json_object *o, uint32_t *out, struct err *e)
{
	int64_t i;

	if (ac_i64(o, "sub_proof_index", 0, AC_CREDS_MAX - 1, &i, e) == -1)
		return -1;
	*out = (uint32_t)i;
	return 0;
}

static int
read_value(struct ac_shown_value *v, struct json_object *o, struct err *e)
{
	return ac_raw(o, "raw", &v->raw, e) == -1 ||
	    ac_num(o, "encoded", BN_BITS_MAX, &v->encoded, e) == -1 ? -1 : 0;
}

static int
read_attr(struct ac_shown *s, struct json_object *o, struct err *e)
{
	if (ac_members(o, attr_members, SIZE_MAX, e) == -1 ||
	    read_sub_index(o, &s->sub, e) == -1)
		return -1;
	s->at = ac_zeroed(1, sizeof(*s->at));
	s->n = 1;
	return read_value(s->at, o, e);
}

/* read_member: one value of a group, which some agents give an index too. */
static int
read_member(struct ac_shown_value *v, struct json_object *o, struct err *e)
{
	struct json_object *index;

	if (ac_members(o, attr_members, SIZE_MAX, e) == -1)
		return -1;
	v->has_sub = json_object_object_get_ex(o, "sub_proof_index", &index);
	if (v->has_sub && read_sub_index(o, &v->sub, e) == -1)
		return -1;
	return read_value(v, o, e);
}

static int
read_group(struct ac_shown *s, struct json_object *o, struct err *e)
{
	struct json_object *values;

	s->group = true;
	if (ac_members(o, group_members, SIZE_MAX, e) == -1 ||
	    read_sub_index(o, &s->sub, e) == -1 ||
	    ac_sub(o, "values", &values, e) == -1)
		return -1;
	if (ac_members(values, NULL, AC_ATTRS_MAX, e) == -1)
		return ac_under(e, "values");
	s->at = ac_zeroed((size_t)json_object_object_length(values),
	    sizeof(*s->at));
	json_object_object_foreach(values, name, v) {
		struct ac_shown_value *one = &s->at[s->n++];

		one->name = name;
		if (read_member(one, v, e) == -1) {
			ac_under(e, "%.64s", name);
			return ac_under(e, "values");
		}
	}
	return 0;
}

/*
 * members_of: the member of o that is an object of referents, or NULL when it is
 * absent; -1 when it is something else or has too many.
 */
static int
members_of(struct json_object *o, const char *key, struct json_object **out,
    struct err *e)
{
	int got = ac_opt_sub(o, key, out, e);

	if (got == 1 && ac_members(*out, NULL, AC_REFS_MAX, e) == -1)
		return ac_under(e, "%s", key);
	return got;
}

static int
read_shown(struct ac_presentation *p, struct json_object *o, const char *key,
    int (*read)(struct ac_shown *, struct json_object *, struct err *),
    struct err *e)
{
	struct json_object *map;
	int got = members_of(o, key, &map, e);

	if (got != 1)
		return got;
	json_object_object_foreach(map, ref, v) {
		struct ac_shown *s = &p->shown[p->n_shown++];

		s->ref = ref;
		if (read(s, v, e) == -1) {
			ac_under(e, "%.64s", ref);
			return ac_under(e, "%s", key);
		}
	}
	return 0;
}

static int
read_pointers(struct json_object *o, const char *key, struct ac_pointer **out,
    size_t *n, struct err *e)
{
	struct json_object *map;
	int got = members_of(o, key, &map, e);

	if (got != 1)
		return got;
	*out = ac_zeroed((size_t)json_object_object_length(map), sizeof(**out));
	json_object_object_foreach(map, ref, v) {
		struct ac_pointer *at = &(*out)[(*n)++];

		at->ref = ref;
		if (ac_members(v, pointer_members, SIZE_MAX, e) == -1 ||
		    read_sub_index(v, &at->sub, e) == -1) {
			ac_under(e, "%.64s", ref);
			return ac_under(e, "%s", key);
		}
	}
	return 0;
}

static int
read_selfs(struct ac_presentation *p, struct json_object *o, struct err *e)
{
	static const char key[] = "self_attested_attrs";
	struct json_object *map;
	int got = members_of(o, key, &map, e);

	if (got != 1)
		return got;
	p->selfs = ac_zeroed((size_t)json_object_object_length(map),
	    sizeof(*p->selfs));
	json_object_object_foreach(map, ref, v) {
		struct ac_self *s = &p->selfs[p->n_selfs++];

		(void)v;
		s->ref = ref;
		if (ac_raw(map, ref, &s->value, e) == -1)
			return ac_under(e, "%s", key);
	}
	return 0;
}

int
ac_shown_decode(struct ac_presentation *p, struct json_object *o, struct err *e)
{
	if (ac_members(o, members, SIZE_MAX, e) == -1)
		return -1;
	p->shown = ac_zeroed(2 * AC_REFS_MAX, sizeof(*p->shown));
	return read_shown(p, o, "revealed_attrs", read_attr, e) == -1 ||
	    read_shown(p, o, "revealed_attr_groups", read_group, e) == -1 ||
	    read_selfs(p, o, e) == -1 ||
	    read_pointers(o, "unrevealed_attrs", &p->hidden, &p->n_hidden, e) == -1 ||
	    read_pointers(o, "predicates", &p->preds, &p->n_preds, e) == -1 ?
	    -1 : 0;
}

static struct json_object *
encode_value(const struct ac_shown_value *v)
{
	struct json_object *o = ac_new_object();

	json_add_str(o, "raw", v->raw);
	ac_add_num(o, "encoded", &v->encoded);
	return o;
}

static struct json_object *
encode_group(const struct ac_shown *s)
{
	struct json_object *o = ac_new_object(), *values = ac_new_object();

	json_add_i64(o, "sub_proof_index", s->sub);
	for (size_t i = 0; i < s->n; i++)
		json_add(values, s->at[i].name, encode_value(&s->at[i]));
	json_add(o, "values", values);
	return o;
}

static struct json_object *
encode_attr(const struct ac_shown *s)
{
	struct json_object *o = encode_value(s->at);

	json_add_i64(o, "sub_proof_index", s->sub);
	return o;
}

static struct json_object *
encode_pointers(const struct ac_pointer *at, size_t n)
{
	struct json_object *map = ac_new_object();

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = ac_new_object();

		json_add_i64(o, "sub_proof_index", at[i].sub);
		json_add(map, at[i].ref, o);
	}
	return map;
}

struct json_object *
ac_shown_encode(const struct ac_presentation *p)
{
	struct json_object *o = ac_new_object(), *attrs = ac_new_object();
	struct json_object *groups = ac_new_object(), *selfs = ac_new_object();

	for (size_t i = 0; i < p->n_shown; i++) {
		const struct ac_shown *s = &p->shown[i];

		if (s->group)
			json_add(groups, s->ref, encode_group(s));
		else
			json_add(attrs, s->ref, encode_attr(s));
	}
	for (size_t i = 0; i < p->n_selfs; i++)
		json_add_str(selfs, p->selfs[i].ref, p->selfs[i].value);
	json_add(o, "revealed_attrs", attrs);
	json_add(o, "revealed_attr_groups", groups);
	json_add(o, "self_attested_attrs", selfs);
	json_add(o, "unrevealed_attrs", encode_pointers(p->hidden, p->n_hidden));
	json_add(o, "predicates", encode_pointers(p->preds, p->n_preds));
	return o;
}
