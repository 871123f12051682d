/*
 * Assets: an owner's data.  Bytes go in and never come back out.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "file.h"
#include "show.h"

#define POLICY_MAX 65536

const struct opt asset_put_opts[] = {
	{ "kind", "KIND", false, "csv, tsv, jsonl, parquet, npy, tar or file; from the file's ending when absent" },
	{ "note", "TEXT", false, "kept with the asset" },
	{ "new", NULL, false, "refuse when the asset exists already" },
	{ .name = NULL },
};
const struct opt asset_set_opts[] = {
	{ "title", "TEXT", false, "what people call it" },
	{ "keyword", "WORD", true, "to find it by" },
	{ "release-mode", "MODE", false, "auto, or hold: you decide on each result" },
	{ "policy", "FILE", false, "JSON object with the rules for jobs over it" },
	{ .name = NULL },
};
const struct opt limit_opts[] = { OPT_LIMIT, { .name = NULL } };

static const char *
kind_of(const char *path)
{
	static const char *const kinds[] = { "csv", "tsv", "jsonl", "parquet", "npy", "tar" };
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(dot + 1, kinds[i]) == 0)
			return kinds[i];
	return "file";
}

/* The digest is declared first: the node stores exactly these bytes or nothing. */
int
c_asset_put(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(cleanup_close) int fd = open(a->pos[1], O_RDONLY | O_CLOEXEC);
	struct api_req q = API_REQ_INIT;
	const char *kind = args_str(a, "kind");
	char digest[65];
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return err_set(e, ERR_CONFIG, "cannot read %s: %s", a->pos[1], strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s is not a regular file", a->pos[1]);
	if (file_digest(fd, digest, &q.body_size, e) == -1)
		return err_wrap(e, "%s", a->pos[1]);
	target_path(&t, "/api/v1/assets/%", a->pos[0]);
	target_query(&t, "kind", kind != NULL ? kind : kind_of(a->pos[1]));
	target_query(&t, "note", args_str(a, "note"));
	q.method = "PUT";
	q.target = t.data;
	q.content_type = "application/octet-stream";
	q.body_fd = fd;
	q.body_sha256 = digest;
	q.if_none_match = args_flag(a, "new") ? "*" : NULL;
	if (api_send(&c->api, &q, &ans, e) == -1 || api_decode(&ans, &o, e) == -1)
		return -1;
	if (c->json)
		cli_json(o);
	else if (o != NULL)
		record_print(stdout, o);
	return EXIT_DONE;
}

int
c_asset_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "ASSET", "asset_id", COL_TEXT }, { "KIND", "kind", COL_TEXT }, { "VERSION", "version", COL_NUMBER },
		{ "SIZE", "size", COL_SIZE }, { "ROWS", "row_count", COL_NUMBER },
		{ "RELEASE", "release_mode", COL_TEXT }, { "UPDATED", "updated_at", COL_TIME }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, "/api/v1/assets");
	return show_rows(c, &t, columns, max, e);
}

int
c_asset_show(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/assets/%", a->pos[0]);
	return show_call(c, "GET", &t, NULL, e);
}

int
c_asset_set(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	CLEANUP(buf_release) struct buf policy = BUF_INIT;
	struct json_object *o = NULL;
	const char *path = args_str(a, "policy");

	opt_str(body, "title", a, "title");
	opt_list(body, "keywords", a, "keyword");
	opt_str(body, "release_mode", a, "release-mode");
	if (path != NULL) {
		if (file_read(&policy, path, POLICY_MAX, e) == -1)
			return -1;
		if (json_parse(&o, policy.data, policy.len, NULL) == -1)
			return err_set(e, ERR_CONFIG, "%s does not hold JSON", path);
		json_add(body, "policy", o);
	}
	if (json_object_object_length(body) == 0)
		return err_set(e, ERR_CONFIG, "nothing to set");
	target_path(&t, "/api/v1/assets/%", a->pos[0]);
	return show_call(c, "PATCH", &t, body, e);
}

int
c_asset_remove(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/assets/%", a->pos[0]);
	return show_call(c, "DELETE", &t, NULL, e);
}
