/* Packed messages: those of libsodium-wrappers opened, our own both ways, every flipped bit refused. */
#include "../../lib/crypt/envelope/pack.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../vectors.h"

static struct did_key keys[3];	/* sender, two recipients */

static void
make_keys(void)
{
	static const char *const seeds[] = {
		"00000000000000000000000000000My1", "00000000000000000000000000000My2", "000000000000000000000000Trustee1",
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < 3; i++)
		if (did_key_make(&keys[i], seeds[i], 32, &e) == -1)
			abort();
}

/* open_with: the envelope opened by the i-th recipient with key. */
static int
open_with(struct wbuf *out, char *sender, const char *text, size_t i, const struct did_key *key, struct err *e)
{
	CLEANUP(packed_release) struct packed v = PACKED_INIT;

	return packed_parse(&v, text, strlen(text), e) == -1 ? -1 : packed_open(out, sender, &v, i, key, e);
}

static void
test_published(void)
{
	static const char *const forms[] = { "authcrypt", "anoncrypt" };
	struct json_object *v;

	if (vec_missing())
		return;
	v = vec_json("anoncreds/pack-vectors.json");
	for (size_t f = 0; f < 2; f++)
		for (size_t i = 0; i < 2; i++) {
			CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(1000);
			char sender[VERKEY_TEXT], want[VERKEY_TEXT] = "";
			struct err e = ERR_INIT;

			if (f == 0)
				verkey_text(want, keys[0].pub);
			is_int(open_with(&out, sender, json_text(vec_at(v, forms[f])), i, &keys[1 + i], &e), 0, "%s, recipient %zu %s",
			    forms[f], i, e.msg);
			is_str((char *)out.data, vec_text(v, "message"), "the message");
			is_str(sender, want, "the sender");
		}
	json_object_put(v);
}

static void
test_round(void)
{
	uint8_t to[2][ED25519_KEY];
	static const char message[] = "{\"hello\":\"w\xc3\xb6rld\"}\0binary";

	memcpy(to[0], keys[1].pub, ED25519_KEY);
	memcpy(to[1], keys[2].pub, ED25519_KEY);
	for (int auth = 0; auth < 2; auth++)
		for (size_t n_to = 1; n_to <= 2; n_to++) {
			CLEANUP(buf_release) struct buf text = BUF_INIT;
			CLEANUP(packed_release) struct packed v = PACKED_INIT;
			struct err e = ERR_INIT;

			is_int(pack_message(&text, message, sizeof(message), to, n_to, auth ? &keys[0] : NULL, &e), 0, "packed for %zu", n_to);
			is_int(packed_parse(&v, text.data, text.len, &e), 0, "parsed %s", e.msg);
			ok(v.n == n_to && v.authcrypt == auth, "as it is");
			for (size_t i = 0; i < n_to; i++) {
				CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(1000);
				char sender[VERKEY_TEXT], want[VERKEY_TEXT];

				verkey_text(want, keys[1 + i].pub);
				is_str(v.kid[i], want, "for recipient %zu", i);
				is_int(packed_open(&out, sender, &v, i, &keys[1 + i], &e), 0, "who opens it");
				ok(out.len == sizeof(message) && memcmp(out.data, message, out.len) == 0, "as it was");
				verkey_text(want, keys[0].pub);
				is_str(sender, auth ? want : "", "and knows the sender if there is one");
				out.len = 0;
				is_int(packed_open(&out, sender, &v, i, &keys[0], &e), -1, "whom the sender is not");
				is_int(e.code, ERR_CRYPTO_REFUSED, "as a refusal");
			}
		}
}

/* forge: the envelope with bit of the bytes of a base64url member flipped; false past its end. */
static bool
flip(struct json_object *o, const char *name, size_t bit)
{
	const char *text = vec_text(o, name);
	uint8_t raw[4096];
	char again[8192];
	size_t len = strcspn(text, "=");
	ssize_t n = b64url_decode(raw, sizeof(raw), text, len);

	if (n < 0 || bit / 8 >= (size_t)n)
		return false;
	raw[bit / 8] ^= (uint8_t)(1 << bit % 8);
	b64url_encode(again, raw, (size_t)n);	/* without padding, which is accepted too */
	json_add_str(o, name, again);
	return true;
}

static void
test_flips(void)
{
	static const char *const members[] = { "protected", "iv", "ciphertext", "tag" };
	uint8_t to[1][ED25519_KEY];
	size_t bad = 0, flips = 0;
	struct err e = ERR_INIT;

	memcpy(to[0], keys[1].pub, ED25519_KEY);
	for (int auth = 0; auth < 2; auth++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT;

		pack_message(&text, "message", 7, to, 1, auth ? &keys[0] : NULL, &e);
		for (size_t m = 0; m < 4; m++)
			for (size_t bit = 0;; bit++) {
				CLEANUP(json_put) struct json_object *o = json_tokener_parse(text.data);
				CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(1000);
				char sender[VERKEY_TEXT];

				if (!flip(o, members[m], bit))
					break;
				flips++;
				bad += open_with(&out, sender, json_text(o), 0, &keys[1], &e) != -1 ||
				    (e.code != ERR_CRYPTO_REFUSED && e.code != ERR_STRUCTURE);
			}
	}
	is_int((int64_t)bad, 0, "none of %zu flipped bits opens", flips);
}

/* A sender's name is proven by the box: another's name in its place does not open. */
static void
test_forged_sender(void)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT, other = BUF_INIT;
	CLEANUP(json_put) struct json_object *a = NULL, *b = NULL;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(1000);
	uint8_t to[1][ED25519_KEY], raw[4096];
	char sender[VERKEY_TEXT], again[8192];
	struct json_object *from, *into;
	struct err e = ERR_INIT;
	ssize_t n;

	memcpy(to[0], keys[1].pub, ED25519_KEY);
	pack_message(&text, "m", 1, to, 1, &keys[0], &e);
	pack_message(&other, "m", 1, to, 1, &keys[2], &e);
	a = json_tokener_parse(text.data);
	n = b64url_decode(raw, sizeof(raw), vec_text(a, "protected"), strcspn(vec_text(a, "protected"), "="));
	raw[n] = '\0';
	into = json_tokener_parse((char *)raw);
	b = json_tokener_parse(other.data);
	n = b64url_decode(raw, sizeof(raw), vec_text(b, "protected"), strcspn(vec_text(b, "protected"), "="));
	raw[n] = '\0';
	from = json_tokener_parse((char *)raw);
	json_add_str(vec_at(into, "recipients.0.header"), "sender", vec_text(from, "recipients.0.header.sender"));
	b64url_encode(again, json_text(into), strlen(json_text(into)));
	json_add_str(a, "protected", again);
	ok(open_with(&out, sender, json_text(a), 0, &keys[1], &e) == -1 && e.code == ERR_CRYPTO_REFUSED, "a forged sender");
	json_object_put(from);
	json_object_put(into);
}

static void
test_limits(void)
{
	static uint8_t many[PACK_RECIPIENTS + 1][ED25519_KEY];
	static char big[PACK_MESSAGE_MAX + 1];
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(PACK_TEXT_MAX), small = BUF_INIT_MAX(10);
	CLEANUP(packed_release) struct packed v = PACKED_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(PACK_MESSAGE_MAX);
	char sender[VERKEY_TEXT];
	struct err e = ERR_INIT;

	for (size_t i = 0; i <= PACK_RECIPIENTS; i++)
		memcpy(many[i], keys[1].pub, ED25519_KEY);
	is_int(pack_message(&text, big, PACK_MESSAGE_MAX, many, PACK_RECIPIENTS, &keys[0], &e), 0, "the most of both");
	is_int(packed_parse(&v, text.data, text.len, &e), 0, "parsed %s", e.msg);
	is_int(packed_open(&out, sender, &v, PACK_RECIPIENTS - 1, &keys[1], &e), 0, "opened");
	ok(out.len == PACK_MESSAGE_MAX && memcmp(out.data, big, out.len) == 0, "whole");
	ok(pack_message(&text, big, 1, many, 0, NULL, &e) == -1 && e.code == ERR_STRUCTURE, "for nobody: %s", e.msg);
	ok(pack_message(&text, big, 1, many, PACK_RECIPIENTS + 1, NULL, &e) == -1 && e.code == ERR_STRUCTURE, "for too many");
	ok(pack_message(&text, big, sizeof(big), many, 1, NULL, &e) == -1 && e.code == ERR_PAST_LIMIT, "too large: %s", e.msg);
	ok(pack_message(&small, big, 1, many, 1, NULL, &e) == -1 && e.code == ERR_LIMIT, "no room");
	memset(many[1], 0, ED25519_KEY);
	ok(pack_message(&text, big, 1, many, 2, NULL, &e) == -1 && e.code == ERR_STRUCTURE &&
	    strncmp(e.msg, "recipients[1]", 13) == 0, "a key of low order: %s", e.msg);
}

static void
test_refused(void)
{
	static const struct { const char *envelope, *msg; } rows[] = {
		{ "", "message: " }, { "[]", "message: " }, { "{}", "message: protected: is required" },
		{ "{\"protected\":1}", "message: protected: must be a string" },
		{ "{\"protected\":\"====\"}", "message: protected: must be base64url" },
		{ "{\"protected\":\"e30\"}", "message: protected: enc: is required" },
		{ "{\"protected\":\"e30=\"}", "message: protected: enc: is required" },
		{ "{\"protected\":\"e30==\"}", "message: protected: must be base64url" },
		{ "{\"protected\":\"bm8\"}", "message: protected: " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(packed_release) struct packed v = PACKED_INIT;
		struct err e = ERR_INIT;

		ok(packed_parse(&v, rows[i].envelope, strlen(rows[i].envelope), &e) == -1 && e.code == ERR_STRUCTURE && v.parts == NULL,
		    "refused: %s", rows[i].envelope);
		ok(strncmp(e.msg, rows[i].msg, strlen(rows[i].msg)) == 0, "%s", e.msg);
	}
}

/* What stands in protected, member by member. */
static void
test_refused_protected(void)
{
#define ENC "\"enc\":\"xchacha20poly1305_ietf\","
#define KID "\"kid\":\"GjZWsBLgZCR18aL468JAT7w9CZRiBnpxUPPgyQxh4voa\""
	static const struct { const char *text, *msg; } rows[] = {
		{ "{\"enc\":\"aes\",\"alg\":\"Anoncrypt\",\"recipients\":[{}]}", "enc: must be" },
		{ "{" ENC "\"alg\":\"None\",\"recipients\":[{}]}", "alg: must be" },
		{ "{" ENC "\"alg\":\"Anoncrypt\",\"recipients\":[]}", "recipients: must have 1 to 100" },
		{ "{" ENC "\"alg\":\"Anoncrypt\",\"recipients\":[{}]}", "recipients[0]: header" },
		{ "{" ENC "\"alg\":\"Anoncrypt\",\"recipients\":[{\"header\":{\"kid\":\"x\"}}]}", "recipients[0]: kid" },
		{ "{" ENC "\"alg\":\"Anoncrypt\",\"recipients\":[{\"header\":{" KID "}}]}", "recipients[0]: encrypted_key: is required" },
		{ "{" ENC "\"alg\":\"Anoncrypt\",\"recipients\":[{\"header\":{" KID "},\"encrypted_key\":\"AAAA\"}]}", "recipients[0]: encrypted_key: must" },
		{ "{" ENC "\"alg\":\"Authcrypt\",\"recipients\":[{\"header\":{" KID "},\"encrypted_key\":\""
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}", "recipients[0]: sender: is required" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(packed_release) struct packed v = PACKED_INIT;
		char b64[1024], text[1200];
		struct err e = ERR_INIT;

		b64url_encode(b64, rows[i].text, strlen(rows[i].text));
		snprintf(text, sizeof(text), "{\"protected\":\"%s\"}", b64);
		ok(packed_parse(&v, text, strlen(text), &e) == -1 && e.code == ERR_STRUCTURE && strstr(e.msg, rows[i].msg) != NULL, "%s", e.msg);
	}
}

int
main(void)
{
	make_keys();
	test_published();
	test_round();
	test_flips();
	test_forged_sender();
	test_limits();
	test_refused();
	test_refused_protected();
	for (size_t i = 0; i < 3; i++)
		did_key_release(&keys[i]);
	return done_testing();
}
