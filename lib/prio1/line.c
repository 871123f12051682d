#include "line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLICE	(256u << 10)	/* bytes read at once */

void
prio_lines_make(struct prio_lines *l, int fd, size_t max)
{
	*l = (struct prio_lines){ .fd = fd, .cap = 2 * max + SLICE, .max = max };
	if ((l->buf = malloc(l->cap)) == NULL)
		abort();
}

void
prio_lines_release(struct prio_lines *l)
{
	free(l->buf);
	*l = (struct prio_lines)PRIO_LINES_INIT;
}

/* More bytes behind those that are there; 0, or -1. */
static int
fill(struct prio_lines *l, struct err *e)
{
	size_t want;
	ssize_t n;

	if (l->cap - l->have < SLICE) {
		memmove(l->buf, l->buf + l->at, l->have - l->at);
		l->have -= l->at;
		l->at = 0;
	}
	want = l->cap - l->have < SLICE ? l->cap - l->have : SLICE;
	do
		n = read(l->fd, l->buf + l->have, want);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_sys(e, "cannot read records");
	l->ended = n == 0;
	l->have += (size_t)n;
	return 0;
}

/* The next line, empty or not. */
static int
any(struct prio_lines *l, const char **line, size_t *n, struct err *e)
{
	size_t seen = 0;	/* bytes without an end among them */
	bool long_one = false;
	const char *end = NULL;

	while (end == NULL) {
		end = memchr(l->buf + l->at + seen, '\n', l->have - l->at - seen);
		if (end != NULL)
			break;
		seen = l->have - l->at;
		if (seen > l->max) {
			long_one = true;
			l->at = l->have;
			seen = 0;
		}
		if (l->ended) {
			if (seen == 0 && !long_one)
				return 0;
			end = l->buf + l->have;
		} else if (fill(l, e) == -1) {
			return -1;
		}
	}
	*n = (size_t)(end - (l->buf + l->at));
	*line = long_one || *n > l->max ? NULL : l->buf + l->at;
	l->at += *n + (l->at + *n < l->have);
	return 1;
}

int
prio_lines_next(struct prio_lines *l, const char **line, size_t *n, struct err *e)
{
	int rc;

	while ((rc = any(l, line, n, e)) == 1 && *line != NULL) {
		while (*n > 0 && ((*line)[*n - 1] == '\r' || (*line)[*n - 1] == ' '))
			(*n)--;
		if (*n > 0)
			break;
	}
	return rc;
}
