/*
 * The headers that say who calls, one a line: signature, peer id, timestamp,
 * nonce, Authorization, spender, idempotency key, host, DAP-Auth-Token.  Nothing but a real
 * signature or a well-formed token is let through; v1 signatures are allowed.
 * Reaches: fcgi/auth.c lib/crypt/authstring.c lib/crypt/token.c
 */
#include <stdlib.h>
#include <string.h>
#include "../../fcgi/auth.h"
#include "../../fcgi/keyring.h"
#include "../../fcgi/req.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
	"HTTP_X_PANDACEA_SIGNATURE", "HTTP_X_PANDACEA_PEER_ID", "HTTP_X_DARKROOM_TIMESTAMP", "HTTP_X_DARKROOM_NONCE",
	"HTTP_AUTHORIZATION", "HTTP_X_PANDACEA_SPENDER_ADDRESS", "HTTP_IDEMPOTENCY_KEY", "HTTP_HOST", "HTTP_DAP_AUTH_TOKEN",
};

/* A token of DAP is any text; it is known by its digest, or there is none. */
static void
dap_token(const struct req *rq)
{
	struct auth_id id = { .mode = AUTH_NONE };
	struct err e = ERR_INIT;
	bool shown = req_header(rq, "Authorization") != NULL || req_header(rq, "DAP-Auth-Token") != NULL;

	if (auth_dap(rq, &id, &e) == -1 ? !shown : shown != (strlen(id.token_sha256) == 64))
		abort();
}

static void
add_pair(struct buf *b, const char *name, const uint8_t *value, size_t n)
{
	buf_addc(b, (char)strlen(name));
	buf_addc(b, (char)(0x80 | n >> 24));
	buf_addc(b, (char)(n >> 16));
	buf_addc(b, (char)(n >> 8));
	buf_addc(b, (char)n);
	buf_adds(b, name);
	buf_add(b, value, n);
}

static const struct keyring *
no_keys(void)
{
	static struct keyring *ring;

	if (ring == NULL)
		ring = keyring_new();
	return ring;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char sha[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	static const struct route route = { .method = "GET", .path = "/", .flags = RT_LEGACY };
	const struct auth_keys keys = { .ring = no_keys(), .asked = true };
	struct buf b = BUF_INIT;
	struct req rq = { .method = NULL };
	struct req_impl im = { .params = NULL };
	struct auth_id id = { .mode = AUTH_NONE };
	struct err e = ERR_INIT;
	size_t n;

	add_pair(&b, "REQUEST_URI", (const uint8_t *)"/", 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && size > 0; i++) {
		const uint8_t *end = memchr(data, '\n', size);

		n = end == NULL ? size : (size_t)(end - data);
		if (n > 0 && n < 4096)
			add_pair(&b, names[i], data, n);
		data += n + (end != NULL);
		size -= n + (end != NULL);
	}
	rq.route = &route;
	if (req_open(&rq, &im, b.data, b.len, &e) == 0 && auth_check(&rq, sha, &keys, &id, &e) == 0) {
		if (id.mode == AUTH_NONE || (id.mode == AUTH_TOKEN) != (strlen(id.token_sha256) == 64))
			abort();
	} else if (id.mode != AUTH_NONE) {
		abort();
	}
	dap_token(&rq);
	auth_host(&rq, "localhost, node.example:8443,[::1]", &e);
	req_release(&rq);
	return 0;
}
