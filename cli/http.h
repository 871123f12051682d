#ifndef CLI_HTTP_H
#define CLI_HTTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
/*
 * One HTTP request and its answer over libcurl: no redirects, no proxies'
 * headers, TLS 1.2 or later, sizes and times bounded.
 */
#define HTTP_HEADER_MAX		24		/* request headers */
#define HTTP_ANSWER_MAX		(256u << 20)	/* bytes of a body kept in memory */

struct http;				/* connections to one node */
/* http_open(out, url, ca_file, e): url is http://…, https://… or unix:/path.
 * ERR_CONFIG when it is none of these. */
int http_open(struct http **out, const char *url, const char *ca_file, struct err *e);
void http_close(struct http *h);	/* NULL is fine */
const char *http_authority(const struct http *h);	/* the Host header: what is signed */
const char *http_prefix(const struct http *h);		/* the URL's path, without a final slash */

struct http_req {
	const char *method, *target;
	const char *body;		/* NULL: none, or body_fd */
	size_t	body_len;
	int	body_fd;		/* -1: none; read from offset 0 */
	int64_t	body_size;
	char	*header[HTTP_HEADER_MAX];	/* "Name: value", owned */
	size_t	n_headers;
	int	sink_fd;		/* -1: answer->body; else the body is written there */
	int	sink_status;		/* 200 or 206: any other 2xx is ERR_PROTO */
	int64_t	sink_max;		/* bytes written at most */
	/* take: gets the body of a 200 as it comes; -1 ends the request */
	int	(*take)(void *arg, const char *p, size_t n);
	void	*take_arg;
	int	wait_s;			/* the node may be silent this long on purpose */
	void	(*tick)(void *arg);	/* called about once a second meanwhile; may be NULL */
	void	*tick_arg;
};
#define HTTP_REQ_INIT { .body_fd = -1, .sink_fd = -1 }
void http_req_release(struct http_req *rq);
/* Add a header; more than HTTP_HEADER_MAX, or a control character, aborts. */
void http_header(struct http_req *rq, const char *name, const char *value);

struct http_answer {
	int	status;
	int	retry_after_s;		/* 0: none */
	char	etag[130];		/* without quotes; "" when there is none */
	char	request_id[65];
	int	log_run;		/* X-Darkroom-Log-Run; -1: none */
	int64_t	sunk;			/* bytes written to sink_fd */
	struct buf body;
};
#define HTTP_ANSWER_INIT { .body = BUF_INIT_MAX(HTTP_ANSWER_MAX) }
void http_answer_release(struct http_answer *a);
/* http_send(h, rq, a, e): 0 when there is an answer, whatever its status.
 * ERR_BACKPRESSURE: no connection, or it broke; ERR_TIMEOUT: 30 s (and wait_s)
 * without a byte; ERR_CONFIG: TLS certificates; ERR_LIMIT, ERR_SYS: writing;
 * ERR_PROTO: the wrong 2xx for the sink. */
int http_send(struct http *h, const struct http_req *rq, struct http_answer *a, struct err *e);
#endif
