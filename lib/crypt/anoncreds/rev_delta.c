#include <stdlib.h>

#include "../../base/cleanup.h"
#include "rev_list.h"

static const char *const outer_members[] = { "ver", "value", NULL };
static const char *const members[] = {
	"prevAccum", "accum", "issued", "revoked", "ver", NULL,
};
static const char *const state_members[] = {
	"witness", "accum", "rev_reg", "timestamp", NULL,
};

/* read_indices: an optional array of indices. */
static int
read_indices(struct json_object *o, const char *key, uint32_t **out, size_t *n,
    struct err *e)
{
	struct json_object *a;
	int got = ac_opt_arr(o, key, 0, ACCUM_SIZE_MAX, &a, e);

	if (got != 1 || json_object_array_length(a) == 0)
		return got == -1 ? -1 : 0;
	*n = json_object_array_length(a);
	*out = reallocarray(NULL, *n, sizeof(**out));
	if (*out == NULL)
		abort();
	for (size_t i = 0; i < *n; i++) {
		struct json_object *v = json_object_array_get_idx(a, i);
		int64_t index = json_object_get_int64(v);

		if (!json_object_is_type(v, json_type_int) || index < 0 ||
		    index > ACCUM_SIZE_MAX)
			return err_set(e, ERR_STRUCTURE,
			    "%s[%zu]: must be an index", key, i);
		(*out)[i] = (uint32_t)index;
	}
	return 0;
}

static int
read_delta(struct ac_rev_delta *d, struct json_object *o, struct err *e)
{
	struct json_object *prev;

	d->has_prev = json_object_object_get_ex(o, "prevAccum", &prev) &&
	    prev != NULL;
	return ac_members(o, members, SIZE_MAX, e) == -1 ||
	    (d->has_prev &&
	    ac_g2(o, "prevAccum", WIRE_MAY_BE_INFINITY, &d->prev, e) == -1) ||
	    ac_g2(o, "accum", WIRE_MAY_BE_INFINITY, &d->accum, e) == -1 ||
	    read_indices(o, "issued", &d->delta.issued,
	    &d->delta.n_issued, e) == -1 ||
	    read_indices(o, "revoked", &d->delta.revoked,
	    &d->delta.n_revoked, e) == -1 ? -1 : 0;
}

int
ac_rev_delta_decode(struct ac_rev_delta *out, struct json_object *o,
    struct err *e)
{
	CLEANUP(ac_rev_delta_release) struct ac_rev_delta d = AC_REV_DELTA_INIT;
	struct json_object *value;

	if (json_object_is_type(o, json_type_object) &&
	    json_object_object_get_ex(o, "value", &value)) {
		if (ac_members(o, outer_members, SIZE_MAX, e) == -1)
			return -1;
		if (read_delta(&d, value, e) == -1)
			return ac_under(e, "value");
	} else if (read_delta(&d, o, e) == -1) {
		return -1;
	}
	*out = d;
	d = (struct ac_rev_delta)AC_REV_DELTA_INIT;
	return 0;
}

void
ac_rev_delta_release(struct ac_rev_delta *d)
{
	accum_delta_release(&d->delta);
}

static struct json_object *
encode_indices(const uint32_t *at, size_t n)
{
	struct json_object *a = ac_new_array();

	for (size_t i = 0; i < n; i++)
		ac_push_i64(a, at[i]);
	return a;
}

struct json_object *
ac_rev_delta_encode(const struct ac_rev_delta *d)
{
	struct json_object *o = ac_new_object(), *value = ac_new_object();

	if (d->has_prev)
		ac_add_g2(value, "prevAccum", &d->prev);
	ac_add_g2(value, "accum", &d->accum);
	json_add(value, "issued",
	    encode_indices(d->delta.issued, d->delta.n_issued));
	json_add(value, "revoked",
	    encode_indices(d->delta.revoked, d->delta.n_revoked));
	json_add_str(o, "ver", "1.0");
	json_add(o, "value", value);
	return o;
}

/* read_inside: the one point of an object that is a member of o. */
static int
read_inside(struct json_object *o, const char *key, const char *inside,
    struct g2 *out, struct err *e)
{
	const char *const known[] = { inside, NULL };
	struct json_object *v;

	if (ac_sub(o, key, &v, e) == -1)
		return -1;
	if (ac_members(v, known, 1, e) == -1 ||
	    ac_g2(v, inside, WIRE_MAY_BE_INFINITY, out, e) == -1)
		return ac_under(e, "%s", key);
	return 0;
}

int
ac_rev_state_decode(struct ac_rev_state *out, struct json_object *o,
    struct err *e)
{
	struct ac_rev_state s;
	struct json_object *v;
	int rc;

	if (ac_members(o, state_members, SIZE_MAX, e) == -1)
		return -1;
	rc = json_object_object_get_ex(o, "rev_reg", &v) ?
	    read_inside(o, "rev_reg", "accum", &s.accum, e) :
	    ac_g2(o, "accum", WIRE_MAY_BE_INFINITY, &s.accum, e);
	if (rc == -1 || read_inside(o, "witness", "omega", &s.witness, e) == -1 ||
	    ac_i64(o, "timestamp", 0, INT64_MAX - 1, &s.timestamp, e) == -1)
		return -1;
	*out = s;
	return 0;
}

struct json_object *
ac_rev_state_encode(const struct ac_rev_state *s)
{
	struct json_object *o = ac_new_object(), *w = ac_new_object();

	ac_add_g2(w, "omega", &s->witness);
	json_add(o, "witness", w);
	ac_add_g2(o, "accum", &s->accum);
	json_add_i64(o, "timestamp", s->timestamp);
	return o;
}
