#include "dapcall.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"

#define TRIES		5
#define PAUSE_MS	250	/* after the first try; doubled after each */
#define PAUSE_MAX_MS	30000
#define TIMEOUT_MS	75000	/* a helper of 09 may think for 55 s */
#define KEYS_MAX	65536	/* bytes of a configuration list */

/* go_on: nothing interrupts a command but a signal, which ends it. */
static int
go_on(void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	return 0;
}

int
dapcall_init(struct dapcall *c, const struct dap_task *t, const char *ca_file, struct err *e)
{
	struct httpc *h = httpc_new(go_on, NULL, e);

	if (h == NULL)
		return -1;
	*c = (struct dapcall){ .h = h, .task = t, .ca_file = ca_file };
	return 0;
}

void
dapcall_release(struct dapcall *c)
{
	httpc_free(&c->h);
}

void
dapcall_pause(int64_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		continue;
}

static const char *
base_url(const struct dapcall *c, enum dap_role role)
{
	return role == DAP_HELPER ? c->task->helper_url : c->task->leader_url;
}

void
dapcall_url(struct buf *b, const struct dapcall *c, enum dap_role role, const char *fmt, ...)
{
	const char *base = base_url(c, role);
	char rest[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	buf_adds(b, base);
	if (base[strlen(base) - 1] != '/')
		buf_addc(b, '/');
	buf_adds(b, rest);
}

int
dapcall_location(struct buf *b, const struct dapcall *c, enum dap_role role, const char *location, struct err *e)
{
	const char *base = base_url(c, role), *host = strstr(base, "://") + 3;
	size_t origin = (size_t)(host - base) + strcspn(host, "/");

	if (location[0] == '/' && location[1] != '/') {
		buf_add(b, base, origin);
		buf_adds(b, location);
		return 0;
	}
	if (strncasecmp(location, base, origin) != 0 || location[origin] != '/')
		return err_set(e, ERR_PROTO, "the %s names a location on another host", dap_role_word(role));
	buf_adds(b, location);
	return 0;
}

int
dapcall_refused(const struct dap_fault *f, const char *what, struct err *e)
{
	static const struct { enum dap_word word; enum err_code code; } codes[] = {
		{ DAP_WORD_UNAUTHORIZED, ERR_FORBIDDEN }, { DAP_WORD_UNRECOGNIZED_TASK, ERR_NOT_FOUND },
		{ DAP_WORD_CONFLICT, ERR_CONFLICT }, { DAP_WORD_NOT_FOUND, ERR_NOT_FOUND },
	};
	enum err_code code = ERR_INVALID_REQUEST;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].word == f->word)
			code = codes[i].code;
	return err_set(e, code, "%s: refused: %s%s%s", what, dap_word_text(f->word), f->what[0] != '\0' ? ": " : "",
	    f->what);
}

/* bearer: the value of an Authorization header. */
static int
bearer(struct secret *out, const struct secret *token, struct err *e)
{
	if (secret_alloc(out, strlen("Bearer ") + token->len + 1, e) == -1)
		return -1;
	memcpy(out->p, "Bearer ", strlen("Bearer "));
	memcpy(out->p + strlen("Bearer "), token->p, token->len);
	return 0;
}

/* again: whether the answer, or that there was none, is worth another try. */
static bool
again(int status, const struct httpc_answer *a, const struct err *why)
{
	if (status == -1)
		return why->code == ERR_SYS || why->code == ERR_TIMEOUT;
	return a->status == 429 || a->status >= 500;
}

int
dapcall_send(struct dapcall *c, const struct dapcall_req *rq, struct buf *out, struct httpc_answer *a,
    struct dap_fault *f, struct err *e)
{
	CLEANUP(secret_release) struct secret authorization = SECRET_INIT;
	struct err why = ERR_INIT;
	int status = -1;

	if (rq->token != NULL && bearer(&authorization, rq->token, e) == -1)
		return -1;
	for (int try = 0; try < TRIES; try++) {
		int64_t pause = (int64_t)PAUSE_MS << try;

		*a = (struct httpc_answer){ .retry_after_s = -1 };
		status = httpc_call(c->h, &(struct httpc_req){ .url = rq->url, .method = rq->method,
		    .content_type = rq->media != DAP_MEDIA_MAX ? c->task->profile->media[rq->media] : NULL,
		    .authorization = (const char *)authorization.p, .ca_file = c->ca_file, .body = (const char *)rq->body.p,
		    .body_len = rq->body.n, .timeout_ms = TIMEOUT_MS, .max_bytes = rq->max_bytes }, out, a, &why);
		if (!again(status, a, &why) || try + 1 == TRIES)
			break;
		if (status == 0 && a->retry_after_s * 1000 > pause)
			pause = a->retry_after_s * 1000;
		dapcall_pause(pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS);
	}
	if (again(status, a, &why))
		return status == -1 ? err_set(e, ERR_BACKPRESSURE, "no answer: %s", why.msg) :
		    err_set(e, ERR_BACKPRESSURE, "the aggregator answers %ld", a->status);
	if (status == -1) {
		if (e != NULL)
			*e = why;
		return -1;
	}
	if (a->status >= 200 && a->status < 300)
		return 0;
	dap_problem_read(f, out->data, out->len, (int)a->status);
	return 1;
}

int
dapcall_keys(struct dapcall *c, enum dap_role role, struct buf *out, struct err *e)
{
	CLEANUP(buf_release) struct buf url = BUF_INIT;
	struct dap_fault f = DAP_FAULT_INIT;
	struct httpc_answer a;
	char id[B64_LEN(DAP_TASK_ID)];

	b64url_encode(id, c->task->id, sizeof(c->task->id));
	if (c->task->profile->server_ids)
		dapcall_url(&url, c, role, "hpke_config");
	else
		dapcall_url(&url, c, role, "hpke_config?task_id=%s", id);
	switch (dapcall_send(c, &(struct dapcall_req){ .method = "GET", .url = url.data, .media = DAP_MEDIA_MAX,
	    .max_bytes = KEYS_MAX }, out, &a, &f, e)) {
	case -1:
		return err_wrap(e, "keys of the %s", dap_role_word(role));
	case 1:
		return dapcall_refused(&f, "keys", e);
	}
	if (!dap_media_is(c->task->profile, DAP_MEDIA_HPKE_CONFIGS, a.content_type))
		return err_set(e, ERR_PROTO, "keys of the %s: another media type than %s", dap_role_word(role),
		    c->task->profile->media[DAP_MEDIA_HPKE_CONFIGS]);
	return 0;
}
