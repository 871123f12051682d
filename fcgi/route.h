#ifndef FCGI_ROUTE_H
#define FCGI_ROUTE_H
#include "../lib/base/buf.h"
#include "../lib/base/conf.h"
#include "../lib/base/err.h"
#include "handler.h"
/*
 * Matching a request target against the route table.  Segments are compared
 * as sent; a {name} takes one whole segment, percent-decoded.  The first row
 * that fits path and method wins, so a literal row stands above a {name} row.
 */
#define ROUTE_PARAM_MAX	512	/* bytes of a decoded path parameter */
#define ROUTE_ALLOW_MAX	64	/* bytes of an Allow header */

struct route_hit {
	const struct route *route;
	char	allow[ROUTE_ALLOW_MAX];	/* "GET, HEAD, DELETE" when the path fits other methods */
};
/*
 * route_match(hit, table, method, path, params, e): find the row; path has no
 * query.  Path parameters are appended to params as "name\0value\0".
 *
 * Returns 0, or -1 (params is empty) with ERR_NOT_FOUND, ERR_METHOD (hit->allow is set), or
 * ERR_INVALID_REQUEST for an empty, over-long or badly encoded parameter.
 */
int route_match(struct route_hit *hit, const struct route *table, const char *method,
    const char *path, struct buf *params, struct err *e);
/* route_count(table): rows before the end mark. */
size_t route_count(const struct route *table);
/* route_body_max(r, c): bytes of body the route takes; above it the answer is TOO_LARGE. */
size_t route_body_max(const struct route *r, const struct conf *c);
/* route_writes(r): its call changes something: it goes over the connections for that. */
bool route_writes(const struct route *r);

/* percent_decode(b, p, n, plus): append the decoded text; plus: '+' is a space.
 * Returns 0, or -1 for a broken escape, a NUL or text that is not UTF-8. */
int percent_decode(struct buf *b, const char *p, size_t n, bool plus);
#endif
