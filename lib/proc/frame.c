#include "frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../base/json.h"

#define FRAME_HEAD	4u
#define FRAME_STEP	(64u << 10)	/* bytes of one read */

void
frame_init(struct frame_io *f, int fd)
{
	*f = (struct frame_io){ .fd = fd };
	buf_init(&f->in, FRAME_HEAD + FRAME_MAX + FRAME_STEP);
	buf_init(&f->out, FRAME_OUT_MAX);
}

void
frame_release(struct frame_io *f)
{
	buf_release(&f->in);
	buf_release(&f->out);
}

/* frame_len: the announced length; at least FRAME_HEAD bytes are at p. */
static size_t
frame_len(const char *p)
{
	const uint8_t *u = (const uint8_t *)p;

	return (size_t)u[0] << 24 | (size_t)u[1] << 16 | (size_t)u[2] << 8 | u[3];
}

int
frame_read(struct frame_io *f, struct err *e)
{
	char *p;
	ssize_t n;

	if (f->eof)
		return 0;
	buf_drop(&f->in, f->taken);
	f->taken = 0;
	p = buf_room(&f->in, FRAME_STEP);
	if (p == NULL)
		return err_set(e, ERR_LIMIT, "frames arrive faster than they are taken");
	n = recv(f->fd, p, FRAME_STEP, 0);
	if (n == -1) {
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		if (errno != ECONNRESET)	/* died with frames unread: closed, too */
			return err_sys(e, "frame read");
		n = 0;
	}
	if (n == 0) {
		f->eof = true;
		return 0;
	}
	buf_grew(&f->in, (size_t)n);
	return 1;
}

int
frame_body(struct frame_io *f, const char **body, size_t *len, struct err *e)
{
	size_t have = f->in.len - f->taken, n;

	if (have < FRAME_HEAD)
		return 0;
	n = frame_len(f->in.data + f->taken);
	if (n == 0 || n > FRAME_MAX)
		return err_set(e, ERR_PROTO, "frame of %zu bytes", n);
	if (have < FRAME_HEAD + n)
		return 0;
	*body = f->in.data + f->taken + FRAME_HEAD;
	*len = n;
	f->taken += FRAME_HEAD + n;
	return 1;
}

int
frame_parse(struct json_object **out, const char *body, size_t len, struct err *e)
{
	struct json_object *o = NULL;
	struct err why = ERR_INIT;

	if (json_parse(&o, body, len, &why) == -1)
		return err_set(e, ERR_PROTO, "frame: %s", why.msg);
	if (!json_object_is_type(o, json_type_object)) {
		json_put(&o);
		return err_set(e, ERR_PROTO, "frame is not an object");
	}
	*out = o;
	return 0;
}

int
frame_next(struct frame_io *f, struct json_object **out, struct err *e)
{
	const char *body;
	size_t len;
	int rc = frame_body(f, &body, &len, e);

	if (rc != 1)
		return rc;
	return frame_parse(out, body, len, e) == -1 ? -1 : 1;
}

int
frame_add_body(struct frame_io *f, const void *head, size_t head_len,
    const void *rest, size_t rest_len, struct err *e)
{
	size_t len = head_len + rest_len;
	uint8_t prefix[FRAME_HEAD];

	if (len == 0 || head_len > FRAME_MAX || rest_len > FRAME_MAX || len > FRAME_MAX)
		return err_set(e, ERR_LIMIT, "frame of %zu bytes", len);
	if (len + FRAME_HEAD > FRAME_OUT_MAX - f->out.len)
		return err_set(e, ERR_LIMIT, "the peer does not take its frames");
	for (size_t i = 0; i < FRAME_HEAD; i++)
		prefix[i] = (uint8_t)(len >> (8 * (FRAME_HEAD - 1 - i)));
	buf_add(&f->out, prefix, FRAME_HEAD);
	buf_add(&f->out, head, head_len);
	if (rest_len > 0)
		buf_add(&f->out, rest, rest_len);
	if (f->out.failed)
		return err_set(e, ERR_LIMIT, "no room for a frame");
	return 0;
}

int
frame_add(struct frame_io *f, struct json_object *o, struct err *e)
{
	size_t len = 0;
	const char *text = json_object_to_json_string_length(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);

	return frame_add_body(f, text, text != NULL ? len : 0, NULL, 0, e);
}

int
frame_flush(struct frame_io *f, struct err *e)
{
	size_t at = 0;
	int rc = 1;

	while (at < f->out.len) {
		ssize_t n = send(f->fd, f->out.data + at, f->out.len - at,
		    MSG_NOSIGNAL);

		if (n > 0) {
			at += (size_t)n;
		} else if (errno == EAGAIN) {
			rc = 0;
			break;
		} else if (errno != EINTR) {
			rc = err_sys(e, "frame write");
			break;
		}
	}
	buf_drop(&f->out, at);
	return rc;
}

/* wipe_spare: what is behind the contents. */
static void
wipe_spare(struct buf *b)
{
	if (b->cap > b->len)
		explicit_bzero(b->data + b->len, b->cap - b->len);
}

void
frame_forget(struct frame_io *f)
{
	buf_drop(&f->in, f->taken);
	f->taken = 0;
	wipe_spare(&f->in);
	wipe_spare(&f->out);
}

struct json_object *
frame_new(const char *t)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "t", t);
	return o;
}

const char *
frame_type(struct json_object *o)
{
	struct json_object *t;

	if (!json_object_object_get_ex(o, "t", &t) ||
	    !json_object_is_type(t, json_type_string))
		return "";
	return json_object_get_string(t);
}
