#include "describe.h"
#include <stdio.h>
#include <stdlib.h>
#include "../lib/base/json.h"

#define PAGES(X) X(computations) X(leases) X(assets) X(wallets) X(credentials) X(aggregation) X(identity) X(node)

#define HIDDEN __attribute__((visibility("hidden")))
/* The bytes of a file between two symbols. */
#define BYTES(name) \
	__asm__(".pushsection .rodata\n" \
	    "text_" #name ":\n.incbin \"fcgi/describe/" #name ".json\"\n" \
	    "text_" #name "_end:\n.popsection\n"); \
	extern const char text_##name[] HIDDEN, text_##name##_end[] HIDDEN;
BYTES(common)
PAGES(BYTES)

#define ROW(name) { #name, text_##name, text_##name##_end },
static const struct {
	const char *name, *begin, *end;
} texts[] = { PAGES(ROW) };

#define PAGE_COUNT (sizeof(texts) / sizeof(texts[0]))

/* They are part of the program: a test has seen that they are JSON. */
static struct json_object *
parsed(const char *begin, const char *end)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	if (json_parse(&o, begin, (size_t)(end - begin), &e) == -1)
		abort();
	return o;
}

static struct json_object *
page(size_t i)
{
	static struct json_object *pages[PAGE_COUNT];

	if (pages[i] == NULL)
		pages[i] = parsed(texts[i].begin, texts[i].end);
	return pages[i];
}

static struct json_object *
member(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return v;
}

struct json_object *
describe_common(void)
{
	static struct json_object *common;
	struct json_object *schemas;

	if (common != NULL)
		return common;
	common = parsed(text_common, text_common_end);
	schemas = member(member(common, "components"), "schemas");
	for (size_t i = 0; i < PAGE_COUNT; i++) {
		json_object_object_foreach(member(page(i), "schemas"), name, schema)
			json_add(schemas, name, json_object_get(schema));
	}
	return common;
}

struct json_object *
describe_operation(const char *method, const char *path, const char **tag)
{
	char key[256];
	struct json_object *o;

	snprintf(key, sizeof(key), "%s %s", method, path);
	for (size_t i = 0; i < PAGE_COUNT; i++) {
		o = member(member(page(i), "operations"), key);
		if (o != NULL) {
			*tag = json_object_get_string(member(page(i), "title"));
			return o;
		}
	}
	return NULL;
}

struct json_object *
describe_tags(void)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < PAGE_COUNT; i++) {
		struct json_object *tag = json_object_new_object();

		json_add(tag, "name", json_object_get(member(page(i), "title")));
		json_add(tag, "description", json_object_get(member(page(i), "about")));
		json_add_str(tag, "x-page", texts[i].name);
		json_object_array_add(list, tag);
	}
	return list;
}
