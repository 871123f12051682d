#include "part.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lib/base/buf.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"

#define SLICE_MAX	(48u << 10)	/* bytes read from a file at a time; a multiple of 3 */
#define ESCAPE_GROWTH	6		/* one byte becomes \u00XX at worst */

void
resp_part_release(struct resp_part *p)
{
	free(p->mem);
	p->mem = NULL;
	if (p->fd != -1)
		close(p->fd);
	p->fd = -1;
	p->len = 0;
}

int64_t
resp_part_length(const struct resp_part *p)
{
	switch (p->enc) {
	case PART_RAW:
		return p->len;
	case PART_BASE64:
		return (p->len + 2) / 3 * 4;
	default:
		return -1;
	}
}

/* All of n bytes from the file, or an error: len was promised to the client. */
static int
read_slice(struct resp_part *p, char *out, size_t n, struct err *e)
{
	size_t got = 0;
	ssize_t k;

	while (got < n) {
		k = pread(p->fd, out + got, n - got, (off_t)(p->off + (int64_t)got));
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return err_sys(e, "reading a part of the answer");
		if (k == 0)
			return err_set(e, ERR_SYS, "a file of the answer is shorter than its record says");
		got += (size_t)k;
	}
	return 0;
}

/* What is in the pipe now. */
static ssize_t
read_pipe(struct resp_part *p, char *out, size_t n, struct err *e)
{
	ssize_t k;

	do
		k = read(p->fd, out, n);
	while (k == -1 && errno == EINTR);
	if (k == -1 && errno == EAGAIN)
		return PART_WAITS;
	if (k == -1)
		return err_sys(e, "reading a part of the answer");
	return k > 0 ? k : err_set(e, ERR_SYS, "the store gave less than its record says");
}

static void
took(struct resp_part *p, size_t n)
{
	p->off += (int64_t)n;
	p->len -= (int64_t)n;
}

static size_t
at_most(int64_t len, size_t max)
{
	return len < (int64_t)max ? (size_t)len : max;
}

static ssize_t
pull_raw(struct resp_part *p, char *out, size_t max, struct err *e)
{
	size_t n = at_most(p->len, max);
	ssize_t k;

	if (p->pipe) {
		k = read_pipe(p, out, n, e);
		if (k > 0)
			took(p, (size_t)k);
		return k;
	}
	if (p->mem != NULL)
		memcpy(out, p->mem + p->off, n);
	else if (read_slice(p, out, n, e) == -1)
		return -1;
	took(p, n);
	return (ssize_t)n;
}

static ssize_t
pull_base64(struct resp_part *p, char *out, size_t max, struct err *e)
{
	static char slice[SLICE_MAX];
	size_t room = (max - 1) / 4 * 3;	/* b64_encode ends with a NUL */
	size_t n = at_most(p->len, room < sizeof(slice) ? room : sizeof(slice));

	if (read_slice(p, slice, n, e) == -1)
		return -1;
	b64_encode(out, slice, n);
	took(p, n);
	return (ssize_t)(B64_LEN(n) - 1);
}

/* Bytes at the end of s[0..n) that begin a character and do not end it. */
static size_t
cut_character(const char *s, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		unsigned char c = (unsigned char)s[n - back];
		size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

		if ((c & 0xc0) != 0x80)
			return need > back ? back : 0;
	}
	return 0;
}

static ssize_t
pull_json(struct resp_part *p, char *out, size_t max, struct err *e)
{
	static char slice[SLICE_MAX / ESCAPE_GROWTH];
	struct buf b = BUF_INIT_MAX(SLICE_MAX + 1);
	size_t room = max / ESCAPE_GROWTH;
	size_t n = at_most(p->len, room < sizeof(slice) ? room : sizeof(slice));
	ssize_t got = -1;

	if (read_slice(p, slice, n, e) == -1)
		return -1;
	if ((int64_t)n < p->len)
		n -= cut_character(slice, n);
	json_escape(&b, slice, n);
	if (b.failed || b.len > max) {
		err_set(e, ERR_LIMIT, "an escaped slice is longer than %zu bytes", max);
	} else {
		memcpy(out, b.data, b.len);
		took(p, n);
		got = (ssize_t)b.len;
	}
	buf_release(&b);
	return got;
}

ssize_t
resp_part_pull(struct resp_part *p, char *out, size_t max, struct err *e)
{
	static ssize_t (*const pull[])(struct resp_part *, char *, size_t, struct err *) = {
		[PART_RAW] = pull_raw, [PART_BASE64] = pull_base64, [PART_JSON] = pull_json,
	};

	if (p->len == 0)
		return 0;
	return pull[p->enc](p, out, max, e);
}
