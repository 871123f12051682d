#include "sse.h"
#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"

#define RETRY_MS	1000
#define DIGITS		"0123456789"

bool
sse_place(const char *s)
{
	size_t n = strspn(s, DIGITS), m = 0;

	if (s[n] == '.') {
		m = strspn(s + n + 1, DIGITS);
		if (m == 0 || m > 18)
			return false;
		m++;
	}
	/* a sequence is an int, a transaction id 64 bits */
	return n >= 1 && n <= (m > 0 ? 19 : 9) && s[n + m] == '\0';
}

bool
sse_mark(const char *s)
{
	return strlen(s) == 32 && strspn(s, DIGITS "abcdef") == 32;
}

static int
frame(struct buf *b, struct json_object *event, struct err *e)
{
	const char *id = NULL, *name = NULL;
	struct json_object *data = NULL;

	if (json_opt_str(event, "id", 1, SSE_PLACE_MAX, &id, e) == -1 || json_opt_str(event, "event", 1, 32, &name, e) == -1 ||
	    json_opt_obj(event, "data", &data, e) == -1)
		return -1;
	if (id != NULL)
		buf_addf(b, "id: %s\n", id);
	if (name != NULL)
		buf_addf(b, "event: %s\n", name);
	if (data != NULL) {
		buf_adds(b, "data: ");
		buf_adds(b, json_text(data));	/* compact: no line break */
		buf_addc(b, '\n');
	}
	buf_addc(b, '\n');
	return 0;
}

int
sse_events(struct buf *b, const char *events, struct err *e)
{
	CLEANUP(json_put) struct json_object *list = NULL;
	struct err why = ERR_INIT;

	if (json_parse(&list, events, strlen(events), &why) == -1)
		return err_set(e, ERR_PROTO, "events: %s", why.msg);
	if (!json_object_is_type(list, json_type_array))
		return err_set(e, ERR_PROTO, "events: not a list");
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (frame(b, json_object_array_get_idx(list, i), &why) == -1)
			return err_set(e, ERR_PROTO, "events[%zu]: %s", i, why.msg);
	return 0;
}

void
sse_comment(struct buf *b, const char *text)
{
	buf_addf(b, ": %s\n\n", text);
}

void
sse_retry(struct buf *b)
{
	buf_addf(b, "retry: %d\n\n", RETRY_MS);
}
