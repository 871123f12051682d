/*
 * Packed messages from outside.  The first byte chooses: a whole envelope, or
 * the text behind its member protected, around a body of ours.  What parses is
 * tried with a key for each recipient.
 * Reaches: lib/crypt/envelope/unpack.c lib/crypt/envelope/b64pad.c
 */
#include "../../lib/crypt/envelope/pack.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/envelope/b64pad.h"

#define TEXT_MAX (1u << 16)	/* bytes */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct did_key *
key(void)
{
	static struct did_key k;
	struct err e = ERR_INIT;

	if (k.sign.p == NULL && did_key_make(&k, "00000000000000000000000000000My2", 32, &e) == -1)
		abort();
	return &k;
}

static void
try(const char *text, size_t n)
{
	CLEANUP(packed_release) struct packed v = PACKED_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(PACK_MESSAGE_MAX);
	char sender[VERKEY_TEXT];
	struct err e = ERR_INIT;

	if (packed_parse(&v, text, n, &e) == -1)
		return;
	if (v.n < 1 || v.n > PACK_RECIPIENTS)
		abort();
	for (size_t i = 0; i < v.n; i++)
		if (packed_open(&out, sender, &v, i, key(), &e) == 0 && out.len > TEXT_MAX)
			abort();
}

/* around: an envelope whose member protected is base64url of p. */
static void
around(const uint8_t *p, size_t n)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	static const uint8_t zero[32];
	const char *text;

	json_add(o, "protected", b64pad(p, n));
	json_add(o, "iv", b64pad(zero, 12));
	json_add(o, "ciphertext", b64pad(zero, 32));
	json_add(o, "tag", b64pad(zero, 16));
	text = json_text(o);
	try(text, strlen(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > TEXT_MAX)
		return 0;
	if (data[0] % 2 == 0)
		try((const char *)data + 1, size - 1);
	else
		around(data + 1, size - 1);
	return 0;
}
