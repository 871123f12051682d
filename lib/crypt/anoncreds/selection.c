#include <stdlib.h>

#include "../../base/cleanup.h"
#include "present.h"

static const char *const members[] = {
	"requested_attributes", "requested_predicates",
	"self_attested_attributes", NULL,
};
static const char *const attr_members[] = {
	"cred_id", "timestamp", "revealed", NULL,
};
static const char *const pred_members[] = { "cred_id", "timestamp", NULL };

static int
read_choice(struct ac_choice *c, struct json_object *o, bool attr,
    struct err *e)
{
	int got;

	if (ac_members(o, attr ? attr_members : pred_members, SIZE_MAX, e) == -1 ||
	    ac_text(o, "cred_id", AC_ID_MAX, &c->cred_id, e) == -1)
		return -1;
	got = ac_opt_i64(o, "timestamp", 0, INT64_MAX - 1, &c->timestamp, e);
	if (got == -1)
		return -1;
	c->has_timestamp = got == 1;
	if (attr && json_get_bool(o, "revealed", &c->revealed, e) == -1) {
		if (e != NULL)
			e->code = ERR_STRUCTURE;
		return -1;
	}
	return 0;
}

static int
read_choices(struct json_object *o, const char *key, size_t max, bool attr,
    struct ac_choice **out, size_t *n, struct err *e)
{
	struct json_object *map;
	int got = ac_opt_sub(o, key, &map, e);

	if (got != 1)
		return got;
	if (ac_members(map, NULL, max, e) == -1)
		return ac_under(e, "%s", key);
	*out = ac_zeroed((size_t)json_object_object_length(map), sizeof(**out));
	json_object_object_foreach(map, ref, v) {
		struct ac_choice *c = &(*out)[(*n)++];

		c->ref = ref;
		if (read_choice(c, v, attr, e) == -1) {
			ac_under(e, "%.64s", ref);
			return ac_under(e, "%s", key);
		}
	}
	return 0;
}

/* no_selfs: Indy's form has them here; ours are an argument of their own. */
static int
no_selfs(struct json_object *o, struct err *e)
{
	struct json_object *selfs;
	int got = ac_opt_sub(o, "self_attested_attributes", &selfs, e);

	if (got == 1 && json_object_object_length(selfs) > 0)
		return ac_bad(e, "self_attested_attributes",
		    "must be given as self_attested");
	return got == -1 ? -1 : 0;
}

int
ac_selection_decode(struct ac_selection *out, struct json_object *o,
    struct err *e)
{
	CLEANUP(ac_selection_release) struct ac_selection s = AC_SELECTION_INIT;

	s.json = json_object_get(o);
	if (ac_members(o, members, SIZE_MAX, e) == -1 || no_selfs(o, e) == -1 ||
	    read_choices(o, "requested_attributes", AC_REFS_MAX, true,
	    &s.attrs, &s.n_attrs, e) == -1 ||
	    read_choices(o, "requested_predicates", AC_PREDS_MAX, false,
	    &s.preds, &s.n_preds, e) == -1)
		return -1;
	*out = s;
	s = (struct ac_selection)AC_SELECTION_INIT;
	return 0;
}

void
ac_selection_release(struct ac_selection *s)
{
	free(s->attrs);
	free(s->preds);
	json_object_put(s->json);
	*s = (struct ac_selection)AC_SELECTION_INIT;
}
