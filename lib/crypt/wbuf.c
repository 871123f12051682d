#include "wbuf.h"

#include <stdlib.h>
#include <string.h>

#define WBUF_FIRST	256	/* bytes of the first allocation */

/* wipe: what was written, not all of a place that once held more. */
static void
wipe(struct wbuf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->used);
	b->used = 0;
}

void
wbuf_release(struct wbuf *b)
{
	wipe(b);
	free(b->data);
	*b = (struct wbuf)WBUF_INIT_MAX(b->max);
}

void
wbuf_reset(struct wbuf *b)
{
	wipe(b);
	b->len = 0;
	b->failed = false;
}

/* grow: another place of cap bytes, the old one wiped: realloc would leave it. */
static bool
grow(struct wbuf *b, size_t cap)
{
	uint8_t *p = malloc(cap);

	if (p == NULL)
		return false;
	if (b->data != NULL) {
		memcpy(p, b->data, b->len);
		wipe(b);
		free(b->data);
	}
	p[b->len] = '\0';
	b->data = p;
	b->cap = cap;
	return true;
}

uint8_t *
wbuf_room(struct wbuf *b, size_t n)
{
	size_t cap = b->cap < WBUF_FIRST ? WBUF_FIRST : b->cap;

	if (b->failed)
		return NULL;
	if (b->len > b->max || n > b->max - b->len || b->max >= SIZE_MAX / 4) {
		b->failed = true;
		return NULL;
	}
	while (cap < b->len + n + 1)
		cap *= 2;
	if (cap - 1 > b->max)
		cap = b->max + 1;
	if (cap > b->cap && !grow(b, cap)) {
		b->failed = true;
		return NULL;
	}
	if (b->used < b->len + n + 1)
		b->used = b->len + n + 1;
	return b->data + b->len;
}

void
wbuf_grew(struct wbuf *b, size_t n)
{
	if (b->data == NULL)
		return;
	b->len += n;
	b->data[b->len] = '\0';
}

void
wbuf_add(struct wbuf *b, const void *p, size_t n)
{
	uint8_t *room = wbuf_room(b, n);

	if (room == NULL)
		return;
	if (n > 0)
		memcpy(room, p, n);
	wbuf_grew(b, n);
}
