/* Strict JSON: what RFC 8259 leaves open is refused, every error names its key. */
#include "../../lib/base/json.h"

#include "../../lib/base/cleanup.h"
#include "../tap.h"

/* Texts that some JSON reader accepts and ours must not. */
static const char *const refused[] = {
	"", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "nul",
	"NaN", "Infinity", "-Infinity", "[NaN]", "[1e]", "01", "-", "+1", ".5",
	"1.", "0x10", "\"a", "\"\t\"", "\"\\x\"", "\"\\u12\"", "\"\\u0000\"",
	"\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "1 2", "{}{}",
	"// c\n1", "/* c */ 1", "{\"a\":1,\"a\":2}",
	"{\"a\":1,\"\\u0061\":2}", "[{\"b\":{\"c\":1,\"c\":1}}]", "True",
	"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
	"\xef\xbb\xbf{}",
	"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",	/* 17 deep */
};

static const char *const accepted[] = {
	"{}", "[]", "null", "true", "1", "-0", "1e5", "0.5", " [1] ",
	"\"\\ud83d\\ude00\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"a:b\\\":\"",
	"{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}", "{\":\":\":\"}",
	"{\"\":1}", "9007199254740993", "\"\xf4\x8f\xbf\xbf\"",
	"[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]",	/* 16 deep */
};

static void
test_grammar(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		CLEANUP(json_put) struct json_object *o = NULL;
		struct err e = ERR_INIT;

		is_int(json_parse(&o, refused[i], strlen(refused[i]), &e), -1,
		    "refused, %zu", i);
		is_int(e.code, ERR_INVALID_REQUEST, "as no JSON");
		ok(o == NULL, "output untouched");
	}
	for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
		CLEANUP(json_put) struct json_object *o = NULL;
		struct err e = ERR_INIT;

		is_int(json_parse(&o, accepted[i], strlen(accepted[i]), &e), 0,
		    "accepted: %s", accepted[i]);
	}
}

static void
test_nul_inside(void)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	struct err e = ERR_INIT;

	is_int(json_parse(&o, "{}\0{}", 5, &e), -1, "bytes after a NUL");
	is_int(json_parse(&o, "\"a\0b\"", 5, &e), -1, "a NUL in a string");
}

static void
test_getters(void)
{
	static const char text[] = "{\"s\":\"abc\",\"i\":42,\"b\":true,\"n\":null,"
	    "\"o\":{},\"a\":[1,2],\"big\":99999999999999999999,\"f\":1.5}";
	static const char *const keys[] = { "s", "i", "b", "n", "o", "a", NULL };
	CLEANUP(json_put) struct json_object *o = NULL;
	struct json_object *v = NULL;
	struct err e = ERR_INIT;
	const char *s = NULL;
	int64_t i = 7;
	bool b = false;

	json_parse(&o, text, strlen(text), &e);
	is_int(json_get_str(o, "s", 1, 3, &s, &e), 0, "a string");
	is_str(s, "abc", "is the value");
	is_int(json_get_str(o, "s", 1, 2, &s, &e), -1, "too long");
	is_str(e.msg, "s: must have 1 to 2 bytes", "the message names the key");
	is_int(json_get_i64(o, "i", 0, 42, &i, &e), 0, "an integer at its bound");
	is_int(json_get_i64(o, "i", 0, 41, &i, &e), -1, "and past it");
	is_int(json_get_i64(o, "big", INT64_MIN, INT64_MAX, &i, &e), -1,
	    "what does not fit is not clamped");
	is_int(json_get_i64(o, "f", 0, 9, &i, &e), -1, "a fraction");
	is_int(json_get_i64(o, "s", 0, 9, &i, &e), -1, "a string is no number");
	is_int(i, 42, "failures left the output alone");
	is_int(json_get_bool(o, "b", &b, &e), 0, "a boolean");
	is_int(b, true, "is the value");
	is_int(json_get_obj(o, "o", &v, &e), 0, "an object");
	is_int(json_get_obj(o, "a", &v, &e), -1, "an array is none");
	is_int(json_get_arr(o, "a", 0, 2, &v, &e), 0, "an array");
	is_int(json_get_arr(o, "a", 3, 9, &v, &e), -1, "too short");
	is_int(json_opt_str(o, "none", 0, 9, &s, &e), 0, "absent is 0");
	is_int(json_opt_str(o, "n", 0, 9, &s, &e), 0, "null too");
	is_int(json_get_str(o, "none", 0, 9, &s, &e), -1, "but not if required");
	is_str(e.msg, "none: is required", "and says so");
	is_int(json_known(o, keys, &e), -1, "a key that nobody knows");
	is_str(e.msg, "unknown key \"big\"", "is named");
	is_int(json_get_str(v, "s", 0, 9, &s, &e), -1, "an array has no members");
}

static void
test_building(void)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();

	json_add_str(o, "s", "a/\"b");
	json_add_str(o, "n", NULL);
	json_add_strn(o, "t", "abcdef", 3);
	json_add_i64(o, "i", INT64_MIN);
	json_add_bool(o, "b", false);
	is_str(json_text(o), "{\"s\":\"a/\\\"b\",\"n\":null,\"t\":\"abc\","
	    "\"i\":-9223372036854775808,\"b\":false}", "as text");
}

static void
test_escape(void)
{
	struct buf b = BUF_INIT;

	json_escape(&b, "a\"\\\n\x01\x7f\xc3\xa9\xff" "\xe2\x82" "z", 12);
	is_str(b.data, "a\\\"\\\\\\n\\u0001\\u007f\xc3\xa9\xef\xbf\xbd"
	    "\xef\xbf\xbd\xef\xbf\xbd" "z", "escaped, and bad bytes replaced");
	buf_release(&b);
}

int
main(void)
{
	test_grammar();
	test_nul_inside();
	test_getters();
	test_building();
	test_escape();
	return done_testing();
}
