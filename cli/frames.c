#include "frames.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES	(16u << 20)

void
frames_init(struct frames *f, frame_fn *seen, void *arg)
{
	*f = (struct frames){ .seen = seen, .arg = arg };
	buf_init(&f->line, LINE_MAX_BYTES);
	buf_init(&f->event, FRAMES_ID_MAX);
	buf_init(&f->data, LINE_MAX_BYTES);
}

void
frames_release(struct frames *f)
{
	buf_release(&f->line);
	buf_release(&f->event);
	buf_release(&f->data);
}

void
frames_cut(struct frames *f)
{
	buf_reset(&f->line);
	buf_reset(&f->event);
	buf_reset(&f->data);
	snprintf(f->next, sizeof(f->next), "%s", f->last);
}

static int
dispatch(struct frames *f, struct err *e)
{
	const struct frame_seen seen = { .event = f->event.len > 0 ? f->event.data : "", .data = f->data.data };
	int rc = 0;

	snprintf(f->last, sizeof(f->last), "%s", f->next);
	if (f->data.len > 0)
		rc = f->seen(f->arg, &seen, e);
	buf_reset(&f->event);
	buf_reset(&f->data);
	return rc;
}

static void
field(struct frames *f, const char *name, size_t n, const char *value)
{
	if (n == 2 && memcmp(name, "id", 2) == 0 && strlen(value) < sizeof(f->next)) {
		snprintf(f->next, sizeof(f->next), "%s", value);
	} else if (n == 5 && memcmp(name, "event", 5) == 0) {
		buf_reset(&f->event);
		buf_adds(&f->event, value);
	} else if (n == 4 && memcmp(name, "data", 4) == 0) {
		if (f->data.len > 0)
			buf_addc(&f->data, '\n');
		buf_adds(&f->data, value);
	}
}

static int
line(struct frames *f, struct err *e)
{
	const char *s = f->line.len > 0 ? f->line.data : "";
	size_t n = strcspn(s, ":");
	int rc = 0;

	if (f->line.len == 0)
		rc = dispatch(f, e);
	else if (n > 0)		/* else a comment */
		field(f, s, n, s[n] == '\0' ? "" : s[n + 1] == ' ' ? s + n + 2 : s + n + 1);
	buf_reset(&f->line);
	return rc;
}

int
frames_take(struct frames *f, const char *p, size_t n, struct err *e)
{
	const char *end = p + n, *nl;

	while (p < end) {
		nl = memchr(p, '\n', (size_t)(end - p));
		buf_add(&f->line, p, (size_t)((nl != NULL ? nl : end) - p));
		if (f->line.failed || f->data.failed || f->event.failed)
			return err_set(e, ERR_PROTO, "an event is too long");
		if (nl == NULL)
			break;
		if (line(f, e) == -1)
			return -1;
		p = nl + 1;
	}
	return 0;
}
