#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"

#define READ_MAX	65536
#define REPLACEMENT	"\xef\xbf\xbd"
#define CLEAN_MAX	(3 * (READ_MAX + 4))

static const char *const classes[CAPTURE_MAX] = { "stdout", "stderr", "combined" };

/*
 * Well-formed sequences by their first byte; RFC 3629, section 4.  low and high
 * bound the second byte, later ones are 80..BF.
 */
static const struct { uint8_t first, last, len, low, high; } forms[] = {
	{ 0x01, 0x7f, 1, 0, 0 }, { 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

/* character(p, n, used): 1 a character of *used bytes, 0 it may go on past n, -1 *used bytes are none. */
static int
character(const uint8_t *p, size_t n, size_t *used)
{
	for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
		if (*p < forms[f].first || *p > forms[f].last)
			continue;
		for (*used = 1; *used < forms[f].len; ++*used) {
			uint8_t low = *used == 1 ? forms[f].low : 0x80, high = *used == 1 ? forms[f].high : 0xbf;

			if (*used == n)
				return 0;
			if (p[*used] < low || p[*used] > high)
				return -1;
		}
		return 1;
	}
	*used = 1;
	return -1;
}

size_t
capture_clean(struct buf *out, const uint8_t *in, size_t n, bool end)
{
	size_t at = 0, used;

	while (at < n) {
		int is = character(in + at, n - at, &used);

		if (is == 1)
			buf_add(out, in + at, used);
		else if (is == -1 || end)
			buf_adds(out, REPLACEMENT);
		else
			break;
		at += used;
	}
	return n - at;
}

int
capture_open(struct capture *c, const char *dir, int64_t cap, int ends[2], struct err *e)
{
	struct capture t = CAPTURE_INIT;
	int p[2], w[2] = { -1, -1 };

	t.cap = cap;
	for (unsigned i = 0; i < CAPTURE_MAX; i++)
		if (outfile_open(&t.file[i], dir, i, e) == -1)
			goto fail;
	for (size_t i = 0; i < 2; i++) {
		if (pipe2(p, O_CLOEXEC) == -1) {
			err_sys(e, "pipe");
			goto fail;
		}
		t.fd[i] = p[0];
		w[i] = p[1];
		(void)fcntl(p[0], F_SETFL, O_NONBLOCK);
	}
	*c = t;
	ends[0] = w[0];
	ends[1] = w[1];
	return 0;
fail:
	cleanup_close(&w[0]);
	cleanup_close(&w[1]);
	capture_release(&t);
	return -1;
}

/* store(c, which, p, n): up to the cap; beyond, drop and remember that we did. */
static int
store(struct capture *c, enum capture_which which, const uint8_t *p, size_t n, struct err *e)
{
	int64_t cap = which == CAPTURE_BOTH ? 2 * c->cap : c->cap;
	size_t room = (size_t)(cap - c->file[which].size);

	if (n > room) {
		c->truncated = true;
		n = room;
		while (which == CAPTURE_BOTH && n > 0 && (p[n] & 0xc0) == 0x80)
			n--;			/* whole characters only */
		if (n == 0)
			return 0;
	}
	return n == 0 ? 0 : outfile_write(&c->file[which], p, n, e);
}

/* both(c, i, p, n, end): stream i's bytes, cleaned, into the combined file. */
static int
both(struct capture *c, int i, const uint8_t *p, size_t n, bool end, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(CLEAN_MAX), clean = BUF_INIT_MAX(CLEAN_MAX);
	size_t left;

	if (c->file[CAPTURE_BOTH].size == 2 * c->cap)
		return 0;
	buf_add(&b, c->tail[i].p, c->tail[i].n);
	buf_add(&b, p, n);
	left = capture_clean(&clean, (const uint8_t *)b.data, b.len, end);
	if (b.failed || clean.failed)
		return err_set(e, ERR_LIMIT, "output");
	c->tail[i].n = left;
	if (left > 0)
		memcpy(c->tail[i].p, b.data + b.len - left, left);
	return store(c, CAPTURE_BOTH, (const uint8_t *)clean.data, clean.len, e);
}

bool
capture_over(const struct capture *c, int i)
{
	return c->file[i].size >= c->cap;
}

int
capture_read(struct capture *c, int i, struct err *e)
{
	uint8_t p[READ_MAX];
	ssize_t n = read(c->fd[i], p, sizeof(p));

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		cleanup_close(&c->fd[i]);
		return both(c, i, p, 0, true, e) == -1 ? -2 : -1;
	}
	if (capture_over(c, i)) {
		c->truncated = true;
		return 1;
	}
	if (store(c, (enum capture_which)i, p, (size_t)n, e) == -1 || both(c, i, p, (size_t)n, false, e) == -1)
		return -2;
	return 1;
}

int
capture_close(struct capture *c, struct json_object *files, struct err *e)
{
	struct json_object *row = NULL;

	for (int i = 0; i < 2; i++) {
		int rc = c->fd[i] == -1 ? -1 : 1;

		/* Everybody is dead: what a pipe holds is all, at most a pipe's size. */
		while (rc == 1)
			rc = capture_read(c, i, e);
		if (rc == -2 || (rc == 0 && both(c, i, NULL, 0, true, e) == -1))
			return -1;
		cleanup_close(&c->fd[i]);
	}
	for (size_t i = 0; i < CAPTURE_MAX; i++) {
		if (outfile_close(&c->file[i], classes[i], classes[i], &row, e) == -1)
			return -1;
		json_object_array_add(files, row);
	}
	return 0;
}

void
capture_release(struct capture *c)
{
	for (size_t i = 0; i < 2; i++)
		cleanup_close(&c->fd[i]);
	for (size_t i = 0; i < CAPTURE_MAX; i++)
		if (c->file[i].fd != -1)
			outfile_release(&c->file[i]);
}
