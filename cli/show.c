#include "show.h"

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"

#define ROWS_DEFAULT	50
#define ROWS_MAX	100000

int
show_call(struct cli *c, const char *method, const struct buf *target, struct json_object *body, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;

	if (target->failed)
		return err_set(e, ERR_CONFIG, "a name is too long");
	if (api_call(&c->api, method, target->data, body, &o, e) == -1)
		return -1;
	if (c->json)
		cli_json(o);
	else if (o != NULL)
		record_print(stdout, o);
	return EXIT_DONE;
}

int
show_rows(struct cli *c, const struct buf *target, const struct column *columns, size_t max, struct err *e)
{
	CLEANUP(json_put) struct json_object *rows = NULL;

	if (api_rows(&c->api, target, max, &rows, e) == -1)
		return -1;
	if (c->json)
		cli_json(rows);
	else
		table_print(stdout, columns, rows);
	return EXIT_DONE;
}

int
show_max(const struct args *a, size_t *out, struct err *e)
{
	int64_t n = ROWS_DEFAULT;

	if (args_i64(a, "limit", 1, ROWS_MAX, &n, e) == -1)
		return -1;
	*out = (size_t)n;
	return 0;
}

void
opt_str(struct json_object *body, const char *key, const struct args *a, const char *name)
{
	const char *s = args_str(a, name);

	if (s != NULL)
		json_add_str(body, key, s);
}

void
opt_list(struct json_object *body, const char *key, const struct args *a, const char *name)
{
	struct json_object *list = NULL;
	const char *s;
	size_t i = 0;

	while ((s = args_next(a, name, &i)) != NULL) {
		if (list == NULL) {
			list = json_object_new_array();
			json_add(body, key, list);
		}
		json_object_array_add(list, json_object_new_string(s));
	}
}

int
opt_i64(struct json_object *body, const char *key, const struct args *a, const char *name, int64_t min,
    int64_t max, struct err *e)
{
	int64_t v = 0;
	int rc = args_i64(a, name, min, max, &v, e);

	if (rc == 1)
		json_add_i64(body, key, v);
	return rc == -1 ? -1 : 0;
}
