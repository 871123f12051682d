#include "token.h"

#include <sodium.h>
#include <string.h>

#include "../base/codec.h"
#include "../base/rand.h"

#define RANDOM_LEN	32	/* bytes */
#define PREFIX_LEN	(sizeof(TOKEN_PREFIX) - 1)

void
token_make(char out[TOKEN_TEXT])
{
	uint8_t random[RANDOM_LEN];

	rand_bytes(random, sizeof(random));
	memcpy(out, TOKEN_PREFIX, PREFIX_LEN);
	b64url_encode(out + PREFIX_LEN, random, sizeof(random));
	sodium_memzero(random, sizeof(random));
}

bool
token_valid(const char *s, size_t n)
{
	uint8_t random[RANDOM_LEN];
	bool ok;

	if (n != TOKEN_TEXT - 1 || memcmp(s, TOKEN_PREFIX, PREFIX_LEN) != 0)
		return false;
	ok = b64url_decode(random, sizeof(random), s + PREFIX_LEN,
	    n - PREFIX_LEN) == RANDOM_LEN;
	sodium_memzero(random, sizeof(random));
	return ok;
}

void
token_sha256(uint8_t out[SHA256_LEN], const char *s, size_t n)
{
	sha256(out, s, n);
}
