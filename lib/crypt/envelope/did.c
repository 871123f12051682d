#include "did.h"

#include <stdio.h>
#include <string.h>

#include "../../base/codec.h"

#define SHORT	16	/* bytes of a DID that is not cid */
#define METHOD_MAX 32	/* characters */
#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

void
verkey_text(char out[VERKEY_TEXT], const uint8_t pub[ED25519_KEY])
{
	b58_encode(out, VERKEY_TEXT, pub, ED25519_KEY);
}

/* key_len: characters of s before a crypto type, or -1 for an unknown one. */
static ssize_t
key_len(const char *s, struct err *e)
{
	const char *colon = strchr(s, ':');

	if (colon == NULL)
		return (ssize_t)strlen(s);
	return did_crypto_type(colon + 1, e) == -1 ? -1 : colon - s;
}

int
verkey_read(uint8_t pub[ED25519_KEY], const char *s, struct err *e)
{
	uint8_t got[B58_MAX];
	ssize_t n = key_len(s, e);

	if (n == -1)
		return err_wrap(e, "verkey");
	if (b58_decode(got, sizeof(got), s, (size_t)n) != ED25519_KEY)
		return err_set(e, ERR_STRUCTURE,
		    "verkey: must be base58 of %d bytes", ED25519_KEY);
	memcpy(pub, got, ED25519_KEY);
	return 0;
}

/* word_len: how long the run of the given characters at s is; 0 above max. */
static size_t
word_len(const char *s, const char *chars, size_t max)
{
	size_t n = strspn(s, chars);

	return n > max ? 0 : n;
}

int
did_of_key(char out[DID_TEXT], const uint8_t pub[ED25519_KEY], bool cid,
    const char *method, struct err *e)
{
	char id[VERKEY_TEXT];

	if (method != NULL && (method[0] == '\0' ||
	    method[word_len(method, LOWER DIGITS, METHOD_MAX)] != '\0'))
		return err_set(e, ERR_STRUCTURE, "method_name: must be 1 to %d "
		    "of a-z and 0-9", METHOD_MAX);
	b58_encode(id, sizeof(id), pub, cid ? ED25519_KEY : SHORT);
	if (method == NULL)
		memcpy(out, id, sizeof(id));
	else
		snprintf(out, DID_TEXT, "did:%s:%s", method, id);
	return 0;
}

/* bare: the bytes of an unqualified DID, or -1. */
static ssize_t
bare(uint8_t out[ED25519_KEY], const char *s)
{
	uint8_t got[B58_MAX];
	ssize_t n = b58_decode(got, sizeof(got), s, strlen(s));

	if (n != SHORT && n != ED25519_KEY)
		return -1;
	memcpy(out, got, (size_t)n);
	return n;
}

static bool
qualified(const char *s)
{
	return strncmp(s, "did:", 4) == 0;
}

int
did_check(const char *s, struct err *e)
{
	uint8_t id[ED25519_KEY];
	const char *rest = s;
	size_t method = 0;

	if (strlen(s) >= DID_TEXT)
		return err_set(e, ERR_STRUCTURE, "did: above %d bytes",
		    DID_TEXT - 1);
	if (qualified(s)) {
		method = word_len(s + 4, LOWER DIGITS, METHOD_MAX);
		if (method == 0 || s[4 + method] != ':')
			return err_set(e, ERR_STRUCTURE,
			    "did: its method must be 1 to %d of a-z and 0-9",
			    METHOD_MAX);
		rest = s + 4 + method + 1;
	}
	if (method > 0 && strncmp(s + 4, "sov:", 4) != 0) {
		if (rest[0] != '\0' &&
		    rest[strspn(rest, LOWER UPPER DIGITS "._:%-")] == '\0')
			return 0;
		return err_set(e, ERR_STRUCTURE,
		    "did: its identifier must be of A-Z a-z 0-9 . _ : %% -");
	}
	return bare(id, rest) != -1 ? 0 : err_set(e, ERR_STRUCTURE,
	    "did: must be base58 of %d or %d bytes", SHORT, ED25519_KEY);
}

/* plain_copy: verkey as it is; it was found to be one. */
static int
plain_copy(char out[VERKEY_LONG], const char *verkey, struct err *e)
{
	size_t n = strlen(verkey);

	if (n >= VERKEY_LONG)
		return err_set(e, ERR_STRUCTURE, "verkey: too long");
	memcpy(out, verkey, n + 1);
	return 0;
}

int
did_abbreviate(char out[VERKEY_LONG], const char *did, const char *verkey,
    struct err *e)
{
	uint8_t id[ED25519_KEY], pub[ED25519_KEY];
	char rest[VERKEY_TEXT];
	ssize_t n;

	if (did_check(did, e) == -1 || verkey_read(pub, verkey, e) == -1)
		return -1;
	n = qualified(did) ? -1 : bare(id, did);
	if (n != SHORT || memcmp(id, pub, SHORT) != 0)
		return plain_copy(out, verkey, e);
	b58_encode(rest, sizeof(rest), pub + SHORT, sizeof(pub) - SHORT);
	snprintf(out, VERKEY_LONG, "~%s%s", rest,
	    verkey + strcspn(verkey, ":"));
	return 0;
}

int
did_full_verkey(char out[VERKEY_LONG], const char *did, const char *verkey,
    struct err *e)
{
	uint8_t pub[ED25519_KEY], rest[B58_MAX];
	char full[VERKEY_TEXT];
	ssize_t n;

	if (verkey == NULL)
		return verkey_read(pub, did, e) == -1 ? -1 :
		    plain_copy(out, did, e);
	if (verkey[0] != '~')
		return verkey_read(pub, verkey, e) == -1 ? -1 :
		    plain_copy(out, verkey, e);
	if ((n = key_len(verkey + 1, e)) == -1)
		return err_wrap(e, "verkey");
	if (bare(pub, did) != SHORT ||
	    b58_decode(rest, sizeof(rest), verkey + 1, (size_t)n) != SHORT)
		return err_set(e, ERR_STRUCTURE, "verkey: an abbreviated one "
		    "and its DID have %d bytes each", SHORT);
	memcpy(pub + SHORT, rest, SHORT);
	verkey_text(full, pub);
	snprintf(out, VERKEY_LONG, "%s%s", full, verkey + strcspn(verkey, ":"));
	return 0;
}
