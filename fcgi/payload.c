#include "payload.h"
#include <sodium.h>
#include <stdlib.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"

void
payload_add(struct json_object *o, const void *p, size_t n)
{
	uint8_t sha[crypto_hash_sha256_BYTES];
	char hex[HEX_LEN(sizeof(sha))];
	CLEANUP(cleanup_free) char *b64 = malloc(B64_LEN(n));

	if (b64 == NULL)
		abort();
	crypto_hash_sha256(sha, p, n);
	hex_encode(hex, sha, sizeof(sha));
	b64_encode(b64, p, n);
	json_add_str(o, "sha256", hex);
	json_add_i64(o, "size", (int64_t)n);
	json_add_str(o, "data_b64", b64);
}
