#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/json.h"
#include "line.h"
#include "out.h"
#include "stage.h"

#define LINE_LONGEST	(16u << 20)	/* bytes of a result */
#define NAME_LONGEST	256

/* <name>-<k>: how long the name is, and k; -1 when it is not so. */
static int
split(const char *batch_id, size_t *name_len, int64_t *k, struct err *e)
{
	const char *dash = strrchr(batch_id, '-');
	char extra;

	if (dash == NULL || dash == batch_id || strlen(batch_id) > NAME_LONGEST ||
	    sscanf(dash + 1, "%9" SCNd64 "%c", k, &extra) != 1 || *k < 0)
		return err_set(e, ERR_VALIDATION, "batch_id: <name>-<part> is expected");
	*name_len = (size_t)(dash - batch_id);
	return 0;
}

/* n_data of a batch by the configuration. */
static int
size_of(struct json_object *config, const char *batch_id, int64_t *n, struct err *e)
{
	for (size_t i = 0; i < json_object_array_length(config); i++) {
		struct json_object *row = json_object_array_get_idx(config, i);
		const char *id;

		if (json_get_str(row, "batch_id", 1, NAME_LONGEST, &id, e) == -1 ||
		    json_get_i64(row, "n_data", 1, PRIO1_DATA_MAX, n, e) == -1)
			return err_wrap(e, "config %zu", i);
		if (strcmp(id, batch_id) == 0)
			return 0;
	}
	return err_set(e, ERR_VALIDATION, "batch_id: %.64s is not in the configuration", batch_id);
}

/* Where in origins the batch begins: after all parts before it. */
static int
offset_of(struct json_object *config, const char *batch_id, size_t name_len, int64_t part, int64_t *at, struct err *e)
{
	*at = 0;
	for (int64_t k = 0; k < part; k++) {
		char before[NAME_LONGEST + 16];
		int64_t n;

		snprintf(before, sizeof(before), "%.*s-%" PRId64, (int)name_len, batch_id, k);
		if (size_of(config, before, &n, e) == -1)
			return -1;
		*at += n;
	}
	return 0;
}

static int
put_row(struct prio_out *out, const char *name, size_t name_len, struct json_object *origin, int64_t sum, struct err *e)
{
	CLEANUP(json_put) struct json_object *row = json_object_new_object();
	const char *text;
	int64_t index;

	json_add_strn(row, "batch_id", name, name_len);
	if (json_get_str(origin, "name", 0, 4096, &text, e) == -1)
		return -1;
	json_add_str(row, "origin", text);
	if (json_get_str(origin, "hash", 0, 4096, &text, e) == -1 ||
	    json_get_i64(origin, "index", 0, INT64_MAX, &index, e) == -1)
		return -1;
	json_add_str(row, "hash", text);
	json_add_i64(row, "index", index);
	json_add_i64(row, "aggregate", sum);
	buf_adds(&out->b, json_text(row));
	buf_addc(&out->b, '\n');
	return prio_out_some(out, e);
}

static int
index_result(struct prio_out *out, struct json_object *doc, const char *batch_id, struct json_object *config,
    struct json_object *origins, struct err *e)
{
	struct json_object *payload;
	size_t name_len = 0, all = json_object_array_length(origins);
	int64_t part = 0, at, n;

	if (batch_id == NULL && json_get_str(doc, "batch_id", 1, NAME_LONGEST, &batch_id, e) == -1)
		return -1;
	if (split(batch_id, &name_len, &part, e) == -1 || size_of(config, batch_id, &n, e) == -1 ||
	    offset_of(config, batch_id, name_len, part, &at, e) == -1 ||
	    json_get_arr(doc, "payload", (size_t)n, (size_t)n, &payload, e) == -1)
		return -1;
	/* the last part may be longer than the origins that are left */
	for (size_t i = 0; i < (size_t)n && (size_t)at + i < all; i++) {
		struct json_object *v = json_object_array_get_idx(payload, i);

		if (!json_object_is_type(v, json_type_int))
			return err_set(e, ERR_VALIDATION, "payload: value %zu is no integer", i);
		if (put_row(out, batch_id, name_len, json_object_array_get_idx(origins, (size_t)at + i),
		    json_object_get_int64(v), e) == -1)
			return err_wrap(e, "origin %zu", (size_t)at + i);
	}
	return 0;
}

int
prio_index(int in, const char *batch_id, struct json_object *config, struct json_object *origins, int out_fd,
    struct err *e)
{
	CLEANUP(prio_lines_release) struct prio_lines lines = PRIO_LINES_INIT;
	CLEANUP(prio_out_release) struct prio_out out = PRIO_OUT_INIT(out_fd);
	const char *line;
	size_t n, count = 0;
	int rc;

	if (!json_object_is_type(config, json_type_array) || !json_object_is_type(origins, json_type_array))
		return err_set(e, ERR_VALIDATION, "config, origins: lists are expected");
	prio_lines_make(&lines, in, LINE_LONGEST);
	while ((rc = prio_lines_next(&lines, &line, &n, e)) == 1) {
		CLEANUP(json_put) struct json_object *doc = NULL;

		count++;
		if (line == NULL)
			return err_set(e, ERR_TOO_LARGE, "line %zu: more than %u bytes", count, LINE_LONGEST);
		if (json_parse(&doc, line, n, e) == -1 || index_result(&out, doc, batch_id, config, origins, e) == -1)
			return err_wrap(e, "line %zu", count);
	}
	return rc == -1 ? -1 : prio_out_flush(&out, e);
}
