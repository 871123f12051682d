/*
 * Tokens and what is signed.  The input is one line a part: whatever the parts
 * are, the canonical text has nine lines, or is refused.
 * Reaches: lib/crypt/token.c lib/crypt/authstring.c
 */
#include "../../lib/crypt/token.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/authstring.h"

#define PARTS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
count(const struct buf *b, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == c;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	CLEANUP(cleanup_free) char *text = calloc(1, size + 1);
	const char *part[PARTS] = { NULL };
	struct authstring a;
	struct err e = ERR_INIT;
	char *p = text;

	if (text == NULL)
		return 0;
	token_valid((const char *)data, size);
	if (size > 0)
		memcpy(text, data, size);
	/* parts are separated by 0x1f, so that line feeds reach the builder */
	for (int i = 0; i < PARTS && p != NULL; i++)
		part[i] = strsep(&p, "\x1f");
	a = (struct authstring){ part[0], part[1], part[2], part[3], part[4],
	    part[5], part[6], part[7] };
	if (authstring_build(&out, &a, &e) == 0 && count(&out, '\n') != 9)
		abort();
	return 0;
}
