/*
 * GET /api/v1/openapi.json: the routes as OpenAPI 3.1, made once from the route
 * table.
 */
#include "openapi.h"

static int
openapi_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e)
{
	static struct json_object *document;

	(void)rq;
	(void)call;
	(void)e;
	if (document == NULL)
		document = openapi_document(route_table);
	resp_header(rs, "Cache-Control", "max-age=300");
	resp_json(rs, document);
	resp_done(rs);
	return 0;
}

const struct handler h_openapi = { .begin = openapi_begin };
