/* Field rules: what a body may say, and what the refusal says. */
#include <string.h>
#include "../../fcgi/field.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../tap.h"

struct want {
	field_fn *check;
	const char *in;		/* JSON of the value */
	const char *out;	/* JSON of what goes into the call; NULL: refused */
};

static struct json_object *
value(const char *text)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;
	char wrapped[8192];

	snprintf(wrapped, sizeof(wrapped), "[%s]", text);
	if (json_parse(&o, wrapped, strlen(wrapped), &e) == -1) {
		printf("# %s: %s\n", text, e.msg);
		return NULL;
	}
	return o;
}

static void
try_one(const struct field *f, const char *in, const char *out, enum err_code code)
{
	CLEANUP(json_put) struct json_object *list = value(in), *got = NULL;
	struct err e = ERR_INIT;
	int r = f->check(f, "x", json_object_array_get_idx(list, 0), &got, &e);

	if (out == NULL) {
		ok(r == -1 && got == NULL && e.code == code, "%s is refused", in);
		ok(code != ERR_VALIDATION || strncmp(e.msg, "x", 1) == 0, "the message names the field: %s", e.msg);
		return;
	}
	ok(r == 0, "%s is taken %s", in, e.msg);
	is_str(r == 0 ? json_text(got) : "", out, "as this");
}

static void
test_ids(void)
{
	static const struct want rows[] = {
		{ f_name, "\"data_456\"", "\"data_456\"" },
		{ f_name, "\"a\"", "\"a\"" },
		{ f_name, "\"\"", NULL },
		{ f_name, "\".hidden\"", NULL },
		{ f_name, "\"../etc/passwd\"", NULL },
		{ f_name, "\"a b\"", NULL },
		{ f_name, "\"a\\nb\"", NULL },
		{ f_name, "\"a'; DROP TABLE x;--\"", NULL },
		{ f_name, "\"d\\u0430ta\"", NULL },	/* Cyrillic a */
		{ f_name, "7", NULL },
		{ f_tree, "{\"a\":{\"b\":[1]}}", "{\"a\":{\"b\":[1]}}" },
		{ f_tree, "[1]", NULL },
		{ f_status_list, "{\"a\":1}", "{\"a\":1}" },
		{ f_status_list, "{\"a\":1,\"revocationList\":[0,1,0,true,0,0,0,0,1]}", "{\"a\":1,\"revocationList\":{\"size\":9,\"bits\":\"CgE=\"}}" },
		{ f_status_list, "{\"revocationList\":[0,2]}", "{\"revocationList\":[0,2]}" },
		{ f_status_list, "{\"revocationList\":[0]}", "{\"revocationList\":[0]}" },
		{ f_status_list, "{\"revocationList\":[]}", "{\"revocationList\":[]}" },
		{ f_status_list, "{\"revocationList\":{\"size\":2,\"bits\":\"AA==\"}}", NULL },
		{ f_status_list, "{\"revocationList\":null}", NULL },
		{ f_status_list, "[1]", NULL },
		{ f_variable, "\"features\"", "\"features\"" },
		{ f_variable, "\"_x9\"", "\"_x9\"" },
		{ f_variable, "\"9x\"", NULL },
		{ f_variable, "\"lambda\"", NULL },
		{ f_variable, "\"None\"", NULL },
		{ f_variable, "\"__debug__\"", NULL },
		{ f_variable, "\"match\"", "\"match\"" },	/* a soft keyword is a name */
		{ f_variable, "\"a-b\"", NULL },
		{ f_variable, "\"\\ufb01eld\"", NULL },		/* a ligature that Python would fold */
		{ f_lease_id, "\"lease_123\"", "\"lease_123\"" },
		{ f_lease_id, "\"0xABCDEF0000000000000000000000000000000000000000000000000000000001\"",
		    "\"abcdef0000000000000000000000000000000000000000000000000000000001\"" },
		{ f_lease_id, "\"a/b\"", NULL },
		{ f_product_id, "\"did:pandacea:earner:123/abc-456\"", "\"did:pandacea:earner:123/abc-456\"" },
		{ f_product_id, "\"did:pandacea::123/abc\"", NULL },
		{ f_product_id, "\"did:pandacea:e:123\"", NULL },
		{ f_product_id, "\"did:pandacea:e:/abc\"", NULL },
		{ f_product_id, "\"did:pandacea:e:a/b/c\"", NULL },
		{ f_product_id, "\"did:other:e:a/b\"", NULL },
		{ f_cid, "\"QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o\"",
		    "\"QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o\"" },
		{ f_cid, "\"QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5\"", NULL },
		{ f_cid, "\"QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff50\"", NULL },	/* 0 is not of base58 */
		{ f_address, "\"0xABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD\"",
		    "\"0xabcdefabcdefabcdefabcdefabcdefabcdefabcd\"" },
		{ f_address, "\"ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD\"", NULL },
		{ f_sha256, "\"zz\"", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try_one(&(struct field){ .check = rows[i].check }, rows[i].in, rows[i].out, ERR_VALIDATION);
}

static void
test_ids_of_paths_are_not_found(void)
{
	const struct field comp = { .check = f_comp_id }, token = { .check = f_made_id, .arg = "tok_" };
	const struct field name = { .check = f_artifact_name };

	try_one(&comp, "\"comp-aaaaaaaaaaaaaaaaaaaaaaaaaa\"", "\"00000000-0000-0000-0000-000000000000\"", 0);
	try_one(&comp, "\"comp-aaaaaaaaaaaaaaaaaaaaaaaaab\"", NULL, ERR_NOT_FOUND);	/* bits past the end */
	try_one(&comp, "\"comp-AAAAAAAAAAAAAAAAAAAAAAAAAA\"", NULL, ERR_NOT_FOUND);
	try_one(&comp, "\"nope\"", NULL, ERR_NOT_FOUND);
	try_one(&comp, "\"\"", NULL, ERR_INVALID_REQUEST);
	try_one(&token, "\"tok_abcdefghijklmnopqrstuvwxyz\"", "\"tok_abcdefghijklmnopqrstuvwxyz\"", 0);
	try_one(&token, "\"prn_abcdefghijklmnopqrstuvwxyz\"", NULL, ERR_NOT_FOUND);
	try_one(&name, "\"sub/model.pth\"", "\"sub/model.pth\"", 0);
	try_one(&name, "\"../x\"", NULL, ERR_NOT_FOUND);
	try_one(&name, "\"a/../x\"", NULL, ERR_NOT_FOUND);
	try_one(&name, "\"a//x\"", NULL, ERR_NOT_FOUND);
	try_one(&name, "\"a/\"", NULL, ERR_NOT_FOUND);
	try_one(&name, "\"/a\"", NULL, ERR_NOT_FOUND);
	try_one(&(struct field){ .check = f_cursor }, "\"a b\"", NULL, ERR_INVALID_REQUEST);
}

static void
test_values(void)
{
	static const struct want rows[] = {
		{ f_price, "\"10\"", "\"10\"" },
		{ f_price, "\"0.001\"", "\"0.001\"" },
		{ f_price, "\"10.\"", NULL },
		{ f_price, "\".5\"", NULL },
		{ f_price, "\"-1\"", NULL },
		{ f_price, "\"1e9\"", NULL },
		{ f_price, "\"\"", NULL },
		{ f_price, "\"1.2.3\"", NULL },
		{ f_price, "10", NULL },
		{ f_duration, "\"30d\"", "\"30d\"" },
		{ f_duration, "\"90s\"", "\"90s\"" },
		{ f_duration, "\"30\"", NULL },
		{ f_duration, "\"0d\"", NULL },
		{ f_duration, "\"999999999d\"", NULL },
		{ f_duration, "\"1w\"", NULL },
		{ f_time, "\"2026-02-28T23:59:59Z\"", "\"2026-02-28T23:59:59Z\"" },
		{ f_time, "\"2028-02-29T00:00:00.123456+01:00\"", "\"2028-02-29T00:00:00.123456+01:00\"" },
		{ f_time, "\"2026-02-29T00:00:00Z\"", NULL },
		{ f_time, "\"2026-13-01T00:00:00Z\"", NULL },
		{ f_time, "\"2026-01-01T24:00:00Z\"", NULL },
		{ f_time, "\"2026-01-01 00:00:00Z\"", NULL },
		{ f_time, "\"2026-01-01T00:00:00\"", NULL },
		{ f_time, "\"infinity\"", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try_one(&(struct field){ .check = rows[i].check }, rows[i].in, rows[i].out, ERR_VALIDATION);
	is_int(duration_s("2h"), 7200, "hours are seconds");
	is_int(duration_s("36525d"), INT64_C(36525) * 86400, "a hundred years are the most");
	is_int(duration_s("36526d"), -1, "and no day more");
}

static void
test_plain_kinds(void)
{
	static const char *const words[] = { "auto", "hold", NULL };
	const struct field n = { .check = f_int, .min = -10, .max = 10 }, text = { .check = f_text, .min = 1, .max = 4 };
	const struct field word = { .check = f_word, .arg = words }, set = { .check = f_words, .max = 2, .arg = words };
	const struct field o = { .check = f_object, .max = 16 }, real = { .check = f_number, .min = 0, .max = 2 };

	try_one(&n, "10", "10", 0);
	try_one(&n, "\"-10\"", "-10", 0);
	try_one(&n, "11", NULL, ERR_VALIDATION);
	try_one(&n, "1.5", NULL, ERR_VALIDATION);
	try_one(&n, "\"1x\"", NULL, ERR_VALIDATION);
	try_one(&n, "\"\"", NULL, ERR_VALIDATION);
	try_one(&n, "9223372036854775808", NULL, ERR_VALIDATION);
	try_one(&n, "\"9223372036854775808\"", NULL, ERR_VALIDATION);
	try_one(&real, "1.5", "1.5", 0);
	try_one(&real, "2", "2", 0);
	try_one(&real, "2.01", NULL, ERR_VALIDATION);
	try_one(&real, "-0.5", NULL, ERR_VALIDATION);
	try_one(&real, "\"1\"", NULL, ERR_VALIDATION);
	try_one(&text, "\"abcd\"", "\"abcd\"", 0);
	try_one(&text, "\"abcde\"", NULL, ERR_VALIDATION);
	try_one(&text, "\"\"", NULL, ERR_VALIDATION);
	try_one(&word, "\"hold\"", "\"hold\"", 0);
	try_one(&word, "\"HOLD\"", NULL, ERR_VALIDATION);
	try_one(&set, "[\"hold\",\"auto\"]", "[\"hold\",\"auto\"]", 0);
	try_one(&set, "[\"hold\",\"hold\"]", NULL, ERR_VALIDATION);
	try_one(&set, "[]", NULL, ERR_VALIDATION);
	try_one(&o, "{\"a\":[1,2,3]}", "{\"a\":[1,2,3]}", 0);
	try_one(&o, "{\"a\":\"0123456789\"}", NULL, ERR_VALIDATION);
	try_one(&o, "[]", NULL, ERR_VALIDATION);
}

static int
take(const struct field *f, const char *body, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *list = value(body);

	*out = json_object_new_object();
	return fields_take(f, json_object_array_get_idx(list, 0), *out, "", e);
}

static void
test_bodies(void)
{
	static const struct field table[] = {
		{ .name = "lease_id", .check = f_lease_id, .need = true },
		{ .name = "inputs", .check = f_inputs, .need = true },
		{ .name = "limits", .check = f_members, .arg = limits_table },
		{ .name = NULL },
	};
	static const struct { const char *body, *message; } refusals[] = {
		{ "{}", "lease_id is required" },
		{ "{\"lease_id\":null}", "lease_id is required" },
		{ "{\"lease_id\":\"l\"}", "inputs is required" },
		{ "{\"lease_id\":\"l\",\"inputs\":[],\"x\":1}", "x is not known here" },
		{ "{\"lease_id\":\"l\",\"inputs\":[]}", "inputs must have 1 to 32 elements" },
		{ "{\"lease_id\":\"l\",\"inputs\":[{\"asset_id\":\"a\"}]}", "inputs[0].variable_name is required" },
		{ "{\"lease_id\":\"l\",\"inputs\":[{\"asset_id\":\"a\",\"variable_name\":\"v\"},"
		    "{\"asset_id\":\"b\",\"variable_name\":\"v\"}]}", "inputs[1].variable_name is there twice" },
		{ "{\"lease_id\":\"l\",\"inputs\":[{\"asset_id\":\"a\",\"variable_name\":\"v\",\"path\":\"/\"}]}",
		    "inputs[0].path is not known here" },
		{ "{\"lease_id\":\"l\",\"inputs\":[{\"asset_id\":\"a\",\"variable_name\":\"v\"}],\"limits\":{\"cpus\":9}}",
		    "limits.cpus must be an integer from 1 to 8" },
		{ "[]", "the body must be an object" },
		{ "{\"a\\u0000b\":1}", "a member with an odd name is not known here" },
	};
	CLEANUP(json_put) struct json_object *good = NULL;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		CLEANUP(json_put) struct json_object *out = NULL;
		CLEANUP(json_put) struct json_object *parsed = NULL;
		struct err why = ERR_INIT;

		if (json_parse(&parsed, refusals[i].body, strlen(refusals[i].body), &why) == -1) {
			ok(true, "%s is no JSON of ours", refusals[i].body);
			continue;
		}
		is_int(take(table, refusals[i].body, &out, &why), -1, "%s", refusals[i].body);
		is_str(why.msg, refusals[i].message, "the first rule that is broken answers");
	}
	is_int(take(table, "{\"lease_id\":\"l\",\"inputs\":[{\"asset_id\":\"a\",\"variable_name\":\"v\"}],\"limits\":null}",
	    &good, &e), 0, "null is absent");
	ok(!json_object_object_get_ex(good, "limits", NULL), "and stays away from the call");
}

/* RFC 8032, section 7.1, test 1, in the three spellings of a key. */
#define KEY_HEX "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define KEY_PEER "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"
#define KEY_PEM "-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\\n-----END PUBLIC KEY-----\\n"
#define KEY_OUT "[{\"peer_id\":\"" KEY_PEER "\",\"alg\":\"ed25519\",\"public_key\":\"" KEY_HEX "\"}]"

static void
test_keys(void)
{
	const struct field keys = { .check = f_keys };

	try_one(&keys, "[\"" KEY_HEX "\"]", KEY_OUT, 0);
	try_one(&keys, "[\"" KEY_PEER "\"]", KEY_OUT, 0);
	try_one(&keys, "[\"" KEY_PEM "\"]", KEY_OUT, 0);
	try_one(&keys, "[{\"peer_id\":\"" KEY_PEER "\",\"alg\":\"ed25519\",\"public_key\":\"" KEY_HEX "\"}]", KEY_OUT, 0);
	try_one(&keys, "[{\"peer_id\":\"12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN\",\"public_key\":\"" KEY_HEX "\"}]",
	    NULL, ERR_VALIDATION);
	try_one(&keys, "[\"0100000000000000000000000000000000000000000000000000000000000000\"]", NULL, ERR_VALIDATION);
	try_one(&keys, "[\"" KEY_HEX "00\"]", NULL, ERR_VALIDATION);
	try_one(&keys, "[{\"alg\":\"rsa\",\"public_key\":\"" KEY_HEX "\"}]", NULL, ERR_VALIDATION);
	try_one(&keys, "[\"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\"]",
	    "[{\"peer_id\":\"16Uiu2HAm3cuhhRL2msUuLF62KRSfneFDx94RsuouyW25Ho42cFMq\",\"alg\":\"secp256k1\",\"public_key\":"
	    "\"3056301006072a8648ce3d020106052b8104000a0342000479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8\"}]", 0);
	try_one(&keys, "[]", NULL, ERR_VALIDATION);
}

int
main(void)
{
	test_ids();
	test_ids_of_paths_are_not_found();
	test_values();
	test_plain_kinds();
	test_bodies();
	test_keys();
	return done_testing();
}
