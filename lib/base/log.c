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

#define LINE_MAX_BYTES	8192	/* one write of at most PIPE_BUF x 2 */
#define VALUE_MAX	1024	/* bytes of one text value */

static const char *const levels[] = { "debug", "info", "warn", "error" };

/*
 * Every field name that a line may have.  A name is here because somebody
 * looked at what its values can say about people and their data.
 */
static const char *const known_fields[] = {
	"addr", "age_ms", "applied", "asset_id", "attempt", "backoff_ms",
	"bytes", "cgroup", "channel", "children", "claimed", "code",
	"computation_id", "conns", "container", "contract", "count",
	"cpu_ms", "database", "deadline_ms", "digest", "dir", "done",
	"duration_ms", "error", "errors", "exit_code", "fd", "file",
	"fenced", "finished", "from", "held", "host", "id", "image",
	"inflight", "instance", "job_id", "key", "kind", "lane", "lanes",
	"lease_id", "limit", "listen", "lost", "memory_bytes", "method",
	"missing", "mode", "name", "path", "peer_id", "phase", "pid",
	"pool", "principal", "processes", "reason", "reason_code",
	"released", "request_id", "requests", "retry_ms", "route",
	"running", "runtime", "setting", "sha256", "signal", "size", "slot",
	"startup_ms", "state", "status", "stmt", "sys", "tenant",
	"timeout_ms", "to", "token_id", "trace_id", "unit", "user", "version", "waiting",
	"want", "what", "why", "worker",
};

static const char *service = "darkroom";
static enum log_level min_level = LOG_INFO;

void
log_init(const char *svc, enum log_level min)
{
	service = svc;
	min_level = min;
}

static void
check_field(const char *key)
{
#ifndef NDEBUG
	for (size_t i = 0; i < sizeof(known_fields) / sizeof(*known_fields); i++)
		if (strcmp(known_fields[i], key) == 0)
			return;
	fprintf(stderr, "log field \"%s\" is not in the list of log.c\n", key);
	abort();
#else
	(void)key;
#endif
}

static void
add_text(struct buf *b, const char *key, const char *s)
{
	buf_addf(b, ",\"%s\":", key);
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
	check_field(f->key);
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

static void
add_head(struct buf *b, enum log_level level, const char *event)
{
	int64_t us = clock_wall_us();
	time_t sec = (time_t)(us / 1000000);
	struct tm tm;
	char ts[32];

	gmtime_r(&sec, &tm);
	strftime(ts, sizeof(ts), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_addf(b, "{\"ts\":\"%s.%06dZ\",\"level\":\"%s\",\"svc\":\"%s\","
	    "\"pid\":%d,\"event\":\"%s\"", ts, (int)(us % 1000000),
	    levels[level], service, (int)getpid(), event);
}

/* put: one write, so that lines of several processes never mix; a reader that
 * went away or a full disk must not stop the daemon. */
static void
put(const struct buf *b)
{
	ssize_t n = write(STDERR_FILENO, b->data, b->len);

	(void)n;
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
		put(&b);
	buf_release(&b);
}
