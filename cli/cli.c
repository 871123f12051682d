#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "../lib/base/json.h"

int
cli_connect(struct cli *c, struct err *e)
{
	const char *const *set = (const char *const *)c->set.value;

	if (set[SET_URL] == NULL)
		return err_set(e, ERR_CONFIG, "which node? give --url, set DARKROOM_URL, or use: darkroom login");
	if (http_open(&c->api.http, set[SET_URL], set[SET_CA_FILE], e) == -1 ||
	    caller_load(&c->api.caller, set[SET_KEY_FILE], set[SET_TOKEN_FILE], e) == -1)
		return -1;
	c->api.spender = set[SET_SPENDER];
	return 0;
}

void
cli_release(struct cli *c)
{
	api_release(&c->api);
	settings_release(&c->set);
}

enum exit_code
cli_exit_code(enum err_code code)
{
	static const enum err_code ours[] = { ERR_SYS, ERR_INTERNAL, ERR_PROTO, ERR_LIMIT, ERR_CRYPTO, ERR_DB };

	if (err_info(code)->retryable)
		return EXIT_AGAIN;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (ours[i] == code)
			return EXIT_SYSTEM;
	return EXIT_USAGE;
}

void
cli_json(struct json_object *o)
{
	puts(o != NULL ? json_text(o) : "{}");
}

int
cli_written(struct err *e)
{
	if (fflush(stdout) == EOF || ferror(stdout))
		return err_sys(e, "standard output");
	if (fsync(STDOUT_FILENO) == -1 && errno != EINVAL && errno != EROFS)	/* a pipe, a terminal */
		return err_sys(e, "standard output");
	return 0;
}
