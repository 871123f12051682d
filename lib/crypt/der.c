#include "der.h"

/* The length at in->p[1..], and how many bytes it takes; -1 when it is not DER. */
static int
read_length(const struct der *in, size_t *length, size_t *head)
{
	size_t bytes, v = 0;

	if (in->n < 2)
		return -1;
	if (in->p[1] < 0x80) {
		*length = in->p[1];
		*head = 2;
		return 0;
	}
	bytes = in->p[1] & 0x7f;
	if (bytes == 0 || bytes > 3 || in->n < 2 + bytes)
		return -1;
	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | in->p[2 + i];
	if (v < 0x80 || v >> 8 * (bytes - 1) == 0)
		return -1;
	*length = v;
	*head = 2 + bytes;
	return 0;
}

int
der_take(struct der *in, enum der_tag tag, struct der *out)
{
	size_t length, head;

	if (read_length(in, &length, &head) == -1 || in->p[0] != (uint8_t)tag || length > in->n - head)
		return -1;
	out->p = in->p + head;
	out->n = length;
	in->p += head + length;
	in->n -= head + length;
	return 0;
}

int
der_take_uint(struct der *in, struct der *out)
{
	struct der rest = *in, v;

	if (der_take(&rest, DER_INTEGER, &v) == -1 || v.n == 0 || v.p[0] >= 0x80)
		return -1;
	if (v.n > 1 && v.p[0] == 0 && v.p[1] < 0x80)
		return -1;
	if (v.p[0] == 0) {
		v.p++;
		v.n--;
	}
	*out = v;
	*in = rest;
	return 0;
}
