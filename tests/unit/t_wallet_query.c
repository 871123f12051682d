/* Tag queries: each operator as SQL gets it, sealed names and values, bounds, and what is no query. */
#include "../../lib/crypt/wallet/query.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/wallet/record.h"
#include "../tap.h"

static struct wallet_keys keys = WALLET_KEYS_INIT;

/* show: a query's outcome with every sealed text opened as <text>. */
static struct json_object *
show(struct json_object *in)
{
	struct json_object *out;
	CLEANUP(wbuf_release) struct wbuf text = WBUF_INIT_MAX(8192);
	uint8_t raw[8192];
	const char *s = json_object_get_string(in);
	ssize_t n;

	if (json_object_is_type(in, json_type_array)) {
		out = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(in); i++)
			json_object_array_add(out, show(json_object_array_get_idx(in, i)));
		return out;
	}
	n = b64_decode(raw, sizeof(raw), s, strlen(s));
	wbuf_add(&text, "<", 1);
	if (n < RECORD_MORE || (record_field_open(&text, &keys, RECORD_TAG_NAME, raw, (size_t)n, NULL) == -1 &&
	    record_field_open(&text, &keys, RECORD_TAG_VALUE, raw, (size_t)n, NULL) == -1))
		return json_object_new_string(s);
	wbuf_add(&text, ">", 1);
	return json_object_new_string((char *)text.data);
}

static int
query(struct json_object **out, const char *wql, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_tokener_parse(wql);

	return wallet_query(out, &keys, o, e);
}

static void
test_operators(void)
{
	static const struct { const char *wql, *want; } rows[] = {
		{ "{}", "[\"and\"]" },
		{ "{\"a\":\"1\"}", "[\"eq\",\"e\",\"<a>\",\"<1>\"]" },
		{ "{\"~a\":\"1\"}", "[\"eq\",\"p\",\"<a>\",\"1\"]" },
		{ "{\"a\":\"1\",\"b\":\"2\"}", "[\"and\",[\"eq\",\"e\",\"<a>\",\"<1>\"],[\"eq\",\"e\",\"<b>\",\"<2>\"]]" },
		{ "{\"a\":{\"$neq\":\"1\"}}", "[\"neq\",\"e\",\"<a>\",\"<1>\"]" },
		{ "{\"a\":{\"$in\":[\"1\",\"2\"]}}", "[\"in\",\"e\",\"<a>\",\"<1>\",\"<2>\"]" },
		{ "{\"~a\":{\"$in\":[\"1\"]}}", "[\"in\",\"p\",\"<a>\",\"1\"]" },
		{ "{\"~a\":{\"$gt\":\"1\"}}", "[\"gt\",\"p\",\"<a>\",\"1\"]" },
		{ "{\"~a\":{\"$gte\":\"1\"}}", "[\"gte\",\"p\",\"<a>\",\"1\"]" },
		{ "{\"~a\":{\"$lt\":\"1\"}}", "[\"lt\",\"p\",\"<a>\",\"1\"]" },
		{ "{\"~a\":{\"$lte\":\"1\"}}", "[\"lte\",\"p\",\"<a>\",\"1\"]" },
		{ "{\"~a\":{\"$like\":\"1%\"}}", "[\"like\",\"p\",\"<a>\",\"1%\"]" },
		{ "{\"$not\":{\"a\":\"1\"}}", "[\"not\",[\"eq\",\"e\",\"<a>\",\"<1>\"]]" },
		{ "{\"$or\":[{\"a\":\"1\"},{\"$and\":[{\"b\":\"2\"},{}]}]}",
		    "[\"or\",[\"eq\",\"e\",\"<a>\",\"<1>\"],[\"and\",[\"eq\",\"e\",\"<b>\",\"<2>\"],[\"and\"]]]" },
		{ "{\"a\":\"\"}", "[\"eq\",\"e\",\"<a>\",\"<>\"]" },
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(json_put) struct json_object *out = NULL, *seen = NULL;

		if (!is_int(query(&out, rows[i].wql, &e), 0, "%s", rows[i].wql)) {
			printf("# %s\n", e.msg);
			continue;
		}
		seen = show(out);
		is_str(json_text(seen), rows[i].want, "as SQL gets it");
	}
}

static void
test_values_as_at_rest(void)
{
	CLEANUP(json_put) struct json_object *out = NULL, *name = NULL, *value = NULL;
	struct err e = ERR_INIT;

	query(&out, "{\"a\":\"1\"}", &e);
	name = record_field_b64(&keys, RECORD_TAG_NAME, "a", &e);
	value = record_field_b64(&keys, RECORD_TAG_VALUE, "1", &e);
	ok(json_object_equal(json_object_array_get_idx(out, 2), name), "names are the bytes of the row");
	ok(json_object_equal(json_object_array_get_idx(out, 3), value), "and so are values");
}

static void
test_refused(void)
{
	static const struct { const char *wql, *msg; } rows[] = {
		{ "[]", "query: must be an object" },
		{ "\"a\"", "query: must be an object" },
		{ "{\"a\":1}", "query: a: must be text" },
		{ "{\"a\":null}", "query: a: must be text" },
		{ "{\"a\":[\"1\"]}", "query: a: must be text" },
		{ "{\"a\":\"x\\u0000y\"}", "query: a: must be text" },
		{ "{\"a\":{}}", "query: a: must have one comparison" },
		{ "{\"~a\":{\"$gt\":\"1\",\"$lt\":\"3\"}}", "query: ~a: must have one comparison" },
		{ "{\"a\":{\"$gt\":\"1\"}}", "query: a: $gt is for plain tags, whose names begin with ~" },
		{ "{\"a\":{\"$like\":\"1\"}}", "query: a: $like is for plain tags, whose names begin with ~" },
		{ "{\"a\":{\"$is\":\"1\"}}", "query: a: $is is no comparison" },
		{ "{\"a\":{\"$in\":[]}}", "query: a: $in: must be an array of at least one text" },
		{ "{\"a\":{\"$in\":\"1\"}}", "query: a: $in: must be an array of at least one text" },
		{ "{\"a\":{\"$in\":[\"1\",2]}}", "query: a: $in[1]: must be text" },
		{ "{\"$or\":[]}", "query: $or: must be an array of at least one query" },
		{ "{\"$and\":{\"a\":\"1\"}}", "query: $and: must be an array of at least one query" },
		{ "{\"$or\":[{\"a\":\"1\"},{\"b\":2}]}", "query: $or: [1]: b: must be text" },
		{ "{\"$not\":[]}", "query: $not: must be an object" },
		{ "{\"$xor\":[]}", "query: $xor: no such operator" },
		{ "{\"~\":\"1\"}", "query: ~: a tag's name has 1 to 4096 bytes" },
		{ "{\"\":\"1\"}", "query: : a tag's name has 1 to 4096 bytes" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *out = NULL;
		struct err e = ERR_INIT;

		ok(query(&out, rows[i].wql, &e) == -1 && e.code == ERR_QUERY && out == NULL, "refused: %s", rows[i].wql);
		is_str(e.msg, rows[i].msg, "saying where");
	}
}

/* nested(n): {"a":"1"} within n times $not */
static void
nested(struct buf *b, int n)
{
	buf_reset(b);
	for (int i = 0; i < n; i++)
		buf_adds(b, "{\"$not\":");
	buf_adds(b, "{\"a\":\"1\"}");
	for (int i = 0; i < n; i++)
		buf_addc(b, '}');
}

static void
test_bounds(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	CLEANUP(json_put) struct json_object *out = NULL, *wide = NULL, *empty = NULL;
	struct err e = ERR_INIT;

	nested(&b, QUERY_DEPTH - 1);
	is_int(query(&out, b.data, &e), 0, "as deep as may be");
	json_put(&out);
	nested(&b, QUERY_DEPTH);
	is_int(query(&out, b.data, &e), -1, "and deeper");
	buf_reset(&b);
	buf_adds(&b, "{\"a\":{\"$in\":[\"0\"");
	for (int i = 1; i < QUERY_LEAVES; i++)
		buf_addf(&b, ",\"%d\"", i);
	buf_adds(&b, "]}}");
	is_int(query(&wide, b.data, &e), 0, "as many values as may be");
	b.len -= 3;
	buf_adds(&b, ",\"x\"]}}");
	is_int(query(&out, b.data, &e), -1, "and more: %s", e.msg);
	buf_reset(&b);
	buf_adds(&b, "{\"$or\":[{}");
	for (int i = 1; i < QUERY_LEAVES; i++)
		buf_adds(&b, ",{}");
	buf_adds(&b, "]}");
	is_int(query(&empty, b.data, &e), -1, "queries without values are counted too");
}

int
main(void)
{
	struct err e = ERR_INIT;

	if (wallet_keys_make(&keys, &e) == -1)
		return 1;
	test_operators();
	test_values_as_at_rest();
	test_refused();
	test_bounds();
	wallet_keys_release(&keys);
	return done_testing();
}
