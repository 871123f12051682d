/* Whole records of lib/crypt/wallet/record.h, as calls and writes carry them. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/codec.h"
#include "../../base/json.h"

#define SEALED_MAX	(RECORD_VALUE_MAX + RECORD_MORE)

/* b64: bytes as a JSON string. */
static struct json_object *
b64(const void *p, size_t n)
{
	char *text = malloc(B64_LEN(n));
	struct json_object *s;

	if (text == NULL)
		abort();
	b64_encode(text, p, n);
	s = json_object_new_string(text);
	if (s == NULL)
		abort();
	free(text);
	return s;
}

/* b64_of: the bytes of member name of o into out. */
static int
b64_of(struct buf *out, struct json_object *o, const char *name, struct err *e)
{
	const char *s;
	size_t n;
	ssize_t len;
	char *room;

	if (json_get_str(o, name, 0, B64_LEN(SEALED_MAX), &s, e) == -1)
		return err_set(e, ERR_PROTO, "a record without a good %s", name);
	n = strlen(s);
	buf_reset(out);
	room = buf_room(out, n / 4 * 3);
	len = room == NULL ? -1 : b64_decode((uint8_t *)room, n / 4 * 3, s, n);
	if (len == -1)
		return err_set(e, ERR_PROTO, "a record whose %s is no base64", name);
	buf_grew(out, (size_t)len);
	return 0;
}

/* text_ok: whether a text is UTF-8 of min..max bytes without NUL; -1 with name. */
static int
text_ok(const char *name, const char *p, size_t min, size_t max, struct err *e)
{
	size_t n = strlen(p);

	if (n < min)
		return err_set(e, ERR_STRUCTURE, "%s: must not be empty", name);
	if (n > max)
		return err_set(e, ERR_PAST_LIMIT, "%s: above %zu bytes", name, max);
	if (!utf8_valid(p, n))
		return err_set(e, ERR_STRUCTURE, "%s: not UTF-8", name);
	return 0;
}

static struct json_object *
sealed(const struct wallet_keys *k, enum record_field f, const char *p, size_t n,
    struct err *e)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT;

	if (record_field_seal(&raw, k, f, p, n, e) == -1)
		return NULL;
	return b64(raw.data, raw.len);
}

struct json_object *
record_field_b64(const struct wallet_keys *k, enum record_field f,
    const char *text, struct err *e)
{
	return sealed(k, f, text, strlen(text), e);
}

/* add_sealed: member name of o, sealed. */
static int
add_sealed(struct json_object *o, const char *name, const struct wallet_keys *k,
    enum record_field f, const char *p, struct err *e)
{
	struct json_object *s = sealed(k, f, p, strlen(p), e);

	if (s == NULL)
		return -1;
	json_add(o, name, s);
	return 0;
}

/* seal_tag: one tag appended to a. */
static int
seal_tag(struct json_object *a, const struct wallet_keys *k, const char *name,
    struct json_object *v, struct err *e)
{
	CLEANUP(json_put) struct json_object *tag = json_object_new_object();
	bool plain = name[0] == '~';
	const char *value = json_object_get_string(v);

	if (!json_object_is_type(v, json_type_string) ||
	    strlen(value) != (size_t)json_object_get_string_len(v))
		return err_set(e, ERR_STRUCTURE, "must be text without NUL");
	if (text_ok("its name", name + plain, 1, RECORD_TAG_MAX, e) == -1 ||
	    text_ok("its value", value, 0, RECORD_TAG_MAX, e) == -1 ||
	    add_sealed(tag, "name", k, RECORD_TAG_NAME, name + plain, e) == -1)
		return -1;
	if (plain)
		json_add_str(tag, "value", value);
	else if (add_sealed(tag, "value", k, RECORD_TAG_VALUE, value, e) == -1)
		return -1;
	json_add_bool(tag, "plain", plain);
	json_object_array_add(a, STEAL(tag));
	return 0;
}

static int
seal_tags(struct json_object *out, const struct wallet_keys *k,
    struct json_object *tags, struct err *e)
{
	struct json_object *a = json_object_new_array();

	json_add(out, "tags", a);
	if (tags == NULL)
		return 0;
	if (!json_object_is_type(tags, json_type_object))
		return err_set(e, ERR_STRUCTURE, "tags: must be an object");
	if (json_object_object_length(tags) > RECORD_TAGS_MAX)
		return err_set(e, ERR_PAST_LIMIT, "tags: above %d of them",
		    RECORD_TAGS_MAX);
	json_object_object_foreach(tags, name, v) {
		if (seal_tag(a, k, name, v, e) == -1)
			return err_wrap(e, "tags.%.64s", name);
	}
	return 0;
}

int
record_seal(struct json_object **out, const struct wallet_keys *k,
    const struct record *r, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	CLEANUP(buf_release) struct buf value = BUF_INIT_MAX(SEALED_MAX);
	CLEANUP(buf_release) struct buf key = BUF_INIT;

	if (text_ok("type", r->type, 1, RECORD_TYPE_MAX, e) == -1 ||
	    text_ok("name", r->name, 1, RECORD_NAME_MAX, e) == -1)
		return -1;
	if (r->value_len > RECORD_VALUE_MAX)
		return err_set(e, ERR_PAST_LIMIT, "value: above %u bytes",
		    RECORD_VALUE_MAX);
	if (!utf8_valid(r->value, r->value_len))
		return err_set(e, ERR_STRUCTURE, "value: not UTF-8");
	if (add_sealed(o, "type", k, RECORD_TYPE, r->type, e) == -1 ||
	    add_sealed(o, "name", k, RECORD_NAME, r->name, e) == -1 ||
	    record_value_seal(&value, &key, k, r->value, r->value_len, e) == -1)
		return -1;
	json_add(o, "value", b64(value.data, value.len));
	json_add(o, "key", b64(key.data, key.len));
	if (seal_tags(o, k, r->tags, e) == -1)
		return -1;
	*out = STEAL(o);
	return 0;
}

/* open_field: member name of o, opened and ended by NUL in text; *at is where,
 * SIZE_MAX when o has it not. */
static int
open_field(struct wbuf *text, size_t *at, const struct wallet_keys *k,
    enum record_field f, struct json_object *o, const char *name, struct err *e)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT;

	*at = SIZE_MAX;
	if (!json_object_object_get_ex(o, name, NULL))
		return 0;
	if (b64_of(&raw, o, name, e) == -1)
		return -1;
	*at = text->len;
	if (record_field_open(text, k, f, raw.data, raw.len, e) == -1)
		return -1;
	wbuf_add(text, "", 1);
	return 0;
}

/* open_tag: one tag into tags; its name gets its "~" back. */
static int
open_tag(struct json_object *tags, const struct wallet_keys *k,
    struct json_object *tag, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(4 * RECORD_TAG_MAX);
	const char *plain_value;
	size_t name, value;
	bool plain;

	if (json_get_bool(tag, "plain", &plain, e) == -1)
		return err_set(e, ERR_PROTO, "a tag without plain");
	wbuf_add(&text, "~", plain);
	if (open_field(&text, &name, k, RECORD_TAG_NAME, tag, "name", e) == -1)
		return -1;
	if (name == SIZE_MAX)
		return err_set(e, ERR_PROTO, "a tag without a name");
	if (plain) {
		if (json_get_str(tag, "value", 0, RECORD_TAG_MAX, &plain_value, e) == -1)
			return err_set(e, ERR_PROTO, "a tag without a value");
		json_add_str(tags, (char *)text.data, plain_value);
		return 0;
	}
	if (open_field(&text, &value, k, RECORD_TAG_VALUE, tag, "value", e) == -1)
		return -1;
	if (value == SIZE_MAX)
		return err_set(e, ERR_PROTO, "a tag without a value");
	json_add_str(tags, (char *)text.data, (char *)text.data + value);
	return 0;
}

static int
open_tags(struct record_opened *out, const struct wallet_keys *k,
    struct json_object *o, struct err *e)
{
	struct json_object *tags;

	out->r.tags = json_object_new_object();
	if (json_get_arr(o, "tags", 0, RECORD_TAGS_MAX, &tags, e) == -1)
		return err_set(e, ERR_PROTO, "a record without tags");
	for (size_t i = 0; i < json_object_array_length(tags); i++)
		if (open_tag(out->r.tags, k, json_object_array_get_idx(tags, i), e) == -1)
			return -1;
	return 0;
}

int
record_open(struct record_opened *out, const struct wallet_keys *k,
    struct json_object *o, struct err *e)
{
	CLEANUP(record_opened_release) struct record_opened got = RECORD_OPENED_INIT;
	CLEANUP(buf_release) struct buf value = BUF_INIT_MAX(SEALED_MAX + 3);
	CLEANUP(buf_release) struct buf key = BUF_INIT;
	size_t type, name, at;
	const char *text;

	if (open_field(&got.text, &type, k, RECORD_TYPE, o, "type", e) == -1 ||
	    open_field(&got.text, &name, k, RECORD_NAME, o, "name", e) == -1 ||
	    b64_of(&value, o, "value", e) == -1 || b64_of(&key, o, "key", e) == -1)
		return -1;
	at = got.text.len;
	if (record_value_open(&got.text, k, value.data, value.len, key.data,
	    key.len, e) == -1 || open_tags(&got, k, o, e) == -1)
		return -1;
	if (got.text.failed)
		return err_set(e, ERR_LIMIT, "a record is too large");
	text = (const char *)got.text.data;
	got.r.type = type == SIZE_MAX ? NULL : text + type;
	got.r.name = name == SIZE_MAX ? NULL : text + name;
	got.r.value = text + at;
	got.r.value_len = got.text.len - at;
	record_opened_release(out);
	*out = got;
	got = (struct record_opened)RECORD_OPENED_INIT;
	return 0;
}

void
record_opened_release(struct record_opened *o)
{
	json_put(&o->r.tags);
	wbuf_release(&o->text);
	*o = (struct record_opened)RECORD_OPENED_INIT;
}
