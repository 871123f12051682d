#ifndef CLI_API_H
#define CLI_API_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
#include "caller.h"
#include "http.h"
/*
 * Calls to the node: signed, retried where that can help, refusals turned into
 * errors that carry the node's own message and request id.
 */
struct api {
	struct http *http;
	struct caller caller;
	const char *spender;		/* borrowed; NULL: none */
};
#define API_INIT { .caller = CALLER_INIT }
void api_release(struct api *a);

struct api_req {
	const char *method;
	const char *target;		/* from target_*(), without the URL's own path */
	const char *body;		/* or body_fd; NULL and -1: none */
	size_t	body_len;
	const char *content_type;	/* NULL: application/json */
	int	body_fd;
	int64_t	body_size;
	const char *body_sha256;	/* hex, of what body_fd holds */
	bool	with_spender;
	const char *if_match, *if_none_match;	/* as sent, quotes included */
	int64_t	range_from;		/* 0: all of it */
	int	sink_fd;		/* see http.h */
	int64_t	sink_max;
	const char *last_event_id;	/* NULL: none */
	const char *unlock;		/* handle of a wallet; NULL: none */
	int	(*take)(void *arg, const char *p, size_t n);	/* see http.h */
	void	*take_arg;
	int	wait_s;			/* ?wait= of the target */
	void	(*tick)(void *arg);	/* see http.h */
	void	*tick_arg;
	bool	once;			/* no retries */
};
#define API_REQ_INIT { .body_fd = -1, .sink_fd = -1 }

/* api_send(a, q, ans, e): 0 with a 2xx or 304.  A refusal is -1 with the code
 * of the node's error word, or of the status when there is no body. */
int api_send(struct api *a, const struct api_req *q, struct http_answer *ans, struct err *e);
/* api_call(a, method, target, body, out, e): JSON there (NULL: none) and back.
 * *out is the caller's, NULL when the answer has no body. */
int api_call(struct api *a, const char *method, const char *target, struct json_object *body,
    struct json_object **out, struct err *e);
int api_decode(const struct http_answer *ans, struct json_object **out, struct err *e);
/* api_odd(e): e, of a getter on an answer, becomes ERR_PROTO: the node's fault; -1. */
int api_odd(struct err *e);
/* api_rows(a, target, max, out, e): the rows of a list, page after page, at most max. */
int api_rows(struct api *a, const struct buf *target, size_t max, struct json_object **out, struct err *e);

/* target_path(b, "/api/v1/leases/%/approve", id): each % takes one string,
 * percent-encoded.  target_query(b, name, value): appends; NULL value: nothing. */
void target_path(struct buf *b, const char *pattern, ...);
void target_query(struct buf *b, const char *name, const char *value);
#endif
