#ifndef FCGI_FINISH_H
#define FCGI_FINISH_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../lib/base/err.h"
/*
 * The dispatcher's share of an answer: what the row says means for HTTP, the headers every answer has, and the log line of the request.
 */
struct exch;
struct facts;
/* finish_wakes(x, extra): hand ring and announce to the batch. */
void finish_wakes(struct exch *x, struct json_object *extra);
/* finish_unchanged(x, extra): the client holds this version already (If-None-Match). */
bool finish_unchanged(const struct exch *x, const struct facts *f);
/* finish_facts(x, f): ETag, Location, Idempotency-Replayed, RateLimit-*. */
void finish_facts(struct exch *x, const struct facts *f);
/* finish_headers(x): what every answer carries; then seal it and count it. */
void finish_headers(struct exch *x);
/* finish_refusal(x, e, retry_ms): make rs the error answer; count and log a caller refused. */
/* finish_word: a refusal of SQL's, by its word. */
void finish_word(struct exch *x, const char *word, const char *msg, int64_t retry_ms);
void finish_refusal(struct exch *x, const struct err *e, int64_t retry_ms);
/* finish_log_failure(x, e): the details that only our log gets. */
void finish_log_failure(const struct exch *x, const struct err *e);
/* finish_log(x): one line for a request that is over; whole: the answer left. */
void finish_log(const struct exch *x, bool whole);
#endif
