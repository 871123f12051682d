#include "task_vdaf.h"

#include <string.h>

#include "../base/cleanup.h"
#include "../crypt/vdaf/pingpong.h"

/* Of four reports in step: short chunks make long proofs. */
#define ROOM_MAX	(32u << 20)	/* bytes; a runner is meant to have 64 MiB */

/* Members of "vdaf"; a row of `members` says which belong to a type. */
enum {
	LENGTH = 1,	/* "length": elements */
	VALUE = 2,	/* "bits" in 09, "max" in 18 */
	CHUNK = 4,	/* "chunk_length", may be absent */
	WEIGHT = 8,	/* "max_weight" */
};
/* Fields of vdaf_configuration in their order, and bytes of each. */
struct field {
	unsigned member;
	unsigned width;
};
static const struct kind {
	enum prio3_type type;
	const char *name;
	unsigned members;
	bool	in_09;
	uint32_t id_18;
	struct field config[3];
} kinds[] = {
	{ PRIO3_COUNT, "Prio3Count", 0, true, 1, { { 0 } } },
	{ PRIO3_SUM, "Prio3Sum", VALUE, true, 2, { { VALUE, 8 } } },
	{ PRIO3_SUM_VEC, "Prio3SumVec", LENGTH | VALUE | CHUNK, true, 3,
	    { { LENGTH, 4 }, { VALUE, 8 }, { CHUNK, 4 } } },
	{ PRIO3_HISTOGRAM, "Prio3Histogram", LENGTH | CHUNK, true, 4,
	    { { LENGTH, 4 }, { CHUNK, 4 } } },
	{ PRIO3_MULTIHOT, "Prio3MultihotCountVec", LENGTH | CHUNK | WEIGHT,
	    false, 5, { { LENGTH, 4 }, { CHUNK, 4 }, { WEIGHT, 8 } } },
};

static const struct kind *
kind_of(enum prio3_type type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

static const struct kind *
kind_named(const struct dap_profile *p, const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].name, name) == 0 &&
		    (kinds[i].in_09 || p->vdaf == PRIO3_18))
			return &kinds[i];
	return NULL;
}

static const char *
value_key(enum prio3_profile p)
{
	return p == PRIO3_08 ? "bits" : "max";
}

/* known_members: nothing but what the type has. */
static int
known_members(const struct kind *k, const struct dap_profile *p,
    struct json_object *o, struct err *e)
{
	const char *keys[6] = { "type" };
	size_t n = 1;

	if (k->members & LENGTH)
		keys[n++] = "length";
	if (k->members & VALUE)
		keys[n++] = value_key(p->vdaf);
	if (k->members & CHUNK)
		keys[n++] = "chunk_length";
	if (k->members & WEIGHT)
		keys[n++] = "max_weight";
	keys[n] = NULL;
	return json_known(o, keys, e);
}

/* members_read: each number that the type has, within what prio3_new looks at. */
static int
members_read(struct prio3_param *v, const struct kind *k,
    struct json_object *o, struct err *e)
{
	int64_t length = 0, value = 0, chunk = 0, weight = 0;

	if (((k->members & LENGTH) &&
	    json_get_i64(o, "length", 1, PRIO3_MEAS_MAX, &length, e) == -1) ||
	    ((k->members & VALUE) && json_get_i64(o, value_key(v->profile), 1,
	    v->profile == PRIO3_08 ? 64 : INT64_MAX, &value, e) == -1) ||
	    ((k->members & CHUNK) && json_opt_i64(o, "chunk_length", 1,
	    PRIO3_MEAS_MAX, &chunk, e) == -1) ||
	    ((k->members & WEIGHT) && json_get_i64(o, "max_weight", 1,
	    PRIO3_MEAS_MAX, &weight, e) == -1))
		return -1;
	v->length = (uint32_t)length;
	v->chunk_length = (uint32_t)chunk;
	v->max_weight = (uint32_t)weight;
	if (v->profile == PRIO3_08)
		v->bits = (unsigned)value;
	else
		v->max = (uint64_t)value;
	return 0;
}

int
task_vdaf_read(struct prio3_param *out, const struct dap_profile *p,
    struct json_object *o, bool strict, struct err *e)
{
	struct prio3_param v = { .profile = p->vdaf };
	CLEANUP(prio3_cleanup) struct prio3 *made = NULL;
	const struct kind *k;
	const char *type;

	if (json_get_str(o, "type", 1, 64, &type, e) == -1)
		return -1;
	if ((k = kind_named(p, type)) == NULL)
		return err_set(e, ERR_VALIDATION,
		    "type: there is no such VDAF in profile %s", p->name);
	v.type = k->type;
	if ((strict && known_members(k, p, o, e) == -1) ||
	    members_read(&v, k, o, e) == -1)
		return -1;
	if ((made = prio3_new(&v, e)) == NULL)
		return -1;
	if (strict && pingpong_room_bytes(made) > ROOM_MAX)
		return err_set(e, ERR_VALIDATION, "chunk_length: reports would "
		    "take %zu MiB to verify, over %u; without it the best is "
		    "taken", pingpong_room_bytes(made) >> 20, ROOM_MAX >> 20);
	*out = made->param;
	out->ctx = NULL;
	out->ctx_len = 0;
	return 0;
}

struct json_object *
task_vdaf_json(const struct prio3_param *v)
{
	const struct kind *k = kind_of(v->type);
	struct json_object *o = json_object_new_object();

	json_add_str(o, "type", k->name);
	if (k->members & LENGTH)
		json_add_i64(o, "length", v->length);
	if (k->members & VALUE)
		json_add_i64(o, value_key(v->profile),
		    v->profile == PRIO3_08 ? v->bits : (int64_t)v->max);
	if (k->members & CHUNK)
		json_add_i64(o, "chunk_length", v->chunk_length);
	if (k->members & WEIGHT)
		json_add_i64(o, "max_weight", v->max_weight);
	return o;
}

/* member: the number of a vdaf_configuration's field. */
static uint64_t
member(const struct prio3_param *v, unsigned which)
{
	switch (which) {
	case LENGTH:
		return v->length;
	case VALUE:
		return v->max;
	case CHUNK:
		return v->chunk_length;
	default:
		return v->max_weight;
	}
}

void
task_vdaf_put(struct buf *b, const struct prio3_param *v)
{
	const struct kind *k = kind_of(v->type);
	size_t at;

	dap_put_u32(b, k->id_18);
	at = dap_open_vec(b, 2);
	for (size_t i = 0; i < 3 && k->config[i].width > 0; i++) {
		uint64_t n = member(v, k->config[i].member);

		if (k->config[i].width == 4)
			dap_put_u32(b, (uint32_t)n);
		else
			dap_put_u64(b, n);
	}
	dap_close_vec(b, 2, at);
}
