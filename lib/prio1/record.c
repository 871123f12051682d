#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/json.h"

void
prio_record_room_release(struct prio_record_room *m)
{
	json_put(&m->doc);
	buf_release(&m->id);
}

/* ---- as it is nearly always written ------------------------------------------ */
struct cursor {
	const char *p, *end;
};

static bool
take(struct cursor *c, char want)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
		c->p++;
	if (c->p == c->end || *c->p != want)
		return false;
	c->p++;
	return true;
}

/* A string of plain characters: no escape, nothing above ASCII. */
static bool
plain_text(struct cursor *c, const char **s, size_t *n)
{
	if (!take(c, '"'))
		return false;
	*s = c->p;
	while (c->p < c->end && *c->p >= ' ' && *c->p < 0x7f && *c->p != '"' && *c->p != '\\')
		c->p++;
	*n = (size_t)(c->p - *s);
	return take(c, '"');
}

/* The payload is long: its end is found at once, and its characters are looked at when they are decoded. */
static bool
long_text(struct cursor *c, const char **s, size_t *n)
{
	const char *quote;

	if (!take(c, '"') || (quote = memchr(c->p, '"', (size_t)(c->end - c->p))) == NULL)
		return false;
	*s = c->p;
	*n = (size_t)(quote - c->p);
	c->p = quote + 1;
	return memchr(*s, '\\', *n) == NULL;
}

static bool
key_is(const char *key, size_t n, const char *want)
{
	return n == strlen(want) && memcmp(key, want, n) == 0;
}

static bool
read_plain(struct prio_record *r, const char *line, size_t n)
{
	struct cursor c = { line, line + n };

	if (!take(&c, '{'))
		return false;
	r->id = r->payload = NULL;
	for (int i = 0; i < 2; i++) {
		const char *key;
		size_t len;

		if ((i == 1 && !take(&c, ',')) || !plain_text(&c, &key, &len) || !take(&c, ':'))
			return false;
		if (r->id == NULL && key_is(key, len, "id")) {
			if (!plain_text(&c, &r->id, &r->id_len))
				return false;
		} else if (r->payload == NULL && key_is(key, len, "payload")) {
			if (!long_text(&c, &r->payload, &r->payload_len))
				return false;
			r->payload_first = i == 0;
		} else {
			return false;
		}
	}
	r->name = r->id;
	r->name_len = r->id_len;
	return take(&c, '}') && c.p == c.end;
}

/* ---- any other way ------------------------------------------------------------- */
static int
read_json(struct prio_record *r, struct prio_record_room *room, const char *line, size_t n)
{
	struct json_object *id, *payload;
	bool first = true;

	json_put(&room->doc);
	room->doc = NULL;
	buf_reset(&room->id);
	if (json_parse(&room->doc, line, n, NULL) == -1 || !json_object_is_type(room->doc, json_type_object) ||
	    !json_object_object_get_ex(room->doc, "id", &id) || !json_object_is_type(id, json_type_string) ||
	    !json_object_object_get_ex(room->doc, "payload", &payload) || !json_object_is_type(payload, json_type_string))
		return -1;
	r->payload_first = false;
	json_object_object_foreach(room->doc, key, value) {
		(void)value;
		if (first && (strcmp(key, "payload") == 0 || strcmp(key, "id") == 0)) {
			r->payload_first = *key == 'p';
			first = false;
		}
	}
	r->name = json_object_get_string(id);
	r->name_len = (size_t)json_object_get_string_len(id);
	json_escape(&room->id, r->name, r->name_len);
	if (room->id.failed)
		return -1;
	r->id = room->id.data != NULL ? room->id.data : "";
	r->id_len = room->id.len;
	r->payload = json_object_get_string(payload);
	r->payload_len = (size_t)json_object_get_string_len(payload);
	return 0;
}

int
prio_record_read(struct prio_record *r, struct prio_record_room *room, const char *line, size_t n)
{
	if (!read_plain(r, line, n) && read_json(r, room, line, n) == -1)
		return -1;
	return r->id_len > 0 && r->id_len <= PRIO_RECORD_ID ? 0 : -1;
}

/* ---- writing -------------------------------------------------------------------- */
void
prio_record_write(struct buf *out, const struct prio_record *r, const void *p, size_t n, enum prio_json_style style)
{
	const char *colon = style == PRIO_JSON_COMPACT ? "\":\"" : "\": \"";
	const char *comma = style == PRIO_JSON_COMPACT ? "\",\"" : "\", \"";
	char *room;

	buf_adds(out, "{\"");
	for (int i = 0; i < 2; i++) {
		if (i == 1)
			buf_adds(out, comma);
		if ((i == 0) == r->payload_first) {
			buf_adds(out, "payload");
			buf_adds(out, colon);
			if ((room = buf_room(out, B64_LEN(n))) != NULL) {
				b64_encode(room, p, n);
				buf_grew(out, B64_LEN(n) - 1);
			}
		} else {
			buf_adds(out, "id");
			buf_adds(out, colon);
			buf_add(out, r->id, r->id_len);
		}
	}
	buf_adds(out, "\"}\n");
}
