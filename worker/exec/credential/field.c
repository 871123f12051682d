#include "field.h"

#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"

int
field_b64(const struct fork_job *j, const char *name, size_t max, struct wbuf *out, struct err *e)
{
	const char *text;
	uint8_t *room;
	ssize_t n;

	if (fork_get_str(j, name, 0, B64_LEN(max), &text, e) == -1)
		return -1;
	room = wbuf_room(out, strlen(text) + 1);
	n = room != NULL ? b64_decode(room, max, text, strlen(text)) : -1;
	if (n < 0)
		return err_set(e, ERR_STRUCTURE, "%s: not base64 of at most %zu bytes", name, max);
	wbuf_grew(out, (size_t)n);
	return 0;
}

void
field_add_b64(struct json_object *o, const char *key, const void *p, size_t n)
{
	char *text = malloc(B64_LEN(n));

	if (text == NULL)
		abort();
	b64_encode(text, p, n);
	json_add_str(o, key, text);
	explicit_bzero(text, B64_LEN(n));
	free(text);
}

int
field_object(const struct fork_job *j, const char *name, struct json_object **out, struct err *e)
{
	struct json_object *o = fork_field(j, name);

	if (o == NULL)
		return 0;
	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_STRUCTURE, "%s: not an object", name);
	*out = o;
	return 1;
}

int
field_int(const struct fork_job *j, const char *name, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	if (json_opt_i64(fork_args(j), name, min, max, out, e) == -1) {
		e->code = ERR_STRUCTURE;
		return -1;
	}
	return 0;
}
