#ifndef BASE_LOG_H
#define BASE_LOG_H
#include <stddef.h>
#include <stdint.h>
#include "err.h"
/*
 * One JSON line per event on stderr: {"ts","level","svc","pid","event",...}.
 * Event names are noun.past; field names come from the list in log.c, and
 * an unknown name aborts in sanitizer builds and is left out in others: adding
 * one is a privacy review.
 * Never payloads, tokens, scripts, output, or free text from outside.
 */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_type { LOGF_STR, LOGF_I64, LOGF_ERR };
struct log_field { enum log_type type; const char *key; const char *s; int64_t i; const struct err *e; };
#define F_STR(k, v)	((struct log_field){ .type = LOGF_STR, .key = (k), .s = (v) })
#define F_I64(k, v)	((struct log_field){ .type = LOGF_I64, .key = (k), .i = (int64_t)(v) })
#define F_ERR(v)	((struct log_field){ .type = LOGF_ERR, .key = "error", .e = (v) })
#define LOG_FIELDS(...)	((const struct log_field[]){ __VA_ARGS__ __VA_OPT__(,) { .key = NULL } })
void log_init(const char *svc, enum log_level min);
/* log_level_parse: "debug", "info", "warn", "error"; 0, or -1. */
int log_level_parse(enum log_level *out, const char *word);
/* log_hold(): from now on lines below warn gather, at most 4 KiB of them, and go
 * out together: one write for many.  Who holds calls log_flush() before it waits. */
void log_hold(void);
void log_flush(void);
void log_event(enum log_level level, const char *event, const struct log_field *fields);
#define log_debug(ev, ...)	log_event(LOG_DEBUG, ev, LOG_FIELDS(__VA_ARGS__))
#define log_info(ev, ...)	log_event(LOG_INFO, ev, LOG_FIELDS(__VA_ARGS__))
#define log_warn(ev, ...)	log_event(LOG_WARN, ev, LOG_FIELDS(__VA_ARGS__))
#define log_error(ev, ...)	log_event(LOG_ERROR, ev, LOG_FIELDS(__VA_ARGS__))
#endif
