/*
 * login: keep which node and which key, for the commands after it.
 */
#include <limits.h>
#include <stdio.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"

int
c_login(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	char path[PATH_MAX];

	(void)a;
	if (api_call(&c->api, "GET", "/healthz", NULL, &o, e) == -1 ||
	    settings_save(&c->set, path, sizeof(path), e) == -1)
		return -1;
	if (!c->quiet)
		fprintf(stderr, "%s as %s, kept in %s\n", c->set.value[SET_URL],
		    caller_signs(&c->api.caller) ? c->api.caller.key.peer_id :
		    caller_has_token(&c->api.caller) ? "the holder of a token" : "nobody", path);
	return EXIT_DONE;
}
