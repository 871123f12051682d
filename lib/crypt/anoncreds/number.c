#include "number.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "limit.h"

int
ac_num(struct json_object *o, const char *key, unsigned bits, struct bn *out,
    struct err *e)
{
	const char *s;

	/* bn_from_dec says when it is too long */
	if (ac_text(o, key, INT32_MAX, &s, e) == -1)
		return -1;
	if (bn_from_dec(out, s, strlen(s), bits, e) == -1)
		return err_wrap(e, "%.64s", key);
	return 0;
}

int
ac_num_text(const char *s, unsigned bits, struct bn *out, struct err *e)
{
	if (bn_from_dec(out, s, strlen(s), bits, e) == -1)
		return err_wrap(e, "%s", "");
	return 0;
}

int
ac_num_map(struct json_object *o, const char *key, size_t max, unsigned bits,
    struct cl_map *out, struct err *e)
{
	CLEANUP(cl_map_release) struct cl_map got = CL_MAP_INIT;
	CLEANUP(bn_release) struct bn num = BN_INIT;
	struct json_object *map;
	struct cl_map none = CL_MAP_INIT;

	if (ac_sub(o, key, &map, e) == -1)
		return -1;
	if (ac_members(map, NULL, max, e) == -1)
		return ac_under(e, "%s", key);
	json_object_object_foreach(map, name, val) {
		(void)val;
		if (ac_num(map, name, bits, &num, e) == -1 ||
		    cl_map_add(&got, name, &num, e) == -1)
			return ac_under(e, "%s", key);
	}
	*out = got;
	got = none;
	return 0;
}

/* placed: what a reader of lib/crypt/bn254 answered, under the field's name. */
static int
placed(int rc, const char *key, struct err *e)
{
	if (rc == 0)
		return 0;
	err_wrap(e, "%.64s", key);
	if (e != NULL)
		e->code = ERR_STRUCTURE;
	return -1;
}

int
ac_scalar(struct json_object *o, const char *key, struct fr *out, struct err *e)
{
	const char *s;

	if (ac_text(o, key, FR_HEX_MAX, &s, e) == -1)
		return -1;
	return placed(fr_from_hex(out, s, strlen(s), e), key, e);
}

/* element: the text of a point; -1 when it is none or too long. */
static int
element(struct json_object *o, const char *key, const char **s, size_t *n,
    struct err *e)
{
	if (ac_text(o, key, WIRE_TEXT_MAX, s, e) == -1)
		return -1;
	*n = strlen(*s);
	return 0;
}

int
ac_g1(struct json_object *o, const char *key, enum wire_infinity inf,
    struct g1 *out, struct err *e)
{
	const char *s;
	size_t n;

	if (element(o, key, &s, &n, e) == -1)
		return -1;
	return placed(wire_g1_read(out, s, n, inf, e), key, e);
}

int
ac_g2(struct json_object *o, const char *key, enum wire_infinity inf,
    struct g2 *out, struct err *e)
{
	const char *s;
	size_t n;

	if (element(o, key, &s, &n, e) == -1)
		return -1;
	return placed(wire_g2_read(out, s, n, inf, e), key, e);
}

int
ac_gt(struct json_object *o, const char *key, struct gt *out, struct err *e)
{
	const char *s;
	size_t n;

	if (element(o, key, &s, &n, e) == -1)
		return -1;
	return placed(wire_gt_read(out, s, n, e), key, e);
}

/* add_buf: the text of b as a member; it cannot have failed but for memory. */
static void
add_buf(struct json_object *o, const char *key, const struct buf *b)
{
	if (b->failed)
		abort();
	json_add_strn(o, key, b->data, b->len);
}

void
ac_add_num(struct json_object *o, const char *key, const struct bn *a)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	bn_to_dec(a, &b);
	add_buf(o, key, &b);
}

void
ac_add_num_map(struct json_object *o, const char *key, const struct cl_map *m)
{
	struct json_object *map = ac_new_object();

	for (size_t i = 0; i < m->n; i++)
		ac_add_num(map, m->at[i].name, &m->at[i].num);
	json_add(o, key, map);
}

void
ac_add_scalar(struct json_object *o, const char *key, const struct fr *a)
{
	char hex[FR_HEX];

	fr_to_hex(hex, a);
	json_add_str(o, key, hex);
}

void
ac_add_g1(struct json_object *o, const char *key, const struct g1 *a)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	wire_g1_text(&b, a);
	add_buf(o, key, &b);
}

void
ac_add_g2(struct json_object *o, const char *key, const struct g2 *a)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	wire_g2_text(&b, a);
	add_buf(o, key, &b);
}

void
ac_add_gt(struct json_object *o, const char *key, const struct gt *a)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	wire_gt_text(&b, a);
	add_buf(o, key, &b);
}

void *
ac_zeroed(size_t n, size_t size)
{
	void *p = calloc(n == 0 ? 1 : n, size);

	if (p == NULL)
		abort();
	return p;
}

struct json_object *
ac_new_object(void)
{
	struct json_object *o = json_object_new_object();

	if (o == NULL)
		abort();
	return o;
}

struct json_object *
ac_new_array(void)
{
	struct json_object *o = json_object_new_array();

	if (o == NULL)
		abort();
	return o;
}

void
ac_push(struct json_object *array, struct json_object *v)
{
	if (json_object_array_add(array, v) != 0)
		abort();
}

/* push: takes what a builder of json-c made, NULL only without memory. */
static void
push(struct json_object *array, struct json_object *v)
{
	if (v == NULL)
		abort();
	ac_push(array, v);
}

void
ac_push_str(struct json_object *array, const char *s)
{
	push(array, json_object_new_string(s));
}

void
ac_push_num(struct json_object *array, const struct bn *a)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	bn_to_dec(a, &b);
	if (b.failed)
		abort();
	push(array, json_object_new_string_len(b.data, (int)b.len));
}

void
ac_push_i64(struct json_object *array, int64_t v)
{
	push(array, json_object_new_int64(v));
}
