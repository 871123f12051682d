/*
 * health: can the node work?  Exit 75 when it cannot.
 */
#include <stdio.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "show.h"

int
c_health(struct cli *c, const struct args *a, struct err *e)
{
	static const struct column columns[] = {
		{ "CHECK", "name", COL_TEXT }, { "STATUS", "status", COL_TEXT }, { "DETAIL", "detail", COL_TEXT },
		{ .head = NULL },
	};
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	struct api_req q = API_REQ_INIT;
	struct json_object *checks;
	bool ready;

	(void)a;
	q.method = "GET";
	q.target = "/readyz";
	q.once = true;		/* 503 is an answer here, with its reasons */
	if (api_send(&c->api, &q, &ans, e) == -1 && ans.status != 503)
		return -1;
	if (api_decode(&ans, &o, e) == -1)
		return -1;
	if (json_get_bool(o, "ready", &ready, e) == -1 || json_get_arr(o, "checks", 0, SIZE_MAX, &checks, e) == -1)
		return api_odd(e);
	if (c->json)
		cli_json(o);
	else
		table_print(stdout, columns, checks);
	return ready ? EXIT_DONE : EXIT_AGAIN;
}
