#include "wire.h"

#include <string.h>

void
dap_bad(struct dap_reader *r, const char *field, const char *fault)
{
	if (r->field == NULL) {
		r->field = field;
		r->fault = fault;
		r->n = 0;
	}
}

/* number: `width` bytes, big-endian. */
static uint64_t
number(struct dap_reader *r, unsigned width, const char *field)
{
	uint64_t v = 0;

	if (r->n < width) {
		dap_bad(r, field, "is cut");
		return 0;
	}
	for (unsigned i = 0; i < width; i++)
		v = v << 8 | r->p[i];
	r->p += width;
	r->n -= width;
	return v;
}

uint8_t
dap_u8(struct dap_reader *r, const char *field)
{
	return (uint8_t)number(r, 1, field);
}

uint16_t
dap_u16(struct dap_reader *r, const char *field)
{
	return (uint16_t)number(r, 2, field);
}

uint32_t
dap_u32(struct dap_reader *r, const char *field)
{
	return (uint32_t)number(r, 4, field);
}

uint64_t
dap_u64(struct dap_reader *r, const char *field)
{
	return number(r, 8, field);
}

struct dap_slice
dap_take(struct dap_reader *r, size_t n, const char *field)
{
	struct dap_slice s = { .p = r->p };

	if (r->n < n) {
		dap_bad(r, field, "is cut");
		return s;
	}
	s.n = n;
	r->p += n;
	r->n -= n;
	return s;
}

struct dap_slice
dap_vec(struct dap_reader *r, unsigned width, size_t min, const char *field)
{
	struct dap_slice s = dap_take(r, number(r, width, field), field);

	if (r->field == NULL && s.n < min)
		dap_bad(r, field, s.n == 0 ? "is empty" : "is too short");
	return s;
}

struct dap_slice
dap_rest(struct dap_reader *r, size_t min, const char *field)
{
	struct dap_slice s = dap_take(r, r->n, field);

	if (s.n < min)
		dap_bad(r, field, "is empty");
	return s;
}

bool
dap_more(const struct dap_reader *r)
{
	return r->field == NULL && r->n > 0;
}

int
dap_good(const struct dap_reader *r, struct dap_fault *f)
{
	if (r->field != NULL)
		return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE, "%s %s",
		    r->field, r->fault);
	return 0;
}

int
dap_end(const struct dap_reader *r, struct dap_fault *f)
{
	if (r->field == NULL && r->n > 0)
		return dap_fault_set(f, DAP_WORD_INVALID_MESSAGE,
		    "%zu bytes after the end", r->n);
	return dap_good(r, f);
}

static void
put_number(struct buf *b, uint64_t v, unsigned width)
{
	char bytes[8];

	for (unsigned i = 0; i < width; i++)
		bytes[i] = (char)(v >> (8 * (width - 1 - i)));
	buf_add(b, bytes, width);
}

void
dap_put_u8(struct buf *b, uint8_t v)
{
	put_number(b, v, 1);
}

void
dap_put_u16(struct buf *b, uint16_t v)
{
	put_number(b, v, 2);
}

void
dap_put_u32(struct buf *b, uint32_t v)
{
	put_number(b, v, 4);
}

void
dap_put_u64(struct buf *b, uint64_t v)
{
	put_number(b, v, 8);
}

void
dap_put(struct buf *b, struct dap_slice s)
{
	if (s.n > 0)
		buf_add(b, s.p, s.n);
}

/* fits: whether n is a length of that width. */
static bool
fits(size_t n, unsigned width)
{
	return n >> (8 * width) == 0;
}

void
dap_put_vec(struct buf *b, unsigned width, struct dap_slice s)
{
	if (!fits(s.n, width)) {
		b->failed = true;
		return;
	}
	put_number(b, s.n, width);
	dap_put(b, s);
}

size_t
dap_open_vec(struct buf *b, unsigned width)
{
	size_t at = b->len;

	put_number(b, 0, width);
	return at;
}

void
dap_close_vec(struct buf *b, unsigned width, size_t at)
{
	size_t n;

	if (b->failed)
		return;
	n = b->len - at - width;
	if (!fits(n, width)) {
		b->failed = true;
		return;
	}
	for (unsigned i = 0; i < width; i++)
		b->data[at + i] = (char)(n >> (8 * (width - 1 - i)));
}
