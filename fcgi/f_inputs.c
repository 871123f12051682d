#include <string.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "field.h"

const struct field input_table[] = {
	{ .name = "asset_id", .check = f_name, .need = true },
	{ .name = "variable_name", .check = f_variable, .need = true },
	{ .name = NULL },
};

static const char *
variable(struct json_object *list, size_t i)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(json_object_array_get_idx(list, i), "variable_name", &v);
	return json_object_get_string(v);
}

int
f_inputs(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	static const struct field input = { .check = f_members, .arg = input_table };
	static const struct field all = { .min = 1, .max = INPUTS_MAX, .arg = &input };
	CLEANUP(json_put) struct json_object *list = NULL;

	(void)f;
	if (f_list(&all, at, v, &list, e) == -1)
		return -1;
	for (size_t i = 1; i < json_object_array_length(list); i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(variable(list, i), variable(list, k)) == 0)
				return err_set(e, ERR_VALIDATION, "%s[%zu].variable_name is there twice", at, i);
	*out = STEAL(list);
	return 0;
}
