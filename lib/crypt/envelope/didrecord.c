/* Values of the wallet's records, of lib/crypt/envelope/did.h. */
#include <stdio.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/json.h"
#include "../ct.h"
#include "../ctb58.h"
#include "../wbuf.h"
#include "did.h"

#define VALUE_MAX	1024	/* bytes of a value that is read */

static void
adds(struct wbuf *out, const char *s)
{
	wbuf_add(out, s, strlen(s));
}

/* Built here and not by json-c, whose memory nobody wipes.  No text has a
 * character that JSON escapes: they are base58, or were checked. */
static void
write_two(struct wbuf *out, const char *name1, const char *text1,
    const char *name2, const char *text2)
{
	adds(out, "{\"");
	adds(out, name1);
	adds(out, "\":\"");
	adds(out, text1);
	adds(out, "\",\"");
	adds(out, name2);
	adds(out, "\":\"");
	adds(out, text2);
	adds(out, "\"}");
}

void
did_pair_write(struct wbuf *out, const struct did_pair *p)
{
	write_two(out, "did", p->did, "verkey", p->verkey);
}

/* read_two: both members of a value; the texts live as long as *o. */
static int
read_two(struct json_object **o, const char *p, size_t n, const char *name1,
    const char **text1, const char *name2, const char **text2, struct err *e)
{
	struct err why = ERR_INIT;

	if (n > VALUE_MAX)
		return err_set(e, ERR_STRUCTURE, "a value of %zu bytes", n);
	if (json_parse(o, p, n, &why) == -1 ||
	    json_get_str(*o, name1, 1, DID_TEXT - 1, text1, &why) == -1 ||
	    json_get_str(*o, name2, 1, SIGNKEY_TEXT - 1, text2, &why) == -1)
		return err_set(e, ERR_STRUCTURE, "%s", why.msg);
	return 0;
}

int
did_pair_read(struct did_pair *out, const char *p, size_t n, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	const char *did, *verkey;
	uint8_t pub[ED25519_KEY];

	if (read_two(&o, p, n, "did", &did, "verkey", &verkey, e) == -1 ||
	    did_check(did, e) == -1 || verkey_read(pub, verkey, e) == -1)
		return -1;
	snprintf(out->did, sizeof(out->did), "%s", did);
	snprintf(out->verkey, sizeof(out->verkey), "%s", verkey);
	return 0;
}

int
did_key_write(struct wbuf *out, const struct did_key *k, struct err *e)
{
	CLEANUP(secret_release) struct secret text = SECRET_INIT;
	char verkey[VERKEY_TEXT];

	_Static_assert(SIGNKEY_TEXT == CTB58_TEXT && SIGNKEY == CTB58_MAX,
	    "a signing key is what the codec takes at most");
	if (k->sign.len != SIGNKEY)
		return err_set(e, ERR_CRYPTO, "a signing key of %zu bytes",
		    k->sign.len);
	if (secret_alloc(&text, SIGNKEY_TEXT, e) == -1)
		return -1;
	verkey_text(verkey, k->pub);
	ctb58_encode((char *)text.p, k->sign.p, k->sign.len);
	write_two(out, "verkey", verkey, "signkey", (char *)text.p);
	return 0;
}

int
did_key_read(struct did_key *out, const char *p, size_t n, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(did_key_release) struct did_key got = DID_KEY_INIT;
	const char *verkey, *signkey;
	int bad;

	if (read_two(&o, p, n, "verkey", &verkey, "signkey", &signkey, e) == -1 ||
	    verkey_read(got.pub, verkey, e) == -1 ||
	    secret_alloc(&got.sign, SIGNKEY, e) == -1)
		return -1;
	bad = ctb58_decode(got.sign.p, SIGNKEY, signkey, strlen(signkey)) == -1 ||
	    !ct_equal(got.sign.p + DID_SEED, got.pub, ED25519_KEY);
	if (bad)
		return err_set(e, ERR_STRUCTURE,
		    "signkey: must be base58 of the seed and the verkey's bytes");
	*out = got;
	got = (struct did_key)DID_KEY_INIT;
	return 0;
}
