/* Records at rest: what is deterministic, what is not, whole records both ways, and what is refused. */
#include "../../lib/crypt/wallet/record.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/hmac.h"
#include "../tap.h"

static struct wallet_keys keys = WALLET_KEYS_INIT;

static void
test_fields(void)
{
	for (int f = 0; f < RECORD_FIELDS; f++) {
		CLEANUP(buf_release) struct buf a = BUF_INIT, b = BUF_INIT, c = BUF_INIT;
		CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(100);
		struct err e = ERR_INIT;

		record_field_seal(&a, &keys, (enum record_field)f, "Indy::Did", 9, &e);
		record_field_seal(&b, &keys, (enum record_field)f, "Indy::Did", 9, &e);
		record_field_seal(&c, &keys, (enum record_field)((f + 1) % RECORD_FIELDS), "Indy::Did", 9, &e);
		is_int((int64_t)a.len, 9 + RECORD_MORE, "field %d: its length", f);
		ok(a.len == b.len && memcmp(a.data, b.data, a.len) == 0, "equal texts are equal bytes");
		ok(memcmp(a.data + 12, c.data + 12, a.len - 12) != 0, "another field has others");
		is_int(record_field_open(&text, &keys, (enum record_field)f, c.data, c.len, &e), -1, "and does not open as this one");
		is_int(e.code, ERR_WALLET_ACCESS, "as a wrong key");
		is_int(record_field_open(&text, &keys, (enum record_field)f, a.data, a.len, &e), 0, "opens");
		is_str((char *)text.data, "Indy::Did", "as it was");
	}
}

static void
test_nonce(void)
{
	const struct secret item = { .p = keys.all.p + 3 * 32, .len = 32 }, tag = { .p = keys.all.p + 6 * 32, .len = 32 };
	CLEANUP(buf_release) struct buf a = BUF_INIT, b = BUF_INIT;
	uint8_t mac[HMAC_LEN];
	struct err e = ERR_INIT;

	record_field_seal(&a, &keys, RECORD_NAME, "id1", 3, &e);
	hmac_sha256(mac, &item, "id1", 3);
	is_mem(a.data, mac, 12, "the nonce of a name is of the fourth key's HMAC");
	record_field_seal(&b, &keys, RECORD_TAG_VALUE, "id1", 3, &e);
	hmac_sha256(mac, &tag, "id1", 3);
	is_mem(b.data, mac, 12, "the nonce of a tag is of the seventh key's");
}

static void
test_values(void)
{
	CLEANUP(buf_release) struct buf v1 = BUF_INIT, v2 = BUF_INIT, k1 = BUF_INIT, k2 = BUF_INIT;
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(100);
	struct err e = ERR_INIT;

	record_value_seal(&v1, &k1, &keys, "secret", 6, &e);
	record_value_seal(&v2, &k2, &keys, "secret", 6, &e);
	ok(v1.len == 6 + RECORD_MORE && k1.len == RECORD_KEY, "lengths");
	ok(memcmp(v1.data, v2.data, v1.len) != 0 && memcmp(k1.data, k2.data, k1.len) != 0, "equal values are other bytes");
	is_int(record_value_open(&text, &keys, v1.data, v1.len, k2.data, k2.len, &e), -1, "not with another record's key");
	is_int(record_value_open(&text, &keys, v1.data, v1.len, k1.data, k1.len - 1, &e), -1, "nor with a part of its own");
	is_int(record_value_open(&text, &keys, v1.data, RECORD_MORE - 1, k1.data, k1.len, &e), -1, "nor when it is too short");
	is_int(record_value_open(&text, &keys, v1.data, v1.len, k1.data, k1.len, &e), 0, "opens");
	is_str((char *)text.data, "secret", "as it was");
}

static struct json_object *
tags_of(const char *text)
{
	struct json_object *o = json_tokener_parse(text);

	if (o == NULL)
		abort();
	return o;
}

static void
test_whole(void)
{
	CLEANUP(json_put) struct json_object *tags = tags_of("{\"a\":\"1\",\"~plain\":\"2\",\"\xc3\xa9\":\"\"}"), *o = NULL;
	CLEANUP(record_opened_release) struct record_opened got = RECORD_OPENED_INIT;
	struct record r = { "app", "id1", "v\0w", 3, tags };
	struct json_object *sealed, *tag;
	struct err e = ERR_INIT;

	is_int(record_seal(&o, &keys, &r, &e), 0, "sealed");
	json_object_object_get_ex(o, "tags", &sealed);
	is_int((int64_t)json_object_array_length(sealed), 3, "three tags");
	tag = json_object_array_get_idx(sealed, 1);
	is_str(json_object_get_string(json_object_object_get(tag, "value")), "2", "a plain tag's value stays text");
	ok(strstr(json_text(o), "plain\"") != NULL && strstr(json_text(o), "~") == NULL, "its name does not");
	is_int(record_open(&got, &keys, o, &e), 0, "opened");
	is_str(got.r.type, "app", "type");
	is_str(got.r.name, "id1", "name");
	ok(got.r.value_len == 3 && memcmp(got.r.value, "v\0w", 3) == 0, "value, NUL and all");
	ok(json_object_equal(got.r.tags, tags), "tags: %s", json_text(got.r.tags));
	json_object_object_del(o, "type");
	json_object_object_del(o, "name");
	is_int(record_open(&got, &keys, o, &e), 0, "opened without type and name, into the same place");
	ok(got.r.type == NULL && got.r.name == NULL && got.r.value_len == 3, "which are not there then");
}

static void
test_refused(void)
{
	static char big[RECORD_TAG_MAX + 2];
	static const char *const bad_tags[] = { "[]", "{\"a\":1}", "{\"\":\"x\"}", "{\"~\":\"x\"}", "{\"a\":null}", "{\"a\":\"x\\u0000\"}" };
	CLEANUP(json_put) struct json_object *o = NULL, *many = json_object_new_object();
	struct record r = { "app", "id1", "", 0, NULL };
	struct err e = ERR_INIT;

	memset(big, 'x', sizeof(big) - 1);
	r.type = "";
	ok(record_seal(&o, &keys, &r, &e) == -1 && e.code == ERR_STRUCTURE, "an empty type: %s", e.msg);
	r.type = big;
	ok(record_seal(&o, &keys, &r, &e) == -1 && e.code == ERR_PAST_LIMIT, "a long type: %s", e.msg);
	r.type = "\xff";
	ok(record_seal(&o, &keys, &r, &e) == -1 && e.code == ERR_STRUCTURE, "a type that is not UTF-8: %s", e.msg);
	r.type = "app";
	r.value = "\xc3";
	r.value_len = 1;
	ok(record_seal(&o, &keys, &r, &e) == -1 && e.code == ERR_STRUCTURE, "a value that is not UTF-8: %s", e.msg);
	r.value_len = RECORD_VALUE_MAX + 1;
	ok(record_seal(&o, &keys, &r, &e) == -1 && e.code == ERR_PAST_LIMIT, "a large value: %s", e.msg);
	r.value_len = 0;
	for (size_t i = 0; i < sizeof(bad_tags) / sizeof(bad_tags[0]); i++) {
		CLEANUP(json_put) struct json_object *tags = tags_of(bad_tags[i]);

		r.tags = tags;
		ok(record_seal(&o, &keys, &r, &e) == -1 && e.code == ERR_STRUCTURE, "tags %s: %s", bad_tags[i], e.msg);
	}
	for (int i = 0; i <= RECORD_TAGS_MAX; i++) {
		char name[16];

		snprintf(name, sizeof(name), "t%d", i);
		json_add_str(many, name, "");
	}
	r.tags = many;
	ok(record_seal(&o, &keys, &r, &e) == -1 && e.code == ERR_PAST_LIMIT && o == NULL, "many tags: %s", e.msg);
}

static void
test_damaged(void)
{
	static const char *const members[] = { "type", "name", "value", "key" };
	CLEANUP(json_put) struct json_object *tags = tags_of("{\"a\":\"1\"}"), *o = NULL;
	CLEANUP(record_opened_release) struct record_opened got = RECORD_OPENED_INIT;
	struct record r = { "app", "id1", "value", 5, tags };
	struct err e = ERR_INIT;

	record_seal(&o, &keys, &r, &e);
	for (size_t i = 0; i < 4; i++) {
		CLEANUP(json_put) struct json_object *bad = tags_of(json_text(o));

		json_add_str(bad, members[i], "AAAA");
		ok(record_open(&got, &keys, bad, &e) == -1 && e.code == ERR_WALLET_ACCESS, "%s: other bytes", members[i]);
		json_add_str(bad, members[i], "AAA");
		ok(record_open(&got, &keys, bad, &e) == -1 && e.code == ERR_PROTO, "%s: no base64", members[i]);
	}
	json_object_object_del(o, "tags");
	ok(record_open(&got, &keys, o, &e) == -1 && e.code == ERR_PROTO && got.r.value == NULL, "no tags; nothing came out");
}

int
main(void)
{
	struct err e = ERR_INIT;

	if (wallet_keys_make(&keys, &e) == -1)
		return 1;
	test_fields();
	test_nonce();
	test_values();
	test_whole();
	test_refused();
	test_damaged();
	wallet_keys_release(&keys);
	return done_testing();
}
