/* Matching targets against route tables, and what every row of ours must have. */
#include <string.h>
#include "../../fcgi/record.h"
#include "../../fcgi/route.h"
#include "../tap.h"

static const struct handler h;
static const struct route table[] = {
	{ "GET", "/a", &h, "", 0, "" },
	{ "POST", "/a/grant", &h, "", 0, "" },
	{ "GET", "/a/{id}", &h, "", 0, "" },
	{ "DELETE", "/a/{id}", &h, "", 0, "" },
	{ "GET", "/a/{id}/b/{name}", &h, "", 0, "" },
	{ .method = NULL },
};

static int
match(struct route_hit *hit, struct buf *params, const char *method, const char *path, struct err *e)
{
	memset(hit, 0, sizeof(*hit));
	buf_reset(params);
	e->code = ERR_NONE;
	return route_match(hit, table, method, path, params, e);
}

static void
test_matching(void)
{
	struct buf params = BUF_INIT_MAX(4096);
	struct route_hit hit;
	struct err e = ERR_INIT;

	ok(match(&hit, &params, "GET", "/a", &e) == 0 && hit.route == &table[0], "a literal path");
	ok(match(&hit, &params, "HEAD", "/a", &e) == 0 && hit.route == &table[0], "GET serves HEAD");
	ok(match(&hit, &params, "POST", "/a/grant", &e) == 0 && hit.route == &table[1], "a literal row before a {name} row");
	ok(match(&hit, &params, "GET", "/a/did%3Ax%2Fy/b/n+m", &e) == 0 && hit.route == &table[4], "two parameters");
	is_str(rec_get(params.data, params.len, "id"), "did:x/y", "an escaped slash stays inside its segment");
	is_str(rec_get(params.data, params.len, "name"), "n+m", "a plus in a path is a plus");
	is_int(match(&hit, &params, "PUT", "/a/x", &e), -1, "another method");
	is_int(e.code, ERR_METHOD, "is refused as such");
	is_str(hit.allow, "GET, HEAD, DELETE", "and Allow names what is served");
	buf_release(&params);
}

static void
test_refusals(void)
{
	static const struct { const char *path; enum err_code code; const char *what; } row[] = {
		{ "/b", ERR_NOT_FOUND, "unknown" }, { "/a/", ERR_INVALID_REQUEST, "empty id" },
		{ "/a/x/", ERR_NOT_FOUND, "slash too many" }, { "/a//b/c", ERR_INVALID_REQUEST, "empty id inside" },
		{ "/a/%zz", ERR_INVALID_REQUEST, "broken escape" }, { "/a/%4", ERR_INVALID_REQUEST, "cut escape" },
		{ "/a/x%00y", ERR_INVALID_REQUEST, "NUL" }, { "/a/%ff", ERR_INVALID_REQUEST, "no UTF-8" },
		{ "", ERR_NOT_FOUND, "nothing" },
	};
	struct buf params = BUF_INIT_MAX(4096);
	struct route_hit hit;
	struct err e = ERR_INIT;
	char big[3 + ROUTE_PARAM_MAX + 2];

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		ok(match(&hit, &params, "GET", row[i].path, &e) == -1 && e.code == row[i].code, "%s: %s", row[i].path, row[i].what);
	memset(big, 'x', sizeof(big));
	memcpy(big, "/a/", 3);
	big[3 + ROUTE_PARAM_MAX] = '\0';
	is_int(match(&hit, &params, "GET", big, &e), 0, "the longest parameter passes");
	big[3 + ROUTE_PARAM_MAX] = 'x';
	big[3 + ROUTE_PARAM_MAX + 1] = '\0';
	is_int(match(&hit, &params, "GET", big, &e), -1, "one byte more does not");
	buf_release(&params);
}

static void
test_our_rows(void)
{
	bool sound = true, unique = true;

	for (const struct route *r = route_table; r->method != NULL; r++) {
		bool open = (r->flags & (RT_OPEN | RT_DAP)) != 0;

		if (r->path[0] != '/' || r->handler == NULL || r->handler->begin == NULL || r->summary[0] == '\0' ||
		    open != (r->scope[0] == '\0') || ((r->flags & RT_IDEM) != 0 && (r->flags & RT_READ) != 0)) {
			printf("# %s %s\n", r->method, r->path);
			sound = false;
		}
		for (const struct route *o = route_table; o < r; o++)
			unique = unique && (strcmp(o->method, r->method) != 0 || strcmp(o->path, r->path) != 0);
	}
	ok(sound, "every row has a path, a handler, a summary, and a scope unless it is open");
	ok(unique, "no row stands twice");
}

int
main(void)
{
	test_matching();
	test_refusals();
	test_our_rows();
	return done_testing();
}
