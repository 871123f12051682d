#include "b64pad.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/codec.h"
#include "../../base/json.h"

struct json_object *
b64pad(const void *p, size_t n)
{
	CLEANUP(cleanup_free) char *text = malloc(B64_LEN(n));
	struct json_object *o;
	size_t len;

	if (text == NULL)
		abort();
	b64url_encode(text, p, n);
	for (len = strlen(text); len % 4 != 0; len++)
		text[len] = '=';
	text[len] = '\0';
	o = json_object_new_string(text);
	if (o == NULL)
		abort();
	return o;
}

int
b64pad_bytes(struct buf *out, struct json_object *o, const char *name,
    size_t min, size_t max, struct err *e)
{
	const char *text;
	struct err why = ERR_INIT;
	ssize_t got = -1;
	char *room;
	size_t n;

	if (json_get_str(o, name, 0, B64_LEN(max) - 1, &text, &why) == -1)
		return err_set(e, ERR_STRUCTURE, "%s", why.msg);
	n = strlen(text);
	for (size_t pad = n % 4 == 0 ? 2 : 0; pad > 0 && n > 0 &&
	    text[n - 1] == '='; pad--)
		n--;
	room = buf_room(out, max);
	if (room == NULL)
		return err_set(e, ERR_LIMIT, "no room for %s", name);
	got = b64url_decode((uint8_t *)room, max, text, n);
	if (got < 0 || (size_t)got < min)
		return err_set(e, ERR_STRUCTURE,
		    "%s: must be base64url of %zu to %zu bytes", name, min, max);
	buf_grew(out, (size_t)got);
	return 0;
}
