#include "cid.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/codec.h"
#include "sha256.h"

#define VARINT_MAX	5	/* bytes: numbers below 2^35 */
#define HEAD_MAX	(2 * (2 + 2 * VARINT_MAX))

static size_t
varint(uint8_t *out, size_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (uint8_t)(v | 0x80);
	out[n++] = (uint8_t)v;
	return n;
}

/* field: a protobuf tag and a number: a length or the value itself. */
static size_t
field(uint8_t *out, uint8_t tag, size_t v)
{
	out[0] = tag;
	return 1 + varint(out + 1, v);
}

/*
 * node = 0a LEN { 08 02 (type file) [ 12 LEN bytes ] 18 LEN (file size) }
 * An empty file has no field for its bytes, and a size of 0.
 */
int
cid_of_file(char out[CID_TEXT], const void *p, size_t n, struct err *e)
{
	uint8_t head[HEAD_MAX], inner[HEAD_MAX], tail[1 + VARINT_MAX];
	uint8_t mh[2 + SHA256_LEN] = { 0x12, SHA256_LEN };
	size_t head_n, inner_n, tail_n;
	struct sha256 s;

	if (n > CID_FILE_MAX)
		return err_set(e, ERR_LIMIT, "more than %u bytes are several "
		    "blocks", CID_FILE_MAX);
	inner_n = field(inner, 0x08, 2);
	if (n > 0)
		inner_n += field(inner + inner_n, 0x12, n);
	tail_n = field(tail, 0x18, n);
	head_n = field(head, 0x0a, inner_n + n + tail_n);

	sha256_init(&s);
	sha256_update(&s, head, head_n);
	sha256_update(&s, inner, inner_n);
	sha256_update(&s, p, n);
	sha256_update(&s, tail, tail_n);
	sha256_final(&s, mh + 2);
	if (b58_encode(out, CID_TEXT, mh, sizeof(mh)) == -1)
		abort();	/* 0x12 0x20 + 32 bytes are always 46 characters */
	return 0;
}
