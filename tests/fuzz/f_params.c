/*
 * FastCGI parameters to a routed request: no byte of them leads outside.
 * Reaches: fcgi/req.c fcgi/route.c fcgi/record.c
 */
#include <stdlib.h>
#include <string.h>
#include "../../fcgi/req.h"
#include "../../fcgi/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use(const char *s)
{
	if (s != NULL && strlen(s) > (64u << 10))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "limit", "wait", NULL };
	struct req rq = { .method = NULL };
	struct req_impl im = { .params = NULL };
	struct route_hit hit = { .route = NULL };
	struct err e = ERR_INIT;
	int64_t v;
	char *copy = malloc(size + 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, size);
	if (req_open(&rq, &im, copy, size, &e) == 0 &&
	    route_match(&hit, route_table, rq.method, rq.path, &im.path_params, &e) == 0) {
		use(req_path_param(&rq, "id"));
		use(req_path_param(&rq, "name"));
		if (hit.route == NULL || strncmp(rq.uri, "/_", 2) == 0)
			abort();
	}
	req_query_known(&rq, names, &e);
	req_query_i64(&rq, "limit", 1, 200, &v, &e);
	req_wait_s(&rq, &v, &e);
	req_content_length(&rq, &v);
	use(req_header(&rq, "If-None-Match"));
	use(req_query(&rq, "cursor"));
	if (rq.id[0] == '\0' || strlen(rq.id) >= sizeof(rq.id))
		abort();
	req_release(&rq);
	return 0;
}
