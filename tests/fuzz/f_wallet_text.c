/*
 * Texts of wallets from outside, chosen by the first byte: metadata, tag
 * queries, records as SQL answers them, raw keys, seeds, DIDs and verkeys, key
 * records.  What is accepted and has a text of its own has the same one again.
 * Reaches: lib/crypt/wallet/meta.c lib/crypt/wallet/query.c lib/crypt/wallet/record_json.c lib/crypt/envelope/seed.c
 * lib/crypt/envelope/did.c lib/crypt/envelope/didrecord.c lib/crypt/ctb58.c
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/ctb58.h"
#include "../../lib/crypt/envelope/did.h"
#include "../../lib/crypt/wallet/query.h"
#include "../../lib/crypt/wallet/record.h"
#include "../../lib/crypt/wbuf.h"

#define TEXT_MAX	4096	/* bytes */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* keys(): seven keys that everybody may know, the same in every run. */
static const struct wallet_keys *
keys(void)
{
	static uint8_t bytes[WALLET_KEYS * WALLET_KEY_LEN];
	static const struct wallet_keys k = { { bytes, sizeof(bytes) } };

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	return &k;
}

static void
meta(const char *p, size_t n)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	struct wallet_meta m, again;
	struct err e = ERR_INIT;

	if (wallet_meta_read(&m, p, n, &e) == -1)
		return;
	wallet_meta_write(&out, &m);
	if (wallet_meta_read(&again, out.data, out.len, &e) == -1 || memcmp(m.keys, again.keys, sizeof(m.keys)) != 0 ||
	    m.salted != again.salted || (m.salted && memcmp(m.salt, again.salt, sizeof(m.salt)) != 0))
		abort();
}

/* depth, values: of a query that came out. */
static int
depth(struct json_object *a, size_t *values)
{
	int most = 0, one;

	*values += !json_object_is_type(a, json_type_array);
	if (!json_object_is_type(a, json_type_array))
		return 0;
	for (size_t i = 0; i < json_object_array_length(a); i++) {
		one = depth(json_object_array_get_idx(a, i), values);
		most = one > most ? one : most;
	}
	return most + 1;
}

static void
query(const char *p, size_t n)
{
	CLEANUP(json_put) struct json_object *o = NULL, *out = NULL;
	struct err e = ERR_INIT;
	size_t values = 0;

	if (json_parse(&o, p, n, &e) == -1 || wallet_query(&out, keys(), o, &e) == -1)
		return;
	if (depth(out, &values) > QUERY_DEPTH || values > 5 * QUERY_LEAVES)
		abort();
}

/* record: what is sealed from the input as a record opens to the same; and the
 * input as what SQL answers. */
static void
record(const char *p, size_t n)
{
	CLEANUP(json_put) struct json_object *o = NULL, *sealed = NULL;
	CLEANUP(record_opened_release) struct record_opened got = RECORD_OPENED_INIT;
	struct record r = { .type = "t" };
	struct err e = ERR_INIT;

	if (json_parse(&o, p, n, &e) == -1)
		return;
	if (json_get_str(o, "name", 0, TEXT_MAX, &r.name, &e) == 0 && json_get_obj(o, "tags", &r.tags, &e) == 0) {
		r.value = r.name;
		r.value_len = strlen(r.name);
		if (record_seal(&sealed, keys(), &r, &e) == 0 && (record_open(&got, keys(), sealed, &e) == -1 ||
		    strcmp(got.r.name, r.name) != 0 || !json_object_equal(got.r.tags, r.tags)))
			abort();
	}
	if (json_object_is_type(o, json_type_object))
		record_open(&got, keys(), o, &e);
}

static void
base58(const char *p, size_t n)
{
	uint8_t a[B58_MAX], b[CTB58_MAX];
	ssize_t len = b58_decode(a, sizeof(a), p, n);
	char text[CTB58_TEXT];

	for (size_t i = 0; i <= CTB58_MAX && n < CTB58_TEXT; i++)
		if ((ctb58_decode(b, i, p, n) == 0) != (len == (ssize_t)i))
			abort();
	if (len < 0 || len > CTB58_MAX || n >= CTB58_TEXT)
		return;
	if (ctb58_encode(text, a, (size_t)len) != n || memcmp(text, p, n) != 0)
		abort();
}

static void
seed(const char *p, size_t n)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT, again = DID_KEY_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(TEXT_MAX);
	struct err e = ERR_INIT;

	if (did_key_make(&k, p, n, &e) == -1)
		return;
	if (did_key_write(&out, &k, &e) == -1 || did_key_read(&again, (char *)out.data, out.len, &e) == -1 ||
	    memcmp(k.pub, again.pub, sizeof(k.pub)) != 0)
		abort();
}

/* did: two words, the DID and the verkey. */
static void
did(const char *p, size_t n)
{
	char text[TEXT_MAX + 1], abbr[VERKEY_LONG], full[VERKEY_LONG];
	char *verkey;
	struct err e = ERR_INIT;

	memcpy(text, p, n);
	text[n] = '\0';
	verkey = strchr(text, ' ');
	if (verkey == NULL) {
		did_check(text, &e);
		did_full_verkey(full, text, NULL, &e);
		return;
	}
	*verkey++ = '\0';
	did_full_verkey(full, text, verkey, &e);
	if (did_abbreviate(abbr, text, verkey, &e) == -1)
		return;
	if (did_full_verkey(full, text, abbr, &e) == -1 || strcmp(full, verkey) != 0)
		abort();
}

static void
key_record(const char *p, size_t n)
{
	CLEANUP(did_key_release) struct did_key k = DID_KEY_INIT;
	CLEANUP(wbuf_release) struct wbuf out = WBUF_INIT_MAX(TEXT_MAX);
	struct did_pair pair, again;
	struct err e = ERR_INIT;

	did_key_read(&k, p, n, &e);
	if (did_pair_read(&pair, p, n, &e) == -1)
		return;
	did_pair_write(&out, &pair);
	if (did_pair_read(&again, (char *)out.data, out.len, &e) == -1 || strcmp(pair.did, again.did) != 0 ||
	    strcmp(pair.verkey, again.verkey) != 0)
		abort();
}

static void (*const texts[])(const char *p, size_t n) = { meta, query, record, base58, seed, did, key_record };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > TEXT_MAX)
		return 0;
	texts[data[0] % (sizeof(texts) / sizeof(texts[0]))]((const char *)data + 1, size - 1);
	return 0;
}
