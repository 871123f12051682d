/*
 * ours make N: N cases on stdout; ours check: those of theirs.js on stdin, and
 * how many are good and bad of each kind.  A case is one line of JSON, bytes in
 * hex:
 *   {"kind":"did","seed","message","did","verkey","abbreviated","signkey","signature"}
 *   {"kind":"auth"|"anon","envelope","index","seed","message","sender"}
 * seed is the recipient's at index.  1 when a case is bad.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/base/rand.h"
#include "../../../lib/crypt/ctb58.h"
#include "../../../lib/crypt/envelope/pack.h"

#define BYTES_MAX	400	/* bytes of a message */
#define KEYS_MAX	4	/* recipients */

static const char *const kinds[] = { "did", "auth", "anon" };
#define KINDS 3

static void
add_hex(struct json_object *o, const char *name, const void *p, size_t n)
{
	char text[HEX_LEN(BYTES_MAX)];

	hex_encode(text, p, n);
	json_add_str(o, name, text);
}

/* key_of: the key of 32 bytes of seed. */
static void
key_of(struct did_key *k, const uint8_t seed[DID_SEED])
{
	char text[HEX_LEN(DID_SEED)];

	hex_encode(text, seed, DID_SEED);
	if (did_key_make(k, text, 2 * DID_SEED, NULL) == -1)
		abort();
}

static void
make_did(struct json_object *o, const uint8_t *seed, const uint8_t *message, size_t n)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	char did[DID_TEXT], verkey[VERKEY_TEXT], abbr[VERKEY_LONG], sign[CTB58_TEXT];
	uint8_t sig[ED25519_SIG];

	key_of(&k, seed);
	verkey_text(verkey, k.pub);
	ctb58_encode(sign, k.sign.p, k.sign.len);
	if (did_of_key(did, k.pub, false, NULL, NULL) == -1 || did_abbreviate(abbr, did, verkey, NULL) == -1 ||
	    did_sign(sig, message, n, &k, NULL) == -1)
		abort();
	add_hex(o, "seed", seed, DID_SEED);
	add_hex(o, "message", message, n);
	json_add_str(o, "did", did);
	json_add_str(o, "verkey", verkey);
	json_add_str(o, "abbreviated", abbr);
	json_add_str(o, "signkey", sign);
	add_hex(o, "signature", sig, sizeof(sig));
}

static void
make_packed(struct json_object *o, const uint8_t *seed, const uint8_t *message, size_t n, bool auth)
{
	CLEANUP(did_key_release) struct did_key sender = DID_KEY_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	uint8_t to[KEYS_MAX][ED25519_KEY], pick[2];
	char verkey[VERKEY_TEXT];
	size_t n_to, index;

	rand_bytes(pick, sizeof(pick));
	n_to = 1 + pick[0] % KEYS_MAX;
	index = pick[1] % n_to;
	if (did_key_make(&sender, NULL, 0, NULL) == -1)
		abort();
	for (size_t i = 0; i < n_to; i++) {
		CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;

		if (i == index)
			key_of(&k, seed);
		else if (did_key_make(&k, NULL, 0, NULL) == -1)
			abort();
		memcpy(to[i], k.pub, ED25519_KEY);
	}
	if (pack_message(&text, message, n, to, n_to, auth ? &sender : NULL, NULL) == -1)
		abort();
	verkey_text(verkey, sender.pub);
	json_add(o, "envelope", json_tokener_parse(text.data));
	json_add_i64(o, "index", (int64_t)index);
	add_hex(o, "seed", seed, DID_SEED);
	add_hex(o, "message", message, n);
	json_add_str(o, "sender", auth ? verkey : "");
}

static void
make(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(json_put) struct json_object *o = json_object_new_object();
		uint8_t seed[DID_SEED], message[BYTES_MAX / 2];

		rand_bytes(seed, sizeof(seed));
		rand_bytes(message, sizeof(message));
		json_add_str(o, "kind", kinds[i % KINDS]);
		if (i % KINDS == 0)
			make_did(o, seed, message, message[0] % sizeof(message));
		else
			make_packed(o, seed, message, message[0] % sizeof(message), i % KINDS == 1);
		puts(json_text(o));
	}
}

static const char *
text_of(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

static size_t
hex_of(uint8_t *out, struct json_object *o, const char *name)
{
	const char *s = text_of(o, name);
	ssize_t n = hex_decode(out, BYTES_MAX, s, strlen(s));

	return n < 0 ? 0 : (size_t)n;
}

static bool
good(struct json_object *c, const char *kind)
{
	CLEANUP(json_put) struct json_object *ours = json_object_new_object();
	CLEANUP(packed_release) struct packed v = PACKED_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(BYTES_MAX);
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	uint8_t seed[BYTES_MAX], message[BYTES_MAX];
	char sender[VERKEY_TEXT];
	const char *envelope;
	size_t n = hex_of(message, c, "message");

	hex_of(seed, c, "seed");
	if (strcmp(kind, kinds[0]) == 0) {
		json_add_str(ours, "kind", kind);
		make_did(ours, seed, message, n);
		return json_object_equal(ours, c);
	}
	key_of(&k, seed);
	envelope = json_text(json_object_object_get(c, "envelope"));
	return packed_parse(&v, envelope, strlen(envelope), NULL) == 0 && packed_open(&out, sender, &v,
	    (size_t)json_object_get_int(json_object_object_get(c, "index")), &k, NULL) == 0 && out.len == n &&
	    memcmp(out.data, message, n) == 0 && strcmp(sender, text_of(c, "sender")) == 0;
}

static int
check(void)
{
	size_t count[KINDS][2] = { { 0 } }, bad = 0;
	char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, stdin) > 0) {
		CLEANUP(json_put) struct json_object *c = json_tokener_parse(line);

		for (size_t i = 0; i < KINDS; i++)
			if (strcmp(text_of(c, "kind"), kinds[i]) == 0)
				count[i][!good(c, kinds[i])]++;
	}
	free(line);
	for (size_t i = 0; i < KINDS; i++) {
		printf("%s %zu %zu\n", kinds[i], count[i][0], count[i][1]);
		bad += count[i][1];
	}
	return bad > 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "make") == 0) {
		make(strtoul(argv[2], NULL, 10));
		return 0;
	}
	return argc == 2 && strcmp(argv[1], "check") == 0 ? check() : 100;
}
