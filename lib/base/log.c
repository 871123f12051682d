#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "json.h"

#define LINE_MAX_BYTES	4096	/* PIPE_BUF: a pipe takes such a line whole */
#define VALUE_MAX	1024	/* bytes of one text value */

static const char *const levels[] = { "debug", "info", "warn", "error" };

/*
 * Every field name that a line may have, sorted.  A name is here because
 * somebody looked at what its values can say about people and their data.
 */
static const char *const known_fields[] = {
	"age_ms", "asset_id", "attempt", "bytes", "code", "computation_id",
	"conns", "container", "count", "digest", "duration_ms", "error",
	"exit_code",
	"field", "finished", "have", "image", "job_id", "jobs", "kind", "lane",
	"lease_id", "means", "method", "name", "nice", "peer_id", "pid", "principal",
	"processes", "publish_ms", "reason", "request_id", "requests", "route",
	"run_ms", "runner_pid", "running", "sha256", "signal", "slot",
	"start_ms", "startup_ms", "state", "statement", "status", "sys",
	"tenant", "token_id", "total_ms", "trace_id", "version", "wait_ms",
	"want", "weight", "what", "why", "worker",
};

static const char *service = "darkroom";
static enum log_level min_level = LOG_INFO;
static bool holding;
static struct buf held = BUF_INIT_MAX(LINE_MAX_BYTES);	/* lines not written yet */

void
log_init(const char *svc, enum log_level min)
{
	service = svc;
	min_level = min;
}

/*
 * field_known: a name outside the list stops a build under a sanitizer, where
 * tests run; in production the field is left out and the event goes on.
 */
static int
by_name(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static bool
field_known(const char *key)
{
	if (bsearch(key, known_fields, sizeof(known_fields) / sizeof(*known_fields), sizeof(*known_fields), by_name) != NULL)
		return true;
#ifdef __SANITIZE_ADDRESS__
	fprintf(stderr, "log field \"%s\" is not in the list of log.c\n", key);
	abort();
#endif
	return false;
}

static void
add_key(struct buf *b, const char *key)
{
	buf_adds(b, ",\"");
	buf_adds(b, key);
	buf_adds(b, "\":");
}

static void
add_text(struct buf *b, const char *key, const char *s)
{
	add_key(b, key);
	if (s == NULL) {
		buf_adds(b, "null");
		return;
	}
	buf_addc(b, '"');
	json_escape(b, s, strnlen(s, VALUE_MAX));
	buf_addc(b, '"');
}

static void
add_error(struct buf *b, const struct err *e)
{
	add_text(b, "error", e->msg);
	add_text(b, "code", err_info(e->code)->word);
	if (e->sys != 0)
		buf_addf(b, ",\"sys\":%d", e->sys);
	if (e->sqlstate[0] != '\0')
		add_text(b, "sqlstate", e->sqlstate);
}

static void
add_field(struct buf *b, const struct log_field *f)
{
	if (!field_known(f->key))
		return;
	switch (f->type) {
	case LOGF_STR:
		add_text(b, f->key, f->s);
		break;
	case LOGF_I64:
		buf_addf(b, ",\"%s\":%" PRId64, f->key, f->i);
		break;
	case LOGF_ERR:
		add_error(b, f->e);
		break;
	}
}

/* The second of a time, written once a second. */
static const char *
second_text(time_t sec)
{
	static time_t last = -1;
	static char text[32];
	struct tm tm;

	if (sec != last) {
		gmtime_r(&sec, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		last = sec;
	}
	return text;
}

static void
add_head(struct buf *b, enum log_level level, const char *event)
{
	int64_t us = clock_wall_us();

	buf_addf(b, "{\"ts\":\"%s.%06dZ\",\"level\":\"%s\",\"svc\":\"%s\","
	    "\"pid\":%d,\"event\":\"%s\"", second_text((time_t)(us / 1000000)), (int)(us % 1000000),
	    levels[level], service, (int)getpid(), event);
}

/* One write, so that lines of several processes never mix; a reader that went
 * away or a full disk must not stop the daemon. */
static void
put(const struct buf *b)
{
	ssize_t n = write(STDERR_FILENO, b->data, b->len);

	(void)n;
}

void
log_flush(void)
{
	if (held.len > 0)
		put(&held);
	buf_reset(&held);
}

void
log_hold(void)
{
	if (!holding)
		atexit(log_flush);
	holding = true;
}

/* What is urgent goes out at once, after what came before it. */
static void
emit(const struct buf *line, enum log_level level)
{
	if (!holding) {
		put(line);
		return;
	}
	if (held.len + line->len > LINE_MAX_BYTES)
		log_flush();
	buf_add(&held, line->data, line->len);
	if (level >= LOG_WARN)
		log_flush();
}

int
log_level_parse(enum log_level *out, const char *word)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(levels[i], word) == 0) {
			*out = (enum log_level)i;
			return 0;
		}
	return -1;
}

void
log_event(enum log_level level, const char *event,
    const struct log_field *fields)
{
	struct buf b = BUF_INIT_MAX(LINE_MAX_BYTES);

	if (level < min_level)
		return;
	add_head(&b, level, event);
	for (const struct log_field *f = fields; f->key != NULL; f++)
		add_field(&b, f);
	if (b.failed) {		/* too long: the event still counts */
		buf_reset(&b);
		add_head(&b, level, event);
	}
	buf_adds(&b, "}\n");
	if (!b.failed)
		emit(&b, level);
	buf_release(&b);
}
