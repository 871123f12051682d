/* What routes of DAP have that others have not: profiles in paths, ids, tokens, problem documents. */
#include <string.h>
#include "../../fcgi/auth.h"
#include "../../fcgi/dap.h"
#include "../../fcgi/req.h"
#include "../../fcgi/resp.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../tap.h"

#define TASK	"8TuT5Z5fAuutsX9DZWSqkUw6pzDl96d3tdsDJgWH2VY"
#define JOB	"AAECAwQFBgcICQoLDA0ODw"
/* SHA-256 of "token-0123456789abcdef" */
#define TOKEN	"token-0123456789abcdef"

struct pair { const char *name, *value; };
struct request {
	struct req rq;
	struct req_impl im;
	struct route route;
};

static void
open_request(struct request *r, const char *method, const char *uri, const char *task, const char *job, const struct pair *more)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	const struct pair first[] = { { "REQUEST_METHOD", method }, { "REQUEST_URI", uri } };
	struct err e = ERR_INIT;
	char *copy;

	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < 2 || (more != NULL && more[i - 2].name != NULL); i++) {
		const struct pair *p = i < 2 ? &first[i] : &more[i - 2];

		buf_addc(&b, (char)strlen(p->name));
		buf_addc(&b, (char)strlen(p->value));
		buf_addf(&b, "%s%s", p->name, p->value);
	}
	copy = malloc(b.len);
	if (copy == NULL)
		abort();
	memcpy(copy, b.data, b.len);
	if (req_open(&r->rq, &r->im, copy, b.len, &e) == -1)
		abort();
	r->route = (struct route){ .method = method, .path = "/dap/09/tasks/{task}/aggregation_jobs/{job}" };
	r->rq.route = &r->route;
	if (task != NULL) {
		buf_addf(&r->im.path_params, "task%c%s%c", '\0', task, '\0');
		if (job != NULL)
			buf_addf(&r->im.path_params, "job%c%s%c", '\0', job, '\0');
	}
}

static void
test_profiles(void)
{
	static const struct { const char *uri, *name; } row[] = {
		{ "/dap/09/hpke_config", "09" }, { "/dap/18/hpke_config?x=1", "18" }, { "/dap/18", "18" },
		{ "/dap/10/hpke_config", NULL }, { "/dap/", NULL }, { "/dap", NULL }, { "/api/v1/x", NULL },
		{ "/dap/0999999999999/hpke_config", NULL },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct dap_profile *p;
		struct request r;

		open_request(&r, "GET", row[i].uri, NULL, NULL, NULL);
		p = dap_profile_here(&r.rq);
		is_str(p != NULL ? p->name : "none", row[i].name != NULL ? row[i].name : "none", "%s", row[i].uri);
		req_release(&r.rq);
	}
}

static void
test_ids(void)
{
	static const struct { const char *task, *job; enum dap_word word; const char *what; } row[] = {
		{ TASK, JOB, DAP_WORD_NONE, "both as they should be" },
		{ "8TuT", JOB, DAP_WORD_UNRECOGNIZED_TASK, "a short task" },
		{ TASK "A", JOB, DAP_WORD_UNRECOGNIZED_TASK, "a long one" },
		{ "8TuT5Z5fAuutsX9DZWSqkUw6pzDl96d3tdsDJgWH2VZ", JOB, DAP_WORD_UNRECOGNIZED_TASK, "bits behind its end" },
		{ "8TuT5Z5fAuutsX9DZWSqkUw6pzDl96d3tdsDJgWH2V=", JOB, DAP_WORD_UNRECOGNIZED_TASK, "padding" },
		{ TASK, "AAECAwQFBgcICQoLDA0OD", DAP_WORD_UNRECOGNIZED_JOB, "a short job" },
		{ TASK, "AAECAwQFBgcICQoLDA0O+w", DAP_WORD_UNRECOGNIZED_JOB, "another alphabet" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		CLEANUP(json_put) struct json_object *args = NULL;
		struct dap_fault f = DAP_FAULT_INIT;
		struct request r;

		open_request(&r, "PUT", "/dap/09/tasks/x", row[i].task, row[i].job, NULL);
		dap_args(&r.rq, &args, &f);
		is_int(f.word, row[i].word, "%s", row[i].what);
		if (f.word == DAP_WORD_NONE)
			is_str(json_text(args), "{\"task_id\":\"" TASK "\",\"job_id\":\"" JOB "\",\"profile\":\"09\"}", "is what SQL is told");
		req_release(&r.rq);
	}
}

static void
test_media(void)
{
	static const struct pair right[] = { { "CONTENT_TYPE", "application/dap-report" }, { NULL, NULL } };
	static const struct pair wrong[] = { { "CONTENT_TYPE", "application/dap-report2" }, { NULL, NULL } };
	static const struct pair *const headers[] = { right, wrong, NULL };

	for (size_t i = 0; i < 3; i++) {
		struct dap_fault f = DAP_FAULT_INIT;
		struct request r;

		open_request(&r, "PUT", "/dap/09/tasks/x/reports", TASK, NULL, headers[i]);
		is_int(dap_typed(&r.rq, DAP_MEDIA_REPORT, &f), i == 0 ? 0 : -1, "media type %zu", i);
		is_int(f.word, i == 0 ? DAP_WORD_NONE : DAP_WORD_MEDIA_TYPE, "is told");
		req_release(&r.rq);
	}
}

static void
test_tokens(void)
{
	static const struct { struct pair header[3]; int rc; bool shown; const char *what; } row[] = {
		{ { { "HTTP_AUTHORIZATION", "Bearer " TOKEN } }, 0, true, "a bearer" },
		{ { { "HTTP_DAP_AUTH_TOKEN", TOKEN } }, 0, true, "DAP-Auth-Token" },
		{ { { "HTTP_AUTHORIZATION", "bearer " TOKEN }, { "HTTP_DAP_AUTH_TOKEN", TOKEN } }, 0, true, "both, alike" },
		{ { { NULL, NULL } }, 0, false, "none" },
		{ { { "HTTP_AUTHORIZATION", "Bearer " TOKEN }, { "HTTP_DAP_AUTH_TOKEN", "other" } }, -1, false, "both, different" },
		{ { { "HTTP_AUTHORIZATION", "Basic abc" } }, -1, false, "another scheme" },
	};
	char hex[SHA256_HEX];

	sha256_hex(hex, TOKEN, strlen(TOKEN));
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		CLEANUP(json_put) struct json_object *auth = NULL;
		struct auth_id id = { .mode = AUTH_NONE };
		struct err e = ERR_INIT;
		struct request r;

		open_request(&r, "POST", "/dap/09/x", NULL, NULL, row[i].header);
		is_int(auth_dap(&r.rq, &id, &e), row[i].rc, "%s", row[i].what);
		if (row[i].rc == 0) {
			char want[128];

			auth = auth_object(&r.rq, &id);
			snprintf(want, sizeof(want), row[i].shown ? "{\"mode\":\"dap\",\"sha256\":\"%s\"}" : "{\"mode\":\"dap\",\"sha256\":null}", hex);
			is_str(json_text(auth), want, "is its digest and no more");
		} else {
			is_int(e.code, ERR_FORBIDDEN, "is refused");
		}
		req_release(&r.rq);
	}
}

static void
test_problems(void)
{
	struct request r;
	struct resp rs;
	struct err e = ERR_INIT;

	resp_init(&rs);
	open_request(&r, "PUT", "/dap/09/tasks/x", TASK, NULL, NULL);
	dap_refuse_word(&r.rq, &rs, "batchOverlap", "some of it", 0);
	is_int(rs.status, 400, "a word of the protocol has its status");
	ok(strstr(resp_refusal(&rs), "\"type\":\"urn:ietf:params:ppm:dap:error:batchOverlap\"") != NULL &&
	    strstr(resp_refusal(&rs), "\"taskid\":\"" TASK "\"") != NULL && strstr(resp_refusal(&rs), "\"detail\":\"some of it\"") != NULL,
	    "its type, the task, what was said");
	dap_refuse_word(&r.rq, &rs, "RATE_LIMITED", "slow down", 1500);
	ok(rs.status == 429 && resp_has_header(&rs, "Retry-After") && strstr(resp_refusal(&rs), "about:blank") != NULL,
	    "a word of the other services is one of HTTP's");
	dap_refuse_word(&r.rq, &rs, "unavailable", NULL, 0);
	ok(rs.status == 503 && resp_has_header(&rs, "Retry-After"), "who comes later is told when");
	err_set(&e, ERR_SYS, "/secret/path: denied");
	resp_error(&rs, &r.rq, &e, 0);
	ok(rs.status == 500 && strstr(resp_refusal(&rs), "secret") == NULL, "a failure of ours tells nothing");
	err_set(&e, ERR_FORBIDDEN, "who are you");
	resp_error(&rs, &r.rq, &e, 0);
	ok(rs.status == 403 && strstr(resp_refusal(&rs), "unauthorizedRequest") != NULL, "an error of the dispatcher is a problem, too");
	req_release(&r.rq);
	resp_release(&rs);
}

int
main(void)
{
	test_profiles();
	test_ids();
	test_media();
	test_tokens();
	test_problems();
	return done_testing();
}
