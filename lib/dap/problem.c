#include "problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/json.h"

#define PROBLEM_MAX	16384	/* bytes of a peer's document that are looked at */

/*
 * One row a word.  in_18: what profile 18 calls it; NULL where it has no such
 * type.  Source: draft-09 section 3.3 (table), draft-18 "Errors".
 */
static const struct row {
	const char *word, *title;
	int	status;
	bool	dap;		/* has a type in 09 */
	const char *in_18;
} rows[DAP_WORD_MAX] = {
	[DAP_WORD_NONE] = { "none", "No problem", 200, false, NULL },
	[DAP_WORD_INVALID_MESSAGE] = { "invalidMessage", "The message is not well formed or not valid", 400, true,
	    "invalidMessage" },
	[DAP_WORD_UNRECOGNIZED_TASK] = { "unrecognizedTask", "No such task here", 400, true, "unrecognizedTask" },
	[DAP_WORD_UNRECOGNIZED_JOB] = { "unrecognizedAggregationJob", "No such aggregation job", 400, true,
	    "unrecognizedAggregationJob" },
	[DAP_WORD_OUTDATED_CONFIG] = { "outdatedConfig", "The HPKE configuration is not known or not used any more",
	    400, true, NULL },
	[DAP_WORD_REPORT_REJECTED] = { "reportRejected", "The report cannot be taken", 400, true, NULL },
	[DAP_WORD_REPORT_TOO_EARLY] = { "reportTooEarly", "The report is of the future", 400, true, NULL },
	[DAP_WORD_BATCH_INVALID] = { "batchInvalid", "The query does not name a batch that can be collected", 400,
	    true, "batchInvalid" },
	[DAP_WORD_INVALID_BATCH_SIZE] = { "invalidBatchSize", "The batch has too few reports", 400, true,
	    "invalidBatchSize" },
	[DAP_WORD_QUERIED_TOO_OFTEN] = { "batchQueriedTooManyTimes", "The batch was collected before", 400, true,
	    "batchOverlap" },
	[DAP_WORD_BATCH_MISMATCH] = { "batchMismatch", "The aggregators do not agree on the reports of the batch", 400,
	    true, "batchMismatch" },
	[DAP_WORD_MISSING_TASK_ID] = { "missingTaskID", "The request names no task", 400, true, NULL },
	[DAP_WORD_STEP_MISMATCH] = { "stepMismatch", "The aggregators do not agree on the step of the job", 400, true,
	    "stepMismatch" },
	[DAP_WORD_BATCH_OVERLAP] = { "batchOverlap", "Some reports of the batch were collected in another", 400, true,
	    "batchOverlap" },
	[DAP_WORD_UNAUTHORIZED] = { "unauthorizedRequest", "The request is not authorized", 403, true, NULL },
	[DAP_WORD_INVALID_AGG_PARAM] = { "invalidAggregationParameter", "The aggregation parameter is not valid", 400,
	    false, "invalidAggregationParameter" },
	[DAP_WORD_UNSUPPORTED_EXTENSION] = { "unsupportedExtension", "An extension is not known", 400, false,
	    "unsupportedExtension" },
	[DAP_WORD_INVALID_EXTENSION] = { "invalidExtension", "Extensions are out of order or not valid", 400, false,
	    "invalidExtension" },
	[DAP_WORD_NOT_FOUND] = { "notFound", "Nothing is here", 404, false, NULL },
	[DAP_WORD_METHOD] = { "method", "The method is not for this resource", 405, false, NULL },
	[DAP_WORD_CONFLICT] = { "conflict", "Another body was sent under this id", 409, false, NULL },
	[DAP_WORD_TOO_LARGE] = { "tooLarge", "The body is too large", 413, false, NULL },
	[DAP_WORD_MEDIA_TYPE] = { "mediaType", "The media type is not that of this resource", 415, false, NULL },
	[DAP_WORD_TOO_MANY] = { "tooMany", "Too many requests", 429, false, NULL },
	[DAP_WORD_INTERNAL] = { "internal", "Something failed here", 500, false, NULL },
	[DAP_WORD_UNAVAILABLE] = { "unavailable", "Not now: try again later", 503, false, NULL },
};

const char *
dap_word_text(enum dap_word w)
{
	return rows[w].word;
}

enum dap_word
dap_word_of(const char *text)
{
	for (unsigned w = 0; w < DAP_WORD_MAX; w++)
		if (strcmp(rows[w].word, text) == 0)
			return w;
	return DAP_WORD_MAX;
}

int
dap_word_status(enum dap_word w)
{
	return rows[w].status;
}

bool
dap_word_final(enum dap_word w)
{
	static const bool is[DAP_WORD_MAX] = { [DAP_WORD_BATCH_MISMATCH] = true, [DAP_WORD_INVALID_BATCH_SIZE] = true,
	    [DAP_WORD_BATCH_OVERLAP] = true, [DAP_WORD_QUERIED_TOO_OFTEN] = true, [DAP_WORD_BATCH_INVALID] = true };

	return is[w];
}

/* word_of_status: what a status says by itself. */
static enum dap_word
word_of_status(int status)
{
	for (unsigned w = DAP_WORD_NOT_FOUND; w < DAP_WORD_MAX; w++)
		if (rows[w].status == status)
			return w;
	if (status == 401 || status == 403)
		return DAP_WORD_UNAUTHORIZED;
	return status < 500 ? DAP_WORD_INVALID_MESSAGE : DAP_WORD_INTERNAL;
}

enum dap_word
dap_word_from_err(enum err_code code)
{
	return word_of_status(err_info(code)->http);
}

int
dap_fault_set(struct dap_fault *f, enum dap_word word, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL)
		return -1;
	*f = (struct dap_fault){ .word = word };
	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
	return -1;
}

int
dap_fault_err(const struct dap_fault *f, struct err *e)
{
	return err_set(e, ERR_INVALID_REQUEST, "%s: %s", rows[f->word].word,
	    f->what);
}

/* type: the URN's last word in that profile, or NULL. */
static const char *
type_in(const struct dap_profile *p, enum dap_word w)
{
	if (p == &dap_18)
		return rows[w].in_18;
	return rows[w].dap ? rows[w].word : NULL;
}

void
dap_problem_put(struct buf *b, const struct dap_profile *p,
    const struct dap_fault *f, const char *task_id, const char *request_id)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	const char *type = p != NULL ? type_in(p, f->word) : NULL;
	char urn[96] = "about:blank";

	if (type != NULL)
		snprintf(urn, sizeof(urn), "%s%s", DAP_PROBLEM_URN, type);
	json_add_str(o, "type", urn);
	json_add_str(o, "title", rows[f->word].title);
	json_add_i64(o, "status", rows[f->word].status);
	if (f->what[0] != '\0')
		json_add_str(o, "detail", f->what);
	if (task_id != NULL)
		json_add_str(o, "taskid", task_id);
	if (request_id != NULL)
		json_add_str(o, "requestId", request_id);
	if (f->word == DAP_WORD_UNSUPPORTED_EXTENSION) {
		struct json_object *list = json_object_new_array();

		for (size_t i = 0; i < f->unsupported_n; i++)
			json_object_array_add(list,
			    json_object_new_int(f->unsupported[i]));
		json_add(o, "unsupported_extensions", list);
	}
	buf_adds(b, json_text(o));
}

/* word_of_type: the row whose type a document names, in either profile. */
static enum dap_word
word_of_type(const char *type)
{
	const size_t urn = strlen(DAP_PROBLEM_URN);

	if (strncmp(type, DAP_PROBLEM_URN, urn) != 0)
		return DAP_WORD_MAX;
	for (unsigned w = 0; w < DAP_WORD_MAX; w++)
		if ((rows[w].dap || rows[w].in_18 != NULL) &&
		    strcmp(rows[w].word, type + urn) == 0)
			return w;
	return DAP_WORD_MAX;
}

/* printable: what a peer says may reach a terminal and a log. */
static void
printable(char *out, size_t max, const char *s)
{
	size_t n = 0;

	for (; *s != '\0' && n + 1 < max; s++)
		out[n++] = *s >= ' ' && *s <= '~' ? *s : '?';
	out[n] = '\0';
}

bool
dap_problem_read(struct dap_fault *f, const char *body, size_t n, int status)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	const char *type = "", *detail = "";
	enum dap_word w = DAP_WORD_MAX;

	if (n > 0 && n <= PROBLEM_MAX && json_parse(&o, body, n, NULL) == 0 &&
	    json_object_is_type(o, json_type_object)) {
		(void)json_opt_str(o, "type", 0, 256, &type, NULL);
		(void)json_opt_str(o, "detail", 0, 1024, &detail, NULL);
		w = word_of_type(type);
	}
	*f = (struct dap_fault){
		.word = w != DAP_WORD_MAX ? w : word_of_status(status),
	};
	printable(f->what, sizeof(f->what), detail);
	return w != DAP_WORD_MAX;
}
