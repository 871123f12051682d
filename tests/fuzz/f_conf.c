/*
 * Settings files: every line against every row, without a crash.
 * Reaches: lib/base/conf_value.c
 */
#include "../../lib/base/conf.h"

#include <stdint.h>
#include <stdlib.h>

#include "../../lib/base/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_line(void *arg, const char *name, const char *value, struct err *e)
{
	(void)arg;
	(void)name;
	for (const struct conf_row *const *t = conf_tables; *t != NULL; t++)
		for (const struct conf_row *r = *t; r->name != NULL; r++) {
			int64_t num = -1;

			if (conf_value(r, value, &num, e) == 0 &&
			    r->type != CONF_STR && r->type != CONF_BOOL &&
			    (num < r->min || num > r->max))
				abort();
		}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;

	conf_lines((const char *)data, size, on_line, NULL, &e);
	return 0;
}
