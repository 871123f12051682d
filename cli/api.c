#include "api.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/clock.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "../lib/base/rand.h"
#include "../lib/crypt/sha256.h"

#define RETRIES		5
#define BASE_DELAY_MS	100
#define RETRY_MAX_US	20000000	/* of one call; a later Retry-After is for whoever called us */

void
api_release(struct api *a)
{
	http_close(a->http);
	a->http = NULL;
	caller_release(&a->caller);
}

static void
add_escaped(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    strchr("-._~", c) != NULL)
			buf_addc(b, (char)c);
		else
			buf_addf(b, "%%%02X", c);
	}
}

void
target_path(struct buf *b, const char *pattern, ...)
{
	va_list ap;

	va_start(ap, pattern);
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '%')
			add_escaped(b, va_arg(ap, const char *));
		else
			buf_addc(b, *pattern);
	}
	va_end(ap);
}

void
target_query(struct buf *b, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addc(b, b->data != NULL && strchr(b->data, '?') != NULL ? '&' : '?');
	buf_adds(b, name);
	buf_addc(b, '=');
	add_escaped(b, value);
}

static void
free_req(struct http_req *rq)
{
	http_req_release(rq);
}

/* One signed attempt. */
static int
attempt(struct api *a, const struct api_req *q, const char *target, const char *idem,
    struct http_answer *ans, struct err *e)
{
	CLEANUP(free_req) struct http_req rq = { .method = q->method, .target = target, .body = q->body,
	    .body_len = q->body_len, .body_fd = q->body_fd, .body_size = q->body_size, .sink_fd = q->sink_fd,
	    .sink_max = q->sink_max, .sink_status = q->range_from > 0 ? 206 : 200, .wait_s = q->wait_s,
	    .tick = q->tick, .tick_arg = q->tick_arg, .take = q->take, .take_arg = q->take_arg };
	const char *spender = q->with_spender ? a->spender : NULL;
	char hex[SHA256_HEX], range[40];

	http_header(&rq, "Host", http_authority(a->http));
	http_header(&rq, "Accept", "application/json");
	if (q->body != NULL || q->body_fd != -1)
		http_header(&rq, "Content-Type", q->content_type != NULL ? q->content_type : "application/json");
	if (idem != NULL)
		http_header(&rq, "Idempotency-Key", idem);
	if (spender != NULL)
		http_header(&rq, "X-Pandacea-Spender-Address", spender);
	if (q->if_match != NULL)
		http_header(&rq, "If-Match", q->if_match);
	if (q->if_none_match != NULL)
		http_header(&rq, "If-None-Match", q->if_none_match);
	if (q->last_event_id != NULL)
		http_header(&rq, "Last-Event-ID", q->last_event_id);
	if (q->unlock != NULL)
		http_header(&rq, "X-Darkroom-Unlock", q->unlock);
	if (q->range_from > 0) {
		snprintf(range, sizeof(range), "bytes=%lld-", (long long)q->range_from);
		http_header(&rq, "Range", range);
	}
	sha256_hex(hex, q->body, q->body_len);
	if (caller_sign(&a->caller, &rq, http_authority(a->http), q->body_sha256 != NULL ? q->body_sha256 : hex,
	    spender, idem, e) == -1)
		return -1;
	return http_send(a->http, &rq, ans, e);
}

/* Words of the node for a person: no control characters, nothing too long. */
static void
plain(char *out, size_t out_max, const char *s)
{
	size_t i = 0;

	for (; s[i] != '\0' && i + 1 < out_max; i++)
		out[i] = (unsigned char)s[i] < ' ' || s[i] == 127 ? ' ' : s[i];
	out[i] = '\0';
}

/* Codes for refusals without our error body (a proxy's, say). */
static enum err_code
code_of_status(int status)
{
	static const struct { int status; enum err_code code; } known[] = {
		{ 401, ERR_UNAUTHORIZED }, { 403, ERR_FORBIDDEN }, { 404, ERR_NOT_FOUND },
		{ 429, ERR_RATE_LIMITED }, { 502, ERR_BACKPRESSURE }, { 503, ERR_BACKPRESSURE },
		{ 504, ERR_TIMEOUT },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].status == status)
			return known[i].code;
	return status >= 500 ? ERR_INTERNAL : ERR_INVALID_REQUEST;
}

static int
refusal(const struct http_answer *ans, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	struct json_object *error;
	const char *word, *message;
	char text[400];

	if (json_parse(&o, ans->body.data != NULL ? ans->body.data : "", ans->body.len, NULL) == -1 ||
	    json_get_obj(o, "error", &error, NULL) == -1 ||
	    json_get_str(error, "code", 1, 64, &word, NULL) == -1 ||
	    json_get_str(error, "message", 0, 4096, &message, NULL) == -1)
		return err_set(e, code_of_status(ans->status), "the node answered %d", ans->status);
	plain(text, sizeof(text), message);
	return err_set(e, ans->status == 404 ? ERR_NOT_FOUND : err_from_word(word), "%s (request %s)", text,
	    ans->request_id[0] != '\0' ? ans->request_id : "without id");
}

/* Is twice as good as once?  Each attempt is signed anew. */
static bool
repeatable(const struct api_req *q)
{
	return strcmp(q->method, "GET") == 0 || strcmp(q->method, "PUT") == 0 || strcmp(q->method, "DELETE") == 0;
}

/* Milliseconds before the next attempt: jittered, never below Retry-After; -1: give up. */
static int
delay_ms(const struct api_req *q, int n, int rc, const struct http_answer *ans, const struct err *e)
{
	bool again = repeatable(q);
	int base = BASE_DELAY_MS << n;
	int ms = base / 2 + (int)randombytes_uniform((uint32_t)base / 2 + 1);

	if (n >= RETRIES || q->once)
		return -1;
	if (rc == -1)
		return e->code == ERR_BACKPRESSURE || (e->code == ERR_TIMEOUT && again) ? ms : -1;
	if (ans->status != 429 && ans->status != 503 && !(again && (ans->status == 502 || ans->status == 504)))
		return -1;
	return ans->retry_after_s * 1000 > ms ? ans->retry_after_s * 1000 : ms;
}

static void
pause_ms(int ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&ts, &ts) == -1)
		;
}

int
api_send(struct api *a, const struct api_req *q, struct http_answer *ans, struct err *e)
{
	CLEANUP(buf_release) struct buf target = BUF_INIT;
	uint8_t random[18];
	char idem[32];
	bool post = strcmp(q->method, "POST") == 0, removal = strcmp(q->method, "DELETE") == 0, lost = false;
	int64_t end_us = clock_mono_us() + RETRY_MAX_US;

	buf_adds(&target, http_prefix(a->http));
	buf_adds(&target, q->target);
	if (target.failed)
		return err_set(e, ERR_LIMIT, "the request's address is too long");
	rand_bytes(random, sizeof(random));
	b64url_encode(idem, random, sizeof(random));
	for (int n = 0;; n++) {
		struct err last = ERR_INIT;
		int rc = attempt(a, q, target.data, post ? idem : NULL, ans, &last);
		int ms;

		if (rc == 0 && ((ans->status >= 200 && ans->status < 300) || ans->status == 304))
			return 0;
		if (rc == 0 && ans->status == 404 && removal && lost) {
			buf_reset(&ans->body);	/* an attempt whose answer was lost has done it */
			return 0;
		}
		lost = lost || rc == -1 || ans->status >= 500;
		ms = delay_ms(q, n, rc, ans, &last);
		/* what already went into the sink cannot be taken back here */
		if (ms == -1 || ans->sunk > 0 || clock_mono_us() + (int64_t)ms * 1000 > end_us) {
			if (rc == 0)
				return refusal(ans, e);
			*e = last;
			return -1;
		}
		pause_ms(ms);
	}
}

int
api_decode(const struct http_answer *ans, struct json_object **out, struct err *e)
{
	if (ans->body.len == 0) {
		*out = NULL;
		return 0;
	}
	return json_parse(out, ans->body.data, ans->body.len, e) == -1 ? api_odd(e) : 0;
}

int
api_odd(struct err *e)
{
	e->code = ERR_PROTO;
	return err_wrap(e, "the node's answer");
}

int
api_call(struct api *a, const char *method, const char *target, struct json_object *body,
    struct json_object **out, struct err *e)
{
	CLEANUP(http_answer_release) struct http_answer ans = HTTP_ANSWER_INIT;
	struct api_req q = API_REQ_INIT;

	q.method = method;
	q.target = target;
	if (body != NULL) {
		q.body = json_text(body);
		q.body_len = strlen(q.body);
	}
	if (api_send(a, &q, &ans, e) == -1)
		return -1;
	return api_decode(&ans, out, e);
}

/* Add the rows of one page; *more tells whether cursor was set. */
static int
take_page(struct json_object *page, struct json_object *rows, size_t max, const char **cursor, struct err *e)
{
	struct json_object *data;

	*cursor = NULL;
	if (json_get_arr(page, "data", 0, SIZE_MAX, &data, e) == -1 ||
	    json_opt_str(page, "nextCursor", 0, 4096, cursor, e) == -1)
		return api_odd(e);
	for (size_t i = 0; i < json_object_array_length(data); i++) {
		if (json_object_array_length(rows) >= max) {
			*cursor = NULL;
			break;
		}
		json_object_array_add(rows, json_object_get(json_object_array_get_idx(data, i)));
	}
	if (*cursor != NULL && **cursor == '\0')
		*cursor = NULL;
	return 0;
}

int
api_rows(struct api *a, const struct buf *target, size_t max, struct json_object **out, struct err *e)
{
	CLEANUP(json_put) struct json_object *rows = json_object_new_array();
	CLEANUP(json_put) struct json_object *page = NULL;
	const char *cursor = NULL;

	do {
		CLEANUP(buf_release) struct buf t = BUF_INIT;
		struct json_object *next = NULL;

		buf_add(&t, target->data, target->len);
		target_query(&t, "cursor", cursor);
		if (t.failed || target->failed)
			return err_set(e, ERR_LIMIT, "the request's address is too long");
		if (api_call(a, "GET", t.data, NULL, &next, e) == -1)
			return -1;
		json_put(&page);
		page = next;
		if (take_page(page, rows, max, &cursor, e) == -1)
			return -1;
	} while (cursor != NULL && json_object_array_length(rows) < max);
	*out = STEAL(rows);
	return 0;
}
