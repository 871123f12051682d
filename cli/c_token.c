/*
 * Bearer tokens: for programs that cannot sign.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "show.h"
#include "when.h"

const struct opt token_new_opts[] = {
	{ "scope", "SCOPE", true, "job:submit, job:read, job:cancel, asset:read, asset:write, lease:request, …" },
	{ "expires", "TIME", false, "how long it lives: 30d, 12h" },
	{ "out", "FILE", false, "write the token to this new file, 0600, instead of standard output" },
	{ .name = NULL },
};

/* Write the token to a new file, 0600. */
static int
write_token(const char *path, const char *token, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1)
		return err_set(e, errno == EEXIST ? ERR_CONFLICT : ERR_CONFIG, "cannot make %s: %s", path,
		    strerror(errno));
	if (dprintf(fd, "%s\n", token) < 0 || fsync(fd) == -1)
		return err_sys(e, "cannot write %s", path);
	return 0;
}

int
c_token_new(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	CLEANUP(json_put) struct json_object *o = NULL;
	const char *s, *out = args_str(a, "out");
	int64_t life_s;

	if (args_need(a, "scope", &s, e) == -1 || args_need(a, "expires", &s, e) == -1 ||
	    when_duration(s, &life_s, e) == -1)
		return -1;
	if (out != NULL && access(out, F_OK) == 0)	/* before a token is made for nothing */
		return err_set(e, ERR_CONFLICT, "%s exists already", out);
	json_add_str(body, "name", a->pos[0]);
	opt_list(body, "scopes", a, "scope");
	json_add_i64(body, "expires_in_s", life_s);
	if (api_call(&c->api, "POST", "/api/v1/tokens", body, &o, e) == -1)
		return -1;
	if (json_get_str(o, "token", 1, 128, &s, e) == -1)
		return err_set(e, ERR_PROTO, "the answer with the token was lost; remove %s (darkroom token ls) and make another",
		    a->pos[0]);
	if (out != NULL) {
		if (write_token(out, s, e) == -1)
			return -1;
		json_object_object_del(o, "token");
	}
	if (c->json)
		cli_json(o);
	else if (out == NULL)
		puts(s);
	else
		record_print(stdout, o);
	return EXIT_DONE;
}

int
c_token_list(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "ID", "id", COL_TEXT }, { "NAME", "name", COL_TEXT }, { "SCOPES", "scopes", COL_LIST },
		{ "EXPIRES", "expires_at", COL_TIME }, { "CREATED", "created_at", COL_TIME }, { .head = NULL },
	};
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	(void)a;
	buf_adds(&t, "/api/v1/tokens");
	return show_rows(c, &t, columns, SIZE_MAX, e);
}

int
c_token_remove(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT;

	target_path(&t, "/api/v1/tokens/%", a->pos[0]);
	return show_call(c, "DELETE", &t, NULL, e);
}
