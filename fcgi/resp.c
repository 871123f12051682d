#include "resp.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "dap.h"
#include "gather.h"
#include "part.h"
#include "req.h"

void
resp_init(struct resp *rs)
{
	memset(rs, 0, sizeof(*rs));
	rs->status = 200;
	buf_init(&rs->head, RESP_HEAD_MAX);
	buf_init(&rs->lead, RESP_HEAD_MAX + 256);
}

static void
drop_parts(struct resp *rs)
{
	for (size_t i = 0; i < rs->n_parts; i++)
		resp_part_release(&rs->parts[i]);
	free(rs->parts);
	rs->parts = NULL;
	rs->n_parts = rs->at = 0;
	rs->mem = 0;
}

void
resp_release(struct resp *rs)
{
	gather_free(STEAL(rs->gather));	/* watches a part */
	drop_parts(rs);
	buf_release(&rs->head);
	buf_release(&rs->lead);
}

void
resp_reset(struct resp *rs)
{
	resp_release(rs);
	resp_init(rs);
}

void
resp_status(struct resp *rs, int status)
{
	rs->status = status;
}

static bool
printable(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

void
resp_header(struct resp *rs, const char *name, const char *fmt, ...)
{
	char value[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	/* A line break in a value would start a header of its own. */
	if (n < 0 || (size_t)n >= sizeof(value) || !printable(value)) {
		rs->failed = true;
		return;
	}
	buf_addf(&rs->head, "%s: %s\r\n", name, value);
}

bool
resp_has_header(const struct resp *rs, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = rs->head.data; p != NULL && *p != '\0'; ) {
		const char *end = strstr(p, "\r\n");

		if (strncasecmp(p, name, n) == 0 && p[n] == ':')
			return true;
		p = end == NULL ? NULL : end + 2;
	}
	return false;
}

static struct resp_part *
add_part(struct resp *rs)
{
	struct resp_part *more = reallocarray(rs->parts, rs->n_parts + 1, sizeof(*more));

	if (more == NULL)
		abort();
	rs->parts = more;
	more = &rs->parts[rs->n_parts++];
	memset(more, 0, sizeof(*more));
	more->fd = -1;
	return more;
}

void
resp_part_mem(struct resp *rs, const void *p, size_t n)
{
	struct resp_part *part;

	if (n == 0)
		return;
	if (n > RESP_MEM_MAX - rs->mem) {
		rs->failed = true;
		return;
	}
	rs->mem += n;
	part = add_part(rs);
	part->mem = malloc(n + 1);
	if (part->mem == NULL)
		abort();
	memcpy(part->mem, p, n);
	part->mem[n] = '\0';
	part->len = (int64_t)n;
}

void
resp_part_file(struct resp *rs, int fd, int64_t off, int64_t len, enum part_enc enc)
{
	struct resp_part *part = add_part(rs);

	part->fd = fd;
	part->off = off;
	part->len = len;
	part->enc = enc;
}

void
resp_part_pipe(struct resp *rs, int fd, int64_t len)
{
	resp_part_file(rs, fd, 0, len, PART_RAW);
	rs->parts[rs->n_parts - 1].pipe = true;
}

int
resp_pipe(const struct resp *rs)
{
	return rs->parts[rs->at].fd;
}

void
resp_text(struct resp *rs, const char *content_type, const char *p, size_t n)
{
	resp_header(rs, "Content-Type", "%s", content_type);
	resp_part_mem(rs, p, n);
}

void
resp_json(struct resp *rs, struct json_object *o)
{
	const char *s = json_text(o);

	resp_text(rs, "application/json", s, strlen(s));
}

struct gather *
resp_gather(struct resp *rs)
{
	if (rs->gather == NULL)
		rs->gather = gather_new();
	return rs->gather;
}

void
resp_accel(struct resp *rs, const char *internal_path)
{
	resp_header(rs, "X-Accel-Redirect", "%s", internal_path);
}

void
resp_done(struct resp *rs)
{
	rs->done = true;
}

/* The two error bodies; message is ours or a text that SQL wrote for clients. */
static struct json_object *
error_body(const struct req *rq, const struct err_info *info, const char *message, bool problem)
{
	int indy = err_indy(info->code);

	struct json_object *inner = json_object_new_object(), *o = json_object_new_object();

	json_add_str(inner, "code", info->word);
	json_add_str(inner, "message", message);
	json_add_str(inner, "requestId", rq->id);
	if (indy != 0)
		json_add_i64(inner, "indy_code", indy);
	if (problem) {
		json_add_str(o, "type", "about:blank");
		json_add_str(o, "title", info->word);
		json_add_i64(o, "status", info->http);
		json_add_str(o, "detail", message);
	}
	json_add(o, "error", inner);
	return o;
}

void
resp_error(struct resp *rs, const struct req *rq, const struct err *e, int64_t retry_ms)
{
	const struct err_info *info = err_info(e->code);
	const char *message = info->text != NULL ? info->text : e->msg;
	bool problem = rq->impl != NULL && req_accepts(rq, "application/problem+json");
	int64_t retry_s = retry_ms > 0 ? (retry_ms + 999) / 1000 : info->retry_after_s;
	CLEANUP(json_put) struct json_object *body = NULL;
	const char *s;

	if (dap_here(rq)) {
		dap_error(rq, rs, e, retry_ms);
		return;
	}
	resp_reset(rs);
	rs->status = info->http;
	if (retry_s > 0)
		resp_header(rs, "Retry-After", "%lld", (long long)retry_s);
	body = error_body(rq, info, message, problem);
	s = json_text(body);
	resp_text(rs, problem ? "application/problem+json" : "application/json", s, strlen(s));
}

const char *
resp_refusal(const struct resp *rs)
{
	return rs->parts[0].mem;
}

static const char *
reason_phrase(int status)
{
	static const struct { int status; const char *phrase; } row[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" },
		{ 206, "Partial Content" }, { 304, "Not Modified" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 409, "Conflict" }, { 410, "Gone" },
		{ 411, "Length Required" }, { 412, "Precondition Failed" }, { 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" }, { 416, "Range Not Satisfiable" },
		{ 422, "Unprocessable Content" }, { 423, "Locked" },
		{ 429, "Too Many Requests" }, { 500, "Internal Server Error" },
		{ 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].status == status)
			return row[i].phrase;
	return "Other";
}

/* The whole length, or -1 when it is known only after encoding. */
static int64_t
total_length(const struct resp *rs)
{
	int64_t sum = 0, n;

	for (size_t i = 0; i < rs->n_parts; i++) {
		n = resp_part_length(&rs->parts[i]);
		if (n == -1)
			return -1;
		sum += n;
	}
	return sum;
}

void
resp_seal(struct resp *rs, bool head_only)
{
	int64_t length = total_length(rs);

	buf_addf(&rs->lead, "Status: %d %s\r\n", rs->status, reason_phrase(rs->status));
	buf_add(&rs->lead, rs->head.data, rs->head.len);
	if (length >= 0 && !rs->open && rs->status != 204 && rs->status != 304 && !resp_has_header(rs, "X-Accel-Redirect"))
		buf_addf(&rs->lead, "Content-Length: %lld\r\n", (long long)length);
	buf_adds(&rs->lead, "\r\n");
	buf_release(&rs->head);
	if (head_only || rs->status == 204 || rs->status == 304)
		drop_parts(rs);
	rs->sealed = true;
}

ssize_t
resp_pull(struct resp *rs, char *out, size_t max, struct err *e)
{
	size_t got = rs->lead.len < max ? rs->lead.len : max;
	ssize_t n;

	if (got > 0) {
		memcpy(out, rs->lead.data, got);
		buf_drop(&rs->lead, got);
	}
	while (rs->at < rs->n_parts && max - got >= PART_PULL_MIN) {
		n = resp_part_pull(&rs->parts[rs->at], out + got, max - got, e);
		if (n == PART_WAITS && got > 0)
			break;
		if (n < 0)
			return n;
		if (n == 0) {
			resp_part_release(&rs->parts[rs->at++]);
			continue;
		}
		got += (size_t)n;
		rs->pulled += n;
	}
	if (rs->open && rs->at == rs->n_parts) {	/* it may stay for an hour */
		drop_parts(rs);
		buf_release(&rs->lead);
	}
	return (ssize_t)got;
}

bool
resp_idle(const struct resp *rs)
{
	return rs->open && rs->lead.len == 0 && rs->at == rs->n_parts;
}
