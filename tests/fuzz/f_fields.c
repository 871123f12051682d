/*
 * Every parser of the handlers that sees outside bytes: field rules over JSON,
 * ranges and tags, and what looks at uploads.  The first byte chooses.
 * Reaches: fcgi/field.c fcgi/f_ids.c fcgi/f_inputs.c fcgi/f_keys.c fcgi/f_limits.c fcgi/f_text.c fcgi/f_value.c
 *	fcgi/range.c fcgi/scan.c fcgi/scan_csv.c fcgi/scan_jsonl.c fcgi/scan_npy.c fcgi/scan_parquet.c
 *	fcgi/scan_tar.c
 */
#include <stdlib.h>
#include <string.h>
#include "../../fcgi/field.h"
#include "../../fcgi/range.h"
#include "../../fcgi/scan.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = { "auto", "hold", NULL };
static const struct field text = { .check = f_text, .min = 1, .max = 64 };
/* One member for each rule, named by a letter. */
static const struct field table[] = {
	{ .name = "a", .check = f_name }, { .name = "b", .check = f_variable }, { .name = "c", .check = f_lease_id },
	{ .name = "d", .check = f_lease_ref }, { .name = "e", .check = f_comp_id },
	{ .name = "f", .check = f_made_id, .arg = "tok_" }, { .name = "g", .check = f_product_id },
	{ .name = "h", .check = f_peer_id }, { .name = "i", .check = f_principal }, { .name = "j", .check = f_cid },
	{ .name = "k", .check = f_sha256 }, { .name = "l", .check = f_image_digest }, { .name = "m", .check = f_chain_id },
	{ .name = "n", .check = f_address }, { .name = "o", .check = f_cursor }, { .name = "p", .check = f_artifact_name },
	{ .name = "q", .check = f_price }, { .name = "r", .check = f_duration }, { .name = "s", .check = f_time },
	{ .name = "t", .check = f_text, .min = 1, .max = 64 }, { .name = "u", .check = f_int, .min = -5, .max = 5 },
	{ .name = "v", .check = f_bool }, { .name = "number", .check = f_number, .min = 0, .max = 5 }, { .name = "w", .check = f_word, .arg = words },
	{ .name = "x", .check = f_words, .max = 2, .arg = words }, { .name = "y", .check = f_list, .max = 8, .arg = &text },
	{ .name = "z", .check = f_object, .max = 256 }, { .name = "limits", .check = f_members, .arg = limits_table },
	{ .name = "inputs", .check = f_inputs }, { .name = "keys", .check = f_keys },
	{ .name = "job", .check = f_job_id }, { .name = "tails", .check = f_tails_hash }, { .name = "task", .check = f_task_id }, { .name = "tree", .check = f_tree }, { .name = "status", .check = f_status_list },
	{ .name = NULL },
};

static void
fuzz_fields(const char *p, size_t n)
{
	CLEANUP(json_put) struct json_object *in = NULL, *out = json_object_new_object();
	struct err e = ERR_INIT;

	if (json_parse(&in, p, n, &e) == -1)
		return;
	if (!json_object_is_type(in, json_type_object)) {
		fields_take(table, in, out, "", &e);
		return;
	}
	/* each member alone, so that one refusal does not hide the next rule */
	json_object_object_foreach(in, name, v) {
		CLEANUP(json_put) struct json_object *one = json_object_new_object();

		json_object_object_add(one, name, json_object_get(v));
		fields_take(table, one, out, "at", &e);
	}
}

static void
fuzz_headers(const char *p, size_t n)
{
	char *s = strndup(p, n);
	int64_t from = 0, len = 0, size = (int64_t)(n % 37);

	if (s == NULL)
		abort();
	if (range_parse(s, size, &from, &len) == 1 && (from < 0 || len < 1 || len > size - from))
		abort();
	etag_among(s, "abc", n % 2 == 0);
	free(s);
}

static void
fuzz_scan(const char *kind, const char *p, size_t n)
{
	struct scan *s = scan_new(kind);
	struct scan_facts facts = { .columns = NULL };
	struct err e = ERR_INIT;
	size_t slice = n % 700 + 1;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i += slice)
		r = scan_feed(s, p + i, n - i < slice ? n - i : slice, &e);
	if (r == 0 && scan_end(s, &facts, &e) == 0)
		json_put(&facts.columns);
	scan_free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = { "csv", "tsv", "jsonl", "npy", "parquet", "tar" };
	const char *p = (const char *)data + 1;

	if (size == 0)
		return 0;
	if (data[0] % 8 == 6)
		fuzz_fields(p, size - 1);
	else if (data[0] % 8 == 7)
		fuzz_headers(p, size - 1);
	else
		fuzz_scan(kinds[data[0] % 8], p, size - 1);
	return 0;
}
