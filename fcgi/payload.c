#include "payload.h"
#include <stdlib.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/crypt/sha256.h"

void
payload_add(struct json_object *o, const void *p, size_t n)
{
	char hex[SHA256_HEX];
	CLEANUP(cleanup_free) char *b64 = malloc(B64_LEN(n));

	if (b64 == NULL)
		abort();
	sha256_hex(hex, p, n);
	b64_encode(b64, p, n);
	json_add_str(o, "sha256", hex);
	json_add_i64(o, "size", (int64_t)n);
	json_add_str(o, "data_b64", b64);
}
