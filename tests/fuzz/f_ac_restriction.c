/*
 * Restrictions: no crash, a refusal is typed, and what is read obeys logic: its
 * negation is never met together with it.
 * Reaches: lib/crypt/anoncreds/restriction.c lib/crypt/anoncreds/attr.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/anoncreds/restriction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something of every kind, and the same each time. */
static enum ac_known
tag(void *arg, const char *name, const char *value)
{
	(void)arg;
	return (enum ac_known)((strlen(name) + strlen(value)) % 3);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(json_put) struct json_object *o = NULL, *not = NULL;
	struct ac_restriction *r = NULL, *n = NULL;
	struct err e = ERR_INIT;

	if (json_parse(&o, (const char *)data, size, &e) == -1)
		return 0;
	if (ac_restriction_parse(&r, o, &e) == -1) {
		if (e.code != ERR_STRUCTURE || !utf8_valid(e.msg, strlen(e.msg)))
			abort();
		return 0;
	}
	not = json_object_new_object();
	json_add(not, "$not", json_object_get(o));
	if (r != NULL && ac_restriction_parse(&n, not, &e) == 0 &&
	    ac_restriction_met(r, tag, NULL) && ac_restriction_met(n, tag, NULL))
		abort();
	ac_restriction_free(r);
	ac_restriction_free(n);
	return 0;
}
