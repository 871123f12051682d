#ifndef FCGI_SHAPE_H
#define FCGI_SHAPE_H
#include "field.h"
#include "handler.h"
/*
 * What a request looks like: its call, and a row for each thing it may carry.
 * Most handlers are a shape and nothing more.
 */
struct shape {
	enum stmt_id stmt;
	const struct field *path;	/* parameters of the route */
	const struct field *query;	/* NULL: none is known */
	const struct field *body;	/* NULL: the body is not looked at */
};
/* Rows of every list: the page's size (50 when absent: SQL's default) and where to go on. */
#define FIELD_PAGE \
	{ .name = "limit", .check = f_int, .min = 1, .max = 200 }, \
	{ .name = "cursor", .check = f_cursor }
extern const struct field no_fields[];		/* a body that must be empty or {} */

/*
 * shape_args(s, rq, out, e): check path, query and body in this order and build
 * the request object of the call; *out is the caller's.  ?wait= is known on
 * RT_WAIT routes (the dispatcher reads it).
 * shape_begin: a begin that does this by the handler's own shape and sets the
 * call.
 *
 * Return 0, or -1 with the error of the first field that breaks its rule.
 */
int shape_args(const struct shape *s, const struct req *rq, struct json_object **out, struct err *e);
int shape_begin(struct req *rq, struct call *call, struct resp *rs, struct err *e);
#endif
