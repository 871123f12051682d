#include "finish.h"
#include <string.h>
#include "../lib/base/clock.h"
#include "../lib/base/json.h"
#include "../lib/base/log.h"
#include "../lib/db/db.h"
#include "dap.h"
#include "exch.h"
#include "facts.h"
#include "metrics.h"

#define API_PREFIX "/api/v1"

void
finish_wakes(struct exch *x, struct json_object *extra)
{
	struct json_object *v = NULL;

	if (json_object_object_get_ex(extra, "ring", &v) && v != NULL)
		batch_ring(x->front->batch, json_object_get_int64(v));
	if (json_object_object_get_ex(extra, "announce", &v) && v != NULL)
		batch_announce(x->front->batch, v);
}

/* If-None-Match: *, or a list of "tag" and W/"tag". */
static bool
lists_tag(const char *list, const char *tag)
{
	size_t n = strlen(tag);

	if (strcmp(list, "*") == 0)
		return true;
	for (const char *p = list; (p = strchr(p, '"')) != NULL; p++) {
		const char *end = strchr(p + 1, '"');

		if (end == NULL)
			return false;
		if ((size_t)(end - p - 1) == n && memcmp(p + 1, tag, n) == 0)
			return true;
		p = end;
	}
	return false;
}

static bool
is_read(const struct exch *x)
{
	return strcmp(x->rq.method, "GET") == 0 || strcmp(x->rq.method, "HEAD") == 0;
}

bool
finish_unchanged(const struct exch *x, const struct facts *f)
{
	const char *held = f->etag != NULL && is_read(x) ? req_header(&x->rq, "If-None-Match") : NULL;

	return held != NULL && lists_tag(held, f->etag);
}

static void
rate_headers(struct resp *rs, struct json_object *rate)
{
	static const struct { const char *key, *header; } row[] = {
		{ "limit", "RateLimit-Limit" }, { "remaining", "RateLimit-Remaining" }, { "reset_s", "RateLimit-Reset" },
	};
	struct json_object *v = NULL;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (json_object_object_get_ex(rate, row[i].key, &v))
			resp_header(rs, row[i].header, "%s", json_object_get_string(v));
}

void
finish_facts(struct exch *x, const struct facts *f)
{
	if (f->etag != NULL && !resp_has_header(&x->rs, "ETag"))
		resp_header(&x->rs, "ETag", "\"%s\"", f->etag);
	if (f->location != NULL && !resp_has_header(&x->rs, "Location"))
		resp_header(&x->rs, "Location", "%s", f->location);
	if (f->replayed)
		resp_header(&x->rs, "Idempotency-Replayed", "true");
	rate_headers(&x->rs, f->rate);
}

static const char *
route_name(const struct exch *x)
{
	return x->rq.route != NULL ? x->rq.route->path : "none";
}

/* A v1 signature: told in every answer; a use when it was taken. */
static void
note_legacy(struct exch *x)
{
	resp_header(&x->rs, "X-API-Deprecation-Warning", "signatures without X-Darkroom-Timestamp cover neither time nor headers");
	if (x->rs.status == err_info(ERR_UNAUTHORIZED)->http)
		return;
	metrics_auth_legacy();
	log_info("auth.legacy", F_STR("request_id", x->rq.id), F_STR("route", route_name(x)), F_STR("peer_id", x->rq.peer_id));
}

/* nginx asks whether a body may come, and sees the headers of the answer only. */
static bool
is_check(const struct exch *x)
{
	return x->rq.impl != NULL && req_param(&x->rq, "DARKROOM_PREFIX") != NULL;
}

void
finish_headers(struct exch *x)
{
	struct resp *rs = &x->rs;
	struct err e = ERR_INIT;

	if (rs->failed || rs->head.failed) {
		err_set(&e, ERR_LIMIT, "the answer passes a bound of the front");
		finish_log_failure(x, &e);
		err_set(&e, ERR_INTERNAL, "internal error");
		resp_error(rs, &x->rq, &e, 0);
	}
	resp_header(rs, "X-Request-Id", "%s", x->rq.id);
	if (is_check(x) && rs->status >= 400)
		resp_header(rs, "X-Darkroom-Refusal", "%s", resp_refusal(rs));
	if (strncmp(x->rq.uri, API_PREFIX, sizeof(API_PREFIX) - 1) == 0)
		resp_header(rs, "X-API-Version", "v1");
	if (rs->status == 202 && !resp_has_header(rs, "Retry-After"))
		resp_header(rs, "Retry-After", "1");
	if (!resp_has_header(rs, "Cache-Control"))
		resp_header(rs, "Cache-Control", "%s", resp_has_header(rs, "ETag") ? "private, no-cache" : "no-store");
	if (x->legacy)
		note_legacy(x);
	metrics_request(x->rq.route, rs->status);
	resp_seal(rs, strcmp(x->rq.method, "HEAD") == 0);
}

/* Who was refused for what it is shows in metrics and log. */
static void
note_refused(const struct exch *x, enum err_code code)
{
	if (code != ERR_UNAUTHORIZED && code != ERR_FORBIDDEN)
		return;
	metrics_auth_refused(code);
	log_info("auth.refused", F_STR("request_id", x->rq.id), F_STR("route", route_name(x)),
	    F_STR("code", err_info(code)->word), F_STR("peer_id", x->rq.peer_id));
}

void
finish_refusal(struct exch *x, const struct err *e, int64_t retry_ms)
{
	resp_error(&x->rs, &x->rq, e, retry_ms);
	note_refused(x, e->code);
}

void
finish_word(struct exch *x, const char *word, const char *msg, int64_t retry_ms)
{
	struct err e = ERR_INIT;

	if ((x->rq.route->flags & RT_DAP) == 0) {
		err_set(&e, err_from_word(word), "%s", msg != NULL ? msg : word);
		finish_refusal(x, &e, retry_ms);
		return;
	}
	dap_refuse_word(&x->rq, &x->rs, word, msg, retry_ms);
	note_refused(x, x->rs.status == err_info(ERR_FORBIDDEN)->http ? ERR_FORBIDDEN : ERR_NONE);
}

void
finish_log_failure(const struct exch *x, const struct err *e)
{
	log_error("request.failed", F_STR("request_id", x->rq.id), F_STR("route", route_name(x)), F_ERR(e));
}

/* The trace id of a traceparent, 00-<32 hex>-<16 hex>-<2 hex>; or NULL: what a
 * client sends is no text for the log. */
static const char *
trace_of(const struct exch *x, char out[33])
{
	const char *s = x->rq.impl == NULL ? NULL : req_header(&x->rq, "traceparent");

	if (s == NULL || strlen(s) != 55 || strspn(s + 3, "0123456789abcdef") != 32)
		return NULL;
	memcpy(out, s + 3, 32);
	out[32] = '\0';
	return out;
}

void
finish_log(const struct exch *x, bool whole)
{
	char id[33];
	const char *trace = trace_of(x, id);

	log_info("request.served", F_STR("request_id", x->rq.id), F_STR("method", x->rq.route != NULL ? x->rq.route->method : "-"),
	    F_STR("route", route_name(x)), F_I64("status", x->rs.status), F_I64("duration_ms", (clock_mono_us() - x->started_us) / 1000),
	    F_I64("bytes", x->rs.pulled), F_STR("peer_id", x->rq.peer_id), F_STR("trace_id", trace),
	    F_STR("state", whole ? "sent" : "cut"));
}
