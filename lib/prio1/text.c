#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "../base/cleanup.h"

#define SLICE		(256u << 10)

struct prio_text {
	gzFile	gz;
	struct buf b;		/* read and not yet given */
	size_t	given, looked;	/* of it: bytes of the line before; without a line's end */
	size_t	max_line;
	bool	end;
};

int
prio_text_open(struct prio_text **out, int fd, size_t max_line, struct err *e)
{
	struct prio_text *l = calloc(1, sizeof(*l));

	if (l == NULL)
		abort();
	l->max_line = max_line;
	buf_init(&l->b, max_line + SLICE);
	l->gz = gzdopen(fd, "rb");
	if (l->gz == NULL) {
		close(fd);
		free(l);
		return err_set(e, ERR_SYS, "zlib does not start");
	}
	gzbuffer(l->gz, SLICE);
	*out = l;
	return 0;
}

void
prio_text_close(struct prio_text **l)
{
	if (*l == NULL)
		return;
	gzclose_r((*l)->gz);
	buf_release(&(*l)->b);
	free(*l);
	*l = NULL;
}

/* fill: more bytes; 1, 0 at the end, -1. */
static int
fill(struct prio_text *l, struct err *e)
{
	char *room = buf_room(&l->b, SLICE);
	const char *why;
	int code, n;

	if (room == NULL)
		return err_set(e, ERR_LIMIT, "a line over %zu bytes", l->max_line);
	n = gzread(l->gz, room, SLICE);
	if (n < 0) {
		why = gzerror(l->gz, &code);
		return code == Z_ERRNO ? err_sys(e, "read") : err_set(e, ERR_VALIDATION, "not readable: %s", why);
	}
	buf_grew(&l->b, (size_t)n);
	if (n > 0)
		return 1;
	(void)gzerror(l->gz, &code);
	if (code == Z_BUF_ERROR)
		return err_set(e, ERR_VALIDATION, "compressed, and cut off");
	l->end = true;
	return 0;
}

/* skip_long: forget what was read of a line that is too long, and all until its end. */
static int
skip_long(struct prio_text *l, struct err *e)
{
	const char *at;

	for (;;) {
		buf_reset(&l->b);
		l->looked = 0;
		switch (fill(l, e)) {
		case -1:
			return -1;
		case 0:
			return err_set(e, ERR_TOO_LARGE, "a line over %zu bytes", l->max_line);
		}
		at = memchr(l->b.data, '\n', l->b.len);
		if (at != NULL) {
			l->given = (size_t)(at - l->b.data) + 1;
			return err_set(e, ERR_TOO_LARGE, "a line over %zu bytes", l->max_line);
		}
	}
}

int
prio_text_next(struct prio_text *l, const char **line, size_t *n, struct err *e)
{
	const char *at = NULL;
	size_t len;

	buf_drop(&l->b, l->given);
	l->given = l->looked = 0;
	for (;;) {
		if (l->b.len > l->looked)
			at = memchr(l->b.data + l->looked, '\n', l->b.len - l->looked);
		if (at != NULL)
			break;
		l->looked = l->b.len;
		if (l->b.len > l->max_line)
			return skip_long(l, e);
		if (!l->end && fill(l, e) == -1)
			return -1;
		if (l->end && l->looked == l->b.len) {
			if (l->b.len == 0)
				return 0;
			*line = l->b.data;
			*n = l->given = l->b.len;
			return 1;
		}
	}
	len = (size_t)(at - l->b.data);
	l->given = len + 1;
	if (len > l->max_line)
		return err_set(e, ERR_TOO_LARGE, "a line over %zu bytes", l->max_line);
	*line = l->b.data;
	*n = len > 0 && l->b.data[len - 1] == '\r' ? len - 1 : len;
	return 1;
}
