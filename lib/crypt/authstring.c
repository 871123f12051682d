#include "authstring.h"

#include <stdbool.h>
#include <string.h>

static const char label[] = "darkroom-auth-2";

struct line {
	const char *name;
	const char *text;
	bool	lower;
};

static int
add_line(struct buf *out, const struct line *l, struct err *e)
{
	for (const char *p = l->text == NULL ? "" : l->text; *p != '\0'; p++) {
		char c = *p;

		if ((unsigned char)c < 0x20 || c == 0x7f)
			return err_set(e, ERR_UNAUTHORIZED,
			    "%s: control character", l->name);
		if (l->lower && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		buf_addc(out, c);
	}
	buf_addc(out, '\n');
	return 0;
}

int
authstring_build(struct buf *out, const struct authstring *a, struct err *e)
{
	const struct line lines[] = {
		{ "label", label, false },
		{ "method", a->method, false },
		{ "host", a->host, true },
		{ "target", a->target, false },
		{ "body digest", a->body_sha256, false },
		{ "timestamp", a->timestamp, false },
		{ "nonce", a->nonce, false },
		{ "spender", a->spender, true },
		{ "idempotency key", a->idem_key, false },
	};
	size_t from = out->len;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (add_line(out, &lines[i], e) == -1)
			return -1;
	if (out->failed || out->len - from > AUTHSTRING_MAX)
		return err_set(e, ERR_UNAUTHORIZED,
		    "what is signed is longer than %d bytes", AUTHSTRING_MAX);
	return 0;
}
