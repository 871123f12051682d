/*
 * Text encodings: a decoder that accepts a text must be undone by its encoder
 * to the very same text (hex: in lower case), and bytes survive both ways.
 * Reaches: lib/base/codec.c lib/base/uuid.c
 */
#include "../../lib/base/codec.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../lib/base/uuid.h"

#define IN_MAX 1024	/* bytes */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
b58_out(char *out, const void *p, size_t n)
{
	if (b58_encode(out, 2 * IN_MAX + 1, p, n) == -1)
		out[0] = '\0';
}

static const struct codec {
	void	(*encode)(char *out, const void *p, size_t n);
	ssize_t	(*decode)(uint8_t *out, size_t max, const char *s, size_t n);
	size_t	max;		/* bytes that it takes */
} codecs[] = {
	{ hex_encode, hex_decode, IN_MAX },
	{ b64_encode, b64_decode, IN_MAX },
	{ b64url_encode, b64url_decode, IN_MAX },
	{ b32_encode, b32_decode, IN_MAX },
	{ b58_out, b58_decode, 88 },	/* 88 bytes are at most 121 characters */
};

static void
check(const struct codec *c, const uint8_t *data, size_t size)
{
	char text[2 * IN_MAX + 1];
	uint8_t back[IN_MAX];
	ssize_t n = c->decode(back, sizeof(back), (const char *)data, size);

	if (n >= 0) {
		c->encode(text, back, (size_t)n);
		if (strlen(text) != size ||
		    strncasecmp(text, (const char *)data, size) != 0)
			abort();
	}
	if (size > c->max)
		return;
	c->encode(text, data, size);
	n = c->decode(back, sizeof(back), text, strlen(text));
	if (n != (ssize_t)size || (size > 0 && memcmp(back, data, size) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[UUID_TEXT + 8] = "";
	uint8_t u[16];

	if (size > IN_MAX)
		return 0;
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		check(&codecs[i], data, size);
	memcpy(text, data, size < sizeof(text) ? size : sizeof(text) - 1);
	uuid_parse(u, text);
	return 0;
}
