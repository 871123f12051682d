/* What is said of refusals, and what a peer's refusal is understood as; media types and words of both profiles. */
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/dap/problem.h"
#include "../tap.h"

static const struct dap_profile *const profiles[] = { &dap_09, &dap_18, NULL };
#define URN DAP_PROBLEM_URN

/* What one profile says is understood as the same word, or as the one that took its place. */
static void
test_both_ways(void)
{
	for (unsigned w = DAP_WORD_NONE + 1; w < DAP_WORD_MAX; w++) {
		is_int(dap_word_of(dap_word_text(w)), w, "%s is a word", dap_word_text(w));
		for (size_t i = 0; i < sizeof(profiles) / sizeof(*profiles); i++) {
			CLEANUP(buf_release) struct buf b = BUF_INIT;
			CLEANUP(json_put) struct json_object *o = NULL;
			struct dap_fault f = DAP_FAULT_INIT, got = DAP_FAULT_INIT;
			const char *type = "";
			int64_t status = 0;

			dap_fault_set(&f, w, "because");
			dap_problem_put(&b, profiles[i], &f, "dGFzaw", "request-1");
			ok(json_parse(&o, b.data, b.len, NULL) == 0 && json_get_str(o, "type", 1, 128, &type, NULL) == 0 &&
			    json_get_i64(o, "status", 400, 503, &status, NULL) == 0, "a document: %s", b.data);
			is_int(status, dap_word_status(w), "its status");
			dap_problem_read(&got, b.data, b.len, (int)status);
			is_str(got.what, "because", "its detail");
			if (strncmp(type, URN, strlen(URN)) == 0)
				ok(got.word == w || (profiles[i] == &dap_18 && w == DAP_WORD_QUERIED_TOO_OFTEN &&
				    got.word == DAP_WORD_BATCH_OVERLAP), "is understood");
			else
				is_int(dap_word_status(got.word), dap_word_status(w), "is understood by its status");
		}
	}
}

static void
test_extensions(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct dap_fault f = { .word = DAP_WORD_UNSUPPORTED_EXTENSION, .unsupported = { 23, 42 }, .unsupported_n = 2 };

	dap_problem_put(&b, &dap_18, &f, NULL, NULL);
	ok(strstr(b.data, "\"unsupported_extensions\":[23,42]") != NULL, "%s", b.data);
	ok(strstr(b.data, "taskid") == NULL && strstr(b.data, "detail") == NULL, "what is not known is left out");
}

/* Answers that are no documents of ours. */
static void
test_strange(void)
{
	static const struct { const char *body; int status; enum dap_word word; } rows[] = {
		{ "", 400, DAP_WORD_INVALID_MESSAGE }, { "<html>", 404, DAP_WORD_NOT_FOUND }, { "{}", 413, DAP_WORD_TOO_LARGE },
		{ "[]", 409, DAP_WORD_CONFLICT }, { "{\"type\":\"" URN "nothing\"}", 401, DAP_WORD_UNAUTHORIZED },
		{ "{\"type\":\"" URN "stepMismatch\"}", 400, DAP_WORD_STEP_MISMATCH },
		{ "{\"type\":\"" URN "conflict\"}", 400, DAP_WORD_INVALID_MESSAGE }, { "{\"type\":17}", 504, DAP_WORD_INTERNAL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dap_fault f = DAP_FAULT_INIT;

		is_int(dap_problem_read(&f, rows[i].body, strlen(rows[i].body), rows[i].status),
		    rows[i].word == DAP_WORD_STEP_MISMATCH, "of DAP or not");
		is_str(dap_word_text(f.word), dap_word_text(rows[i].word), "%d with '%s'", rows[i].status, rows[i].body);
	}
}

static void
test_errors_of_ours(void)
{
	is_int(dap_word_from_err(ERR_CONFLICT), DAP_WORD_CONFLICT, "409");
	is_int(dap_word_from_err(ERR_FORBIDDEN), DAP_WORD_UNAUTHORIZED, "403");
	is_int(dap_word_from_err(ERR_UNAUTHORIZED), DAP_WORD_UNAUTHORIZED, "401 is 403 here");
	is_int(dap_word_from_err(ERR_VALIDATION), DAP_WORD_INVALID_MESSAGE, "400");
	is_int(dap_word_from_err(ERR_BACKPRESSURE), DAP_WORD_UNAVAILABLE, "503");
	is_int(dap_word_from_err(ERR_DB), DAP_WORD_INTERNAL, "what is ours stays ours");
}

static void
test_media(void)
{
	static const struct { const char *type; const struct dap_profile *p; bool good; } rows[] = {
		{ "application/dap-report", &dap_09, true }, { "Application/DAP-report", &dap_09, true },
		{ " application/dap-report ", &dap_09, true }, { "application/dap-reports", &dap_09, false },
		{ "application/dap-report;x=1", &dap_09, false }, { "application/dap-report, text/plain", &dap_09, false },
		{ "application/ppm-dap;message=upload-req", &dap_18, true }, { "application/ppm-dap; message=upload-req", &dap_18, true },
		{ "application/ppm-dap ;\tmessage=\"upload-req\"", &dap_18, true },
		{ "application/ppm-dap;message=\"upload-req", &dap_18, false }, { "application/ppm-dap", &dap_18, false },
		{ "application/ppm-dap;message=upload-errors", &dap_18, false },
		{ "application/ppm-dap;message=upload-req;v=1", &dap_18, false }, { "application/dap-report", &dap_18, false },
		{ "", &dap_09, false }, { NULL, &dap_09, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		is_int(dap_media_is(rows[i].p, DAP_MEDIA_REPORT, rows[i].type), rows[i].good, "%s of %s",
		    rows[i].type != NULL ? rows[i].type : "nothing", rows[i].p->name);
	ok(!dap_media_is(&dap_09, DAP_MEDIA_UPLOAD_ERRORS, "application/dap-upload-errors"), "09 has no upload errors");
	for (unsigned m = 0; m < DAP_MEDIA_MAX; m++)
		ok(dap_media_is(&dap_18, m, dap_18.media[m]), "%s is itself", dap_18.media[m]);
}

/* Each outcome has a number in both profiles, which is read as what was said. */
static void
test_report_errors(void)
{
	for (unsigned w = DAP_ACCEPTED + 1; w < DAP_REPORT_ERROR_MAX; w++) {
		is_int(dap_report_error_of(dap_report_error_word(w)), w, "%s is a word", dap_report_error_word(w));
		for (size_t i = 0; i < 2; i++) {
			const struct dap_profile *p = profiles[i];
			const enum dap_report_error said = p->said_as[w] != DAP_ACCEPTED ? p->said_as[w] : w;

			is_int(dap_report_error_from(p, dap_report_error_wire(p, w)), said, "in %s it is said as %s", p->name,
			    dap_report_error_word(said));
		}
	}
	is_int(dap_report_error_wire(&dap_09, DAP_VDAF_PREP_ERROR), 5, "vdaf_prep_error of 09");
	is_int(dap_report_error_wire(&dap_18, DAP_VDAF_PREP_ERROR), 6, "vdaf_verify_error of 18");
	is_int(dap_report_error_from(&dap_18, 0), DAP_REPORT_ERROR_MAX, "18 has no 0");
	is_int(dap_report_error_from(&dap_09, 255), DAP_REPORT_ERROR_MAX, "nor 09 255");
	ok(dap_profile_of("09") == &dap_09 && dap_profile_of("18") == &dap_18 && dap_profile_of("9") == NULL, "profiles by name");
	for (unsigned r = 0; r < DAP_ROLE_MAX; r++)
		is_int(dap_role_of(dap_role_word(r)), r, "%s", dap_role_word(r));
}

int
main(void)
{
	test_both_ways();
	test_extensions();
	test_strange();
	test_errors_of_ours();
	test_media();
	test_report_errors();
	return done_testing();
}
