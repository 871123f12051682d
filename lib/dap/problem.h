#ifndef DAP_PROBLEM_H
#define DAP_PROBLEM_H
#include "../base/buf.h"
#include "../base/err.h"
#include "profile.h"
/*
 * Why a request is refused.  Both profiles use one list of words; a row says the
 * HTTP status and what the profile calls it, where it has a name for it.
 */
enum dap_word {
	DAP_WORD_NONE,
	DAP_WORD_INVALID_MESSAGE, DAP_WORD_UNRECOGNIZED_TASK, DAP_WORD_UNRECOGNIZED_JOB, DAP_WORD_OUTDATED_CONFIG,
	DAP_WORD_REPORT_REJECTED, DAP_WORD_REPORT_TOO_EARLY, DAP_WORD_BATCH_INVALID, DAP_WORD_INVALID_BATCH_SIZE,
	DAP_WORD_QUERIED_TOO_OFTEN, DAP_WORD_BATCH_MISMATCH, DAP_WORD_MISSING_TASK_ID, DAP_WORD_STEP_MISMATCH,
	DAP_WORD_BATCH_OVERLAP, DAP_WORD_UNAUTHORIZED, DAP_WORD_INVALID_AGG_PARAM, DAP_WORD_UNSUPPORTED_EXTENSION,
	DAP_WORD_INVALID_EXTENSION,
	/* of HTTP, not of DAP: type about:blank */
	DAP_WORD_NOT_FOUND, DAP_WORD_METHOD, DAP_WORD_CONFLICT, DAP_WORD_TOO_LARGE, DAP_WORD_MEDIA_TYPE,
	DAP_WORD_TOO_MANY, DAP_WORD_INTERNAL, DAP_WORD_UNAVAILABLE,
	DAP_WORD_MAX
};
/* dap_word_text: "invalidMessage", …, "conflict", "unavailable": what SQL answers.
 * dap_word_of: DAP_WORD_MAX for a text of none. */
const char *dap_word_text(enum dap_word w);
enum dap_word dap_word_of(const char *text);
int dap_word_status(enum dap_word w);	/* 400, 403, 404, 405, 409, 413, 415, 429, 500, 503 */
/* dap_word_final(w): it is about a batch, and its aggregator can never say otherwise later.  Any other word is about
 * the two parties (a task that is not there yet, a token), and passes. */
bool dap_word_final(enum dap_word w);
/* dap_word_from_err(code): how a refusal of ours is said to a peer. */
enum dap_word dap_word_from_err(enum err_code code);

#define DAP_UNSUPPORTED_MAX 16
/* Why a message was refused; the caller's, untouched on success. */
struct dap_fault {
	enum dap_word word;
	char	what[128];		/* "report 3: helper's share: payload is cut" */
	uint16_t unsupported[DAP_UNSUPPORTED_MAX];	/* of DAP_WORD_UNSUPPORTED_EXTENSION; the first ones */
	size_t	unsupported_n;
};
#define DAP_FAULT_INIT	{ .word = DAP_WORD_NONE }
/* dap_fault_set(f, word, fmt, ...): fill f (NULL is fine), return -1. */
int dap_fault_set(struct dap_fault *f, enum dap_word word, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* dap_fault_err(f, e): the same as ERR_INVALID_REQUEST, for who asks; returns -1. */
int dap_fault_err(const struct dap_fault *f, struct err *e);

#define DAP_PROBLEM_MEDIA	"application/problem+json"
#define DAP_PROBLEM_URN		"urn:ietf:params:ppm:dap:error:"
/*
 * dap_problem_put(b, p, f, task_id, request_id): append the problem document
 *   {"type","title","status","detail"?,"taskid"?,"requestId"?,"unsupported_extensions"?}
 * task_id is base64url text, request_id text; both may be NULL.  p NULL: of no profile.
 */
void dap_problem_put(struct buf *b, const struct dap_profile *p, const struct dap_fault *f, const char *task_id,
    const char *request_id);
/*
 * dap_problem_read(f, body, n, status): what a peer's answer of that status says:
 * its type when it is one of DAP, else what the status says; detail goes into
 * what.  True: it was of DAP, so an aggregator said it and no proxy on the way.
 * For any bytes.
 */
bool dap_problem_read(struct dap_fault *f, const char *body, size_t n, int status);
#endif
