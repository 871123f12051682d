#include "msgpack.h"

#include "json.h"

/* Lead bytes of the spec's table; a fix form carries its count in the byte. */
enum lead {
	BIN_8 = 0xc4, UINT_8 = 0xcc, STR_8 = 0xd9, ARRAY_16 = 0xdc, MAP_16 = 0xde,
};

/* put: a lead byte and v in 1, 2, 4 or 8 bytes, big-endian. */
static size_t
put(uint8_t *out, unsigned lead, uint64_t v, size_t width)
{
	out[0] = (uint8_t)lead;
	for (size_t i = 0; i < width; i++)
		out[1 + i] = (uint8_t)(v >> (8 * (width - 1 - i)));
	return 1 + width;
}

size_t
msgpack_put_uint(uint8_t out[MSGPACK_HEAD], uint64_t v)
{
	if (v < 0x80)
		return put(out, (unsigned)v, 0, 0);
	if (v <= UINT8_MAX)
		return put(out, UINT_8, v, 1);
	if (v <= UINT16_MAX)
		return put(out, UINT_8 + 1, v, 2);
	if (v <= UINT32_MAX)
		return put(out, UINT_8 + 2, v, 4);
	return put(out, UINT_8 + 3, v, 8);
}

size_t
msgpack_put_str(uint8_t out[MSGPACK_HEAD], uint32_t n)
{
	return n < 32 ? put(out, 0xa0 | n, 0, 0) :
	    n <= UINT8_MAX ? put(out, STR_8, n, 1) :
	    n <= UINT16_MAX ? put(out, STR_8 + 1, n, 2) :
	    put(out, STR_8 + 2, n, 4);
}

size_t
msgpack_put_bin(uint8_t out[MSGPACK_HEAD], uint32_t n)
{
	return n <= UINT8_MAX ? put(out, BIN_8, n, 1) :
	    n <= UINT16_MAX ? put(out, BIN_8 + 1, n, 2) :
	    put(out, BIN_8 + 2, n, 4);
}

size_t
msgpack_put_array(uint8_t out[MSGPACK_HEAD], uint32_t n)
{
	return n < 16 ? put(out, 0x90 | n, 0, 0) :
	    n <= UINT16_MAX ? put(out, ARRAY_16, n, 2) :
	    put(out, ARRAY_16 + 1, n, 4);
}

size_t
msgpack_put_map(uint8_t out[MSGPACK_HEAD], uint32_t n)
{
	return n < 16 ? put(out, 0x80 | n, 0, 0) :
	    n <= UINT16_MAX ? put(out, MAP_16, n, 2) :
	    put(out, MAP_16 + 1, n, 4);
}

/* A family of heads: fix..fix + fix_count - 1 hold the number in their low
 * bits; first..first + widths - 1 are followed by width << i bytes of it. */
struct family {
	uint8_t	fix, fix_mask, first, width, widths;
};

/* number: the head of a family at m; moves on; -1 when it is another's. */
static int
number(struct msgpack *m, const struct family *f, uint64_t *v)
{
	size_t width;

	if (m->n == 0)
		return -1;
	if ((m->p[0] & (uint8_t)~f->fix_mask) == f->fix && f->fix_mask != 0) {
		*v = m->p[0] & f->fix_mask;
		width = 0;
	} else {
		if (m->p[0] < f->first || m->p[0] >= f->first + f->widths)
			return -1;
		width = (size_t)f->width << (m->p[0] - f->first);
		if (m->n - 1 < width)
			return -1;
		*v = 0;
		for (size_t i = 0; i < width; i++)
			*v = *v << 8 | m->p[1 + i];
	}
	m->p += 1 + width;
	m->n -= 1 + width;
	return 0;
}

static const struct family uints = { 0x00, 0x7f, UINT_8, 1, 4 };
static const struct family strs = { 0xa0, 0x1f, STR_8, 1, 3 };
static const struct family bins = { 0, 0, BIN_8, 1, 3 };
static const struct family arrays = { 0x90, 0x0f, ARRAY_16, 2, 2 };
static const struct family maps = { 0x80, 0x0f, MAP_16, 2, 2 };

/* counted: a head whose number counts things of at least unit bytes each that
 * must still be there. */
static int
counted(struct msgpack *m, const struct family *f, size_t unit, size_t *n)
{
	struct msgpack at = *m;
	uint64_t v;

	if (number(&at, f, &v) == -1 || v > at.n / unit)
		return -1;
	*m = at;
	*n = (size_t)v;
	return 0;
}

int
msgpack_uint(struct msgpack *m, uint64_t *v)
{
	return number(m, &uints, v);
}

int
msgpack_array(struct msgpack *m, size_t *n)
{
	return counted(m, &arrays, 1, n);
}

int
msgpack_map(struct msgpack *m, size_t *n)
{
	return counted(m, &maps, 2, n);
}

int
msgpack_bin(struct msgpack *m, const uint8_t **p, size_t *n)
{
	if (counted(m, &bins, 1, n) == -1)
		return -1;
	*p = m->p;
	m->p += *n;
	m->n -= *n;
	return 0;
}

int
msgpack_str(struct msgpack *m, const char **p, size_t *n)
{
	struct msgpack at = *m;
	size_t len;

	if (counted(&at, &strs, 1, &len) == -1 ||
	    !utf8_valid((const char *)at.p, len))
		return -1;
	*p = (const char *)at.p;
	*n = len;
	m->p = at.p + len;
	m->n = at.n - len;
	return 0;
}
