/*
 * Wallets and credentials: commands that are one route of the node, and exports,
 * imports and tails, which are files beside.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "command.h"
#include "commands.h"
#include "cred.h"
#include "file.h"
#include "show.h"

#define DOWNLOAD_MAX	(INT64_C(1) << 31)	/* bytes */

static const struct cred_cmd *
cmd_of(const struct cli *c)
{
	const struct cred_cmd *cmd = cred_cmds;

	while (strcmp(cmd->name, c->command->name) != 0)
		cmd++;
	return cmd;
}

/* The path with the first words of the command line in it; how many there were. */
static size_t
path_of(struct buf *t, const char *pattern, const struct args *a)
{
	size_t n = 0;

	for (const char *p = pattern; *p != '\0'; p++) {
		if (*p == '%')
			target_path(t, "%", n < a->n_pos ? a->pos[n] : ""), n++;
		else
			buf_addc(t, *p);
	}
	return n;
}

int
c_credential(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object(), *out = NULL;
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	const struct cred_cmd *cmd = cmd_of(c);
	size_t first = path_of(&t, cmd->path, a);
	bool has_body = strcmp(cmd->method, "GET") != 0 && strcmp(cmd->method, "DELETE") != 0;

	if (cred_body(body, cmd, a, first, e) == -1 ||
	    cred_send(c, cmd->method, &t, has_body ? body : NULL, a, &out, e) == -1)
		return -1;
	return cred_print(c, out, a, e);
}

int
c_credential_run(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object(), *out = NULL;
	CLEANUP(buf_release) struct buf t = BUF_INIT, text = BUF_INIT_MAX(64u << 20);
	struct json_object *args = NULL;
	const char *path = args_str(a, "args");

	json_add_str(body, "kind", a->pos[0]);
	if (path != NULL) {
		if (file_read(&text, path, text.max, e) == -1)
			return -1;
		if (json_parse(&args, text.data != NULL ? text.data : "", text.len, NULL) == -1)
			return err_set(e, ERR_CONFIG, "%s does not hold JSON", path);
		json_add(body, "args", args);
	}
	buf_adds(&t, "/api/v1/credentials/jobs");
	if (cred_send(c, "POST", &t, body, a, &out, e) == -1)
		return -1;
	return cred_print(c, out, a, e);
}

int
c_wallet_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "WALLET", "wallet", COL_TEXT }, { "METHOD", "method", COL_TEXT }, { "CREATED", "created_at", COL_TIME }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, "/api/v1/wallets");
	return show_rows(c, &t, columns, max, e);
}

/* ---- jobs and public objects ------------------------------------------------ */
int
c_credential_jobs(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "JOB", "job_id", COL_TEXT }, { "KIND", "kind", COL_TEXT }, { "STATE", "state", COL_TEXT },
		{ "PHASE", "phase", COL_TEXT }, { "WALLET", "wallet", COL_TEXT }, { "CREATED", "created_at", COL_TIME }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	size_t max;

	if (show_max(a, &max, e) == -1)
		return -1;
	buf_adds(&t, "/api/v1/credentials/jobs");
	target_query(&t, "kind", args_str(a, "kind"));
	target_query(&t, "wallet", args_str(a, "wallet"));
	target_query(&t, "state", args_str(a, "state"));
	return show_rows(c, &t, columns, max, e);
}

int
c_credential_job(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/credentials/jobs/%", a->pos[0]);
	return show_call(c, "GET", &t, NULL, e);
}

int
c_credential_cancel(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/credentials/jobs/%", a->pos[0]);
	return show_call(c, "DELETE", &t, NULL, e);
}

/* WHAT is schema, definition or registry; with its id one of them, else all. */
int
c_credential_show(struct cli *c, const struct args *a, struct err *e)
{
	static const struct { const char *what, *path; } nouns[] = {
		{ "schema", "schemas" }, { "definition", "definitions" }, { "registry", "registries" },
	};
	static const struct column columns[] = { { "ID", "id", COL_TEXT }, { .head = NULL } };
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	size_t i = 0;

	while (i < 3 && strcmp(nouns[i].what, a->pos[0]) != 0)
		i++;
	if (i == 3)
		return err_set(e, ERR_CONFIG, "%.32s: schema, definition or registry is expected", a->pos[0]);
	buf_addf(&t, "/api/v1/credentials/%s", nouns[i].path);
	if (a->n_pos == 1)
		return show_rows(c, &t, columns, 1000, e);
	target_path(&t, "/%", a->pos[1]);
	if (api_call(&c->api, "GET", t.data, NULL, &o, e) == -1)
		return -1;
	return cred_print(c, o, a, e);
}

int
c_credential_status_show(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;

	target_path(&t, "/api/v1/credentials/registries/%/status-lists", a->pos[0]);
	target_query(&t, "at", args_str(a, "at"));
	if (api_call(&c->api, "GET", t.data, NULL, &o, e) == -1)
		return -1;
	return cred_print(c, o, a, e);
}

/* ---- files ------------------------------------------------------------------- */
static int
open_file(const char *path, char digest[65], struct api_req *q, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		err_set(e, ERR_CONFIG, "cannot read %s", path);
	} else if (file_digest(fd, digest, &q->body_size, e) == 0) {
		q->method = "PUT";
		q->content_type = "application/octet-stream";
		q->body_fd = fd;
		q->body_sha256 = digest;
		return fd;
	}
	cleanup_close(&fd);
	return -1;
}

static int
bring(struct cli *c, const char *target, const char *path, const struct api_req *plain, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	struct api_req q = *plain;

	if (fd == -1)
		return err_set(e, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
	q.method = "GET";
	q.target = target;
	q.sink_fd = fd;
	q.sink_max = DOWNLOAD_MAX;
	if (api_send(&c->api, &q, &ans, e) == -1)
		return -1;
	return fsync(fd) == -1 ? err_set(e, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno)) : 0;
}

int
c_wallet_export(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object(), *out = NULL;
	CLEANUP(buf_release) struct buf t = BUF_INIT, file = BUF_INIT;
	const struct api_req plain = API_REQ_INIT;
	const char *sha256;

	if (args_flag(a, "no-wait"))
		return err_set(e, ERR_CONFIG, "--no-wait: the file comes at the end of the job");
	path_of(&t, cmd_of(c)->path, a);
	if (cred_body(body, cmd_of(c), a, 2, e) == -1 || cred_send(c, "POST", &t, body, a, &out, e) == -1)
		return -1;
	if (json_get_str(out, "sha256", 64, 64, &sha256, e) == -1)
		return api_odd(e);
	target_path(&file, "/api/v1/wallets/%/exports/%", a->pos[0], sha256);
	if (bring(c, file.data, a->pos[1], &plain, e) == -1)
		return -1;
	return cred_print(c, out, a, e);
}

int
c_wallet_import(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object(), *out = NULL;
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	CLEANUP(buf_release) struct buf t = BUF_INIT, file = BUF_INIT;
	struct api_req q = API_REQ_INIT;
	char digest[65];
	CLEANUP(cleanup_close) int fd = open_file(a->pos[1], digest, &q, e);

	if (fd == -1)
		return -1;
	target_path(&file, "/api/v1/credentials/imports/%", digest);
	q.target = file.data;
	json_add_str(body, "id", a->pos[0]);
	json_add_str(body, "blob", digest);
	if (cred_body(body, cmd_of(c), a, 2, e) == -1 || api_send(&c->api, &q, &ans, e) == -1)
		return -1;
	buf_adds(&t, cmd_of(c)->path);
	if (cred_send(c, "POST", &t, body, a, &out, e) == -1)
		return -1;
	return cred_print(c, out, a, e);
}

int
c_tails_get(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	const struct api_req plain = API_REQ_INIT;

	target_path(&t, "/api/v1/credentials/tails/%", a->pos[0]);
	return bring(c, t.data, a->pos[1], &plain, e) == -1 ? -1 : EXIT_DONE;
}

/* The file's address is the base58 of its digest. */
int
c_tails_put(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	CLEANUP(json_put) struct json_object *out = NULL;
	CLEANUP(buf_release) struct buf t = BUF_INIT;
	struct api_req q = API_REQ_INIT;
	uint8_t sha[32];
	char digest[65], hash[B58_MAX];
	CLEANUP(cleanup_close) int fd = open_file(a->pos[0], digest, &q, e);

	if (fd == -1)
		return -1;
	hex_decode(sha, sizeof(sha), digest, 64);
	b58_encode(hash, sizeof(hash), sha, sizeof(sha));
	target_path(&t, "/api/v1/credentials/tails/%", hash);
	q.target = t.data;
	if (api_send(&c->api, &q, &ans, e) == -1 || api_decode(&ans, &out, e) == -1)
		return -1;
	if (out != NULL && !json_object_object_get_ex(out, "hash", NULL))
		json_add_str(out, "hash", hash);
	return cred_print(c, out, a, e);
}
