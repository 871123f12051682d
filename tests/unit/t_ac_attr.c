/* Attribute names and values, and what legacy ids say. */
#include "../../lib/crypt/anoncreds/attr.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/anoncreds/ids.h"
#include "../vectors.h"

static void
test_encode(void)
{
	static const char *const rows[][2] = {
		{ "28", "28" }, { "-5", "-5" }, { "+7", "7" }, { "007", "7" },
		{ "-0", "0" }, { "2147483647", "2147483647" },
		{ "-2147483648", "-2147483648" },
		{ "Alex", "99262857098057710338306967609588410025648622308394250666849665532448612202874" },
		{ "", "102987336249554097029535212322581322789799900648198034993379397001115665086549" },
	};
	/* Not integers of 32 bits: hashed. */
	static const char *const hashed[] = {
		"2147483648", "-2147483649", " 1", "1 ", "+", "-", "--1", "1.0",
		"0x1", "1e3", "99999999999999999999999999999999999999999",
	};
	char got[AC_ENCODED_MAX];
	int32_t v;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ac_attr_encoded_text(got, rows[i][0]);
		is_str(got, rows[i][1], "\"%s\" is encoded", rows[i][0]);
	}
	for (size_t i = 0; i < sizeof(hashed) / sizeof(hashed[0]); i++)
		ok(!ac_attr_int(hashed[i], &v), "\"%s\" is no integer", hashed[i]);
}

static void
test_encode_vectors(void)
{
	struct json_object *o, *rows;
	char got[AC_ENCODED_MAX];

	if (vec_missing())
		return;
	o = vec_json("anoncreds/small-vectors.json");
	rows = vec_at(o, "encode_attribute");
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i), *want;

		if (!json_object_object_get_ex(row, "decimal", &want))
			continue;
		ac_attr_encoded_text(got, vec_text(row, "raw"));
		is_str(got, json_object_get_string(want), "vector %zu", i);
	}
	json_object_put(o);
}

static void
test_names(void)
{
	static const char *const rows[][2] = {
		{ "First Name", "firstname" }, { "age", "age" }, { " A ", "a" },
		{ "ÄÖÜ", "äöü" }, { "ИМЯ", "имя" }, { "a\tb", "a\tb" },
	};
	char got[AC_NAME_MAX + 1] = "kept", longest[AC_NAME_MAX + 2];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is_int(ac_attr_name(got, rows[i][0]), 0, "a name");
		is_str(got, rows[i][1], "\"%s\" as it is compared", rows[i][0]);
	}
	is_int(ac_attr_name(got, "   "), -1, "nothing but spaces");
	is_int(ac_attr_name(got, ""), -1, "nothing");
	is_int(ac_attr_name(got, "a\xff"), -1, "no UTF-8");
	memset(longest, 'X', sizeof(longest));
	longest[AC_NAME_MAX] = '\0';
	is_int(ac_attr_name(got, longest), 0, "the longest");
	longest[AC_NAME_MAX] = 'X';
	longest[AC_NAME_MAX + 1] = '\0';
	is_int(ac_attr_name(got, longest), -1, "one longer");
	ok(got[0] == 'x' && strlen(got) == AC_NAME_MAX, "out is left alone");
	ok(ac_attr_is("First Name", "firstname"), "comparing");
	ok(!ac_attr_is("First Name", "first name"), "to the normal form only");
}

static void
test_ids(void)
{
	static const char did[] = "NcYxiDXkpYi6ov5FcYDi1e";
	static const char *const none[] = {
		"", "did:web:example.org", "NcYxiDXkpYi6ov5FcYDi1e",
		"NcYxiDXkpYi6ov5FcYDi1e:2:", "NcYxiDXkpYi6ov5FcYDi1e:2:gvt",
		"NcYxiDXkpYi6ov5FcYDi1e:2:gvt:", "NcYxiDXkpYi6ov5FcYDi1e:2::1.0",
		"NcYxiDXkpYi6ov5FcYDi1e:3:gvt:1.0", "0cYxiDXkpYi6ov5FcYDi1e:2:gvt:1.0",
		"NcYxiDXkpYi6ov5FcYDi1eNcYx:2:gvt:1.0",
	};
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct ac_schema_id id;
	struct ac_part part;

	ac_ids_make_schema(&b, did, "g:v t", "1.0");
	is_str(b.data, "NcYxiDXkpYi6ov5FcYDi1e:2:g:v t:1.0", "a schema's id");
	ok(ac_ids_schema(b.data, &id), "says");
	ok(ac_part_is(&id.did, did), "whose it is");
	ok(ac_part_is(&id.name, "g:v t"), "its name, which may have a colon");
	ok(ac_part_is(&id.version, "1.0"), "and its version");
	ok(!ac_part_is(&id.version, "1.0.0"), "which is not another");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ok(!ac_ids_schema(none[i], &id), "\"%s\" says nothing", none[i]);
	buf_reset(&b);
	ac_ids_make_cred_def(&b, did, "17", "t");
	is_str(b.data, "NcYxiDXkpYi6ov5FcYDi1e:3:CL:17:t", "a definition's id");
	ok(ac_ids_issuer(b.data, '3', &part) && ac_part_is(&part, did), "says");
	buf_reset(&b);
	ac_ids_make_registry(&b, did, "D", "r");
	is_str(b.data, "NcYxiDXkpYi6ov5FcYDi1e:4:D:CL_ACCUM:r", "a registry's");
}

int
main(void)
{
	test_encode();
	test_encode_vectors();
	test_names();
	test_ids();
	return done_testing();
}
