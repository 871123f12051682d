#include "peer.h"
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/clock.h"
#include "../../../lib/base/json.h"

#define CALL_MS		65000		/* a helper holds a request for up to 55 s */
#define WAIT_MAX_S	60
#define RETRY_MAX_S	3600
#define URL_MAX		(DAP_URL_MAX + HTTPC_HEADER_MAX)

struct agg_peer {
	const struct agg_task *task;
	struct httpc *http;
	size_t	origin;			/* bytes of helper_url: scheme://host:port */
	char	authorization[DAP_TOKEN_MAX + 8];
};

static int
heed(void *arg UNUSED, struct err *e UNUSED)
{
	return 0;
}

/* origin_of: its bytes; 0 when the URL has none. */
static size_t
origin_of(const char *url)
{
	const char *host = strstr(url, "://");

	if (host == NULL)
		return 0;
	host += 3;
	return (size_t)(host - url) + strcspn(host, "/?#");
}

struct agg_peer *
agg_peer_new(const struct agg_task *a, struct err *e)
{
	struct agg_peer *p = calloc(1, sizeof(*p));
	const struct secret *token = &a->secrets.leader_token;

	if (p == NULL)
		abort();
	p->task = a;
	p->origin = origin_of(a->t.helper_url);
	p->http = httpc_new(heed, NULL, e);
	if (p->http == NULL)
		return NULL;
	if (p->origin == 0 || token->len == 0) {
		err_set(e, ERR_PROTO, "a leader's task without its helper's URL and token");
		return NULL;
	}
	snprintf(p->authorization, sizeof(p->authorization), "Bearer %.*s", (int)token->len, (const char *)token->p);
	return p;
}

/* url_of: below helper_url, or of its origin; -1: too long. */
static int
url_of(const struct agg_peer *p, const char *path, char out[URL_MAX])
{
	const char *base = p->task->t.helper_url;
	size_t n = strlen(base);
	int k = path[0] == '/' ? snprintf(out, URL_MAX, "%.*s%s", (int)p->origin, base, path) :
	    snprintf(out, URL_MAX, "%s%s%s", base, base[n - 1] == '/' ? "" : "/", path);

	return k < URL_MAX ? 0 : -1;
}

/* take_location: of the same origin, as a path of visible ASCII (RFC 3986); anything else is as if it were not there. */
static void
take_location(const struct agg_peer *p, const char *said, char out[HTTPC_HEADER_MAX])
{
	if (strncmp(said, p->task->t.helper_url, p->origin) == 0 && said[p->origin] == '/')
		said += p->origin;
	out[0] = '\0';
	for (const char *c = said; *c != '\0'; c++)
		if (*c < 0x21 || *c > 0x7e)
			return;
	if (said[0] == '/' && said[1] != '/')
		snprintf(out, HTTPC_HEADER_MAX, "%s", said);
}

static void
later(struct agg_said *s, const char *why)
{
	s->end = AGG_LATER;
	dap_fault_set(&s->fault, DAP_WORD_UNAVAILABLE, "%s", why);
}

/* judge: what the answer means. */
static void
judge(const struct agg_peer *p, const struct agg_call *c, const struct httpc_answer *a, struct agg_said *s)
{
	bool said_so;

	s->status = a->status;
	s->retry_after_s = a->retry_after_s;
	take_location(p, a->location, s->location);
	if (a->status >= 200 && a->status < 300) {
		s->at_work = s->body.len == 0 && p->task->t.profile->server_ids;
		if (s->body.len == 0)
			later(s, "there is no answer yet");
		else if (!dap_media_is(p->task->t.profile, c->wants, a->content_type))
			later(s, "an answer of another type");
		else
			s->end = AGG_ANSWERED;
		return;
	}
	said_so = dap_problem_read(&s->fault, s->body.data != NULL ? s->body.data : "", s->body.len, (int)a->status);
	s->end = said_so && a->status >= 400 && a->status < 500 && a->status != 408 && a->status != 429 ? AGG_REFUSED : AGG_LATER;
}

void
agg_peer_call(struct agg_peer *p, const struct agg_call *c, struct agg_said *said)
{
	const struct dap_profile *profile = p->task->t.profile;
	struct httpc_answer a;
	struct err e = ERR_INIT;
	char url[URL_MAX];
	int64_t began = clock_mono_us();
	int rc;

	*said = (struct agg_said){ .retry_after_s = -1, .fault = DAP_FAULT_INIT, .body = BUF_INIT };
	if (url_of(p, c->path, url) == -1) {
		later(said, "its URL is too long");
		return;
	}
	rc = httpc_call(p->http, &(const struct httpc_req){ .url = url, .method = c->method,
	    .content_type = c->sends != DAP_MEDIA_MAX ? profile->media[c->sends] : NULL,
	    .authorization = p->authorization, .ca = agg_trust(), .body = c->body != NULL ? c->body->data : NULL,
	    .body_len = c->body != NULL ? c->body->len : 0, .timeout_ms = CALL_MS, .max_bytes = AGG_ANSWER_MAX },
	    &said->body, &a, &e);
	said->latency_ms = (clock_mono_us() - began) / 1000;
	if (rc == -1)
		later(said, e.msg);
	else
		judge(p, c, &a, said);
}

static int64_t
pause_s(const struct agg_said *said, int64_t tries)
{
	int64_t s = tries < 5 ? INT64_C(2) << tries : WAIT_MAX_S;

	if (said->retry_after_s > 0)
		s = said->retry_after_s < RETRY_MAX_S ? said->retry_after_s : RETRY_MAX_S;
	return s;
}

void
agg_peer_wait(struct fork_job *j, const struct agg_said *said, int64_t tries, const char *location)
{
	struct json_object *o = json_object_new_object();
	char error[sizeof(said->fault.what) + 64];

	snprintf(error, sizeof(error), "%s%s%s", dap_word_text(said->fault.word), said->fault.what[0] != '\0' ? ": " : "",
	    said->fault.what);
	if (location[0] != '\0')
		json_add_str(o, "location", location);
	json_add_i64(o, "status", said->status);
	if (!said->at_work)
		json_add_str(o, "error", error);
	json_add_i64(o, "latency_ms", said->latency_ms);
	fork_write(j, "agg_wait", o);
	fork_wait(j, "waiting_peer", pause_s(said, tries) * 1000);
}
