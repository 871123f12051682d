/* Restrictions: what they say, what nobody proved, and what is no restriction. */
#include "../../lib/crypt/anoncreds/restriction.h"

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/anoncreds/limit.h"
#include "../tap.h"

/* schema_id is s, cred_def_id d; height is 180; of the rest nothing is known. */
static enum ac_known
tag(void *arg, const char *name, const char *value)
{
	(void)arg;
	if (strcmp(name, "schema_id") == 0)
		return strcmp(value, "s") == 0 ? AC_YES : AC_NO;
	if (strcmp(name, "cred_def_id") == 0)
		return strcmp(value, "d") == 0 ? AC_YES : AC_NO;
	if (strcmp(name, "attr::height::value") == 0)
		return strcmp(value, "180") == 0 ? AC_YES : AC_NO;
	return AC_UNKNOWN;
}

/* parse: the caller's, or NULL and the error's message in e. */
static int
parse(const char *text, struct ac_restriction **r, struct json_object **o,
    struct err *e)
{
	*o = NULL;
	return json_parse(o, text, strlen(text), e) == -1 ? -1 :
	    ac_restriction_parse(r, *o, e);
}

static void
test_met(void)
{
	static const struct { const char *text; bool met; } rows[] = {
		{ "null", true }, { "[]", true }, { "{}", true },
		{ "{\"schema_id\":\"s\"}", true },
		{ "{\"schema_id\":\"x\"}", false },
		{ "{\"schema_id\":\"s\",\"cred_def_id\":\"d\"}", true },
		{ "{\"schema_id\":\"s\",\"cred_def_id\":\"x\"}", false },
		{ "[{\"schema_id\":\"x\"},{\"cred_def_id\":\"d\"}]", true },
		{ "[{\"schema_id\":\"x\"},{\"cred_def_id\":\"x\"}]", false },
		{ "{\"$or\":[{\"schema_id\":\"x\"},{\"schema_id\":\"s\"}]}", true },
		{ "{\"$and\":[{\"schema_id\":\"x\"},{\"schema_id\":\"s\"}]}", false },
		{ "{\"$and\":[{\"cred_def_id\":\"d\"},{\"schema_id\":\"s\"}]}", true },
		{ "{\"$not\":{\"schema_id\":\"x\"}}", true },
		{ "{\"$not\":{\"schema_id\":\"s\"}}", false },
		{ "{\"schema_id\":{\"$neq\":\"x\"}}", true },
		{ "{\"schema_id\":{\"$neq\":\"s\"}}", false },
		{ "{\"schema_id\":{\"$in\":[\"x\",\"s\"]}}", true },
		{ "{\"schema_id\":{\"$in\":[\"x\",\"y\"]}}", false },
		{ "{\"attr::height::value\":\"180\"}", true },
		{ "{\"attr::height::value\":\"18\"}", false },
		/* what nobody proved */
		{ "{\"issuer_id\":\"i\"}", false },
		{ "{\"issuer_id\":{\"$neq\":\"i\"}}", false },
		{ "{\"$not\":{\"issuer_id\":\"i\"}}", false },
		{ "{\"$not\":{\"$not\":{\"issuer_id\":\"i\"}}}", false },
		{ "{\"attr::age::value\":{\"$neq\":\"1\"}}", false },
		{ "[{\"issuer_id\":\"i\"},{\"schema_id\":\"s\"}]", true },
		{ "[{\"schema_id\":\"s\"},{\"issuer_id\":\"i\"}]", true },
		{ "{\"issuer_id\":\"i\",\"schema_id\":\"s\"}", false },
		{ "{\"$not\":{\"issuer_id\":\"i\",\"schema_id\":\"x\"}}", true },
		{ "{\"$not\":{\"issuer_id\":\"i\",\"schema_id\":\"s\"}}", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ac_restriction *r = NULL;
		struct json_object *o;
		struct err e = ERR_INIT;

		is_int(parse(rows[i].text, &r, &o, &e), 0, "%s is read %s",
		    rows[i].text, e.msg);
		is_int(ac_restriction_met(r, tag, NULL), rows[i].met,
		    "and is %s", rows[i].met ? "met" : "not met");
		ac_restriction_free(r);
		json_object_put(o);
	}
}

static void
test_refused(void)
{
	static const char *const rows[] = {
		"1", "\"schema_id\"", "[1]", "[{}]", "{\"$and\":[]}",
		"{\"$or\":{}}", "{\"$not\":[]}", "{\"$not\":{}}", "{\"$and\":1}",
		"{\"schema_id\":1}", "{\"schema_id\":null}", "{\"schema_id\":\"\"}",
		"{\"schema_id\":[\"s\"]}", "{\"schema_id\":{}}",
		"{\"schema_id\":{\"$neq\":\"a\",\"$in\":[\"a\"]}}",
		"{\"schema_id\":{\"$like\":\"a\"}}", "{\"schema_id\":{\"$gt\":\"1\"}}",
		"{\"schema_id\":{\"$in\":[]}}", "{\"schema_id\":{\"$in\":[1]}}",
		"{\"schema_id\":\"a\\u0001\",\"x\":\"y\"}", "{\"schema\":\"s\"}",
		"{\"attr::a\":\"1\"}", "{\"attr::::value\":\"1\"}",
		"{\"attr:: ::value\":\"1\"}", "{\"attr::a::name\":\"1\"}",
		"{\"$xor\":[{\"schema_id\":\"s\"}]}",
		/* one level too many */
		("{\"$not\":{\"$not\":{\"$not\":{\"$not\":{\"$not\":{\"$not\":"
		    "{\"schema_id\":\"s\"}}}}}}}"),
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ac_restriction *r = NULL;
		struct json_object *o;
		struct err e = ERR_INIT;

		is_int(parse(rows[i], &r, &o, &e), -1, "%s is refused", rows[i]);
		ok(e.code == ERR_STRUCTURE && r == NULL, "%s", e.msg);
		json_object_put(o);
	}
}

static void
test_bounds(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct ac_restriction *r = NULL;
	struct json_object *o;
	struct err e = ERR_INIT;

	/* one node for the array, two for each element */
	buf_adds(&b, "[");
	for (int i = 0; i < (AC_WQL_NODES - 1) / 2; i++)
		buf_addf(&b, "%s{\"schema_id\":\"s\"}", i > 0 ? "," : "");
	buf_adds(&b, "]");
	is_int(parse(b.data, &r, &o, &e), 0, "as many conditions as may be");
	ac_restriction_free(r);
	json_object_put(o);
	b.data[--b.len] = '\0';
	buf_adds(&b, ",{\"schema_id\":\"s\"}]");
	is_int(parse(b.data, &r, &o, &e), -1, "one more");
	is_str(e.msg, "[127].schema_id: must have at most 256 conditions",
	    "says where");
	json_object_put(o);
}

static void
test_attr_tags(void)
{
	char name[AC_NAME_MAX + 1];
	bool value;

	ok(ac_restriction_attr("attr::First Name::value", name, &value) && value,
	    "a value's tag");
	is_str(name, "firstname", "has the name in its normal form");
	ok(ac_restriction_attr("attr::a::b::marker", name, &value) && !value,
	    "a marker's tag");
	is_str(name, "a::b", "of a name with colons");
}

int
main(void)
{
	test_met();
	test_refused();
	test_bounds();
	test_attr_tags();
	return done_testing();
}
