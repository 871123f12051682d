/* Log lines: each is JSON of its own, whatever the values are. */
#include "../../lib/base/log.h"

#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../tap.h"

static char line[16384];
static int saved = -1, ends[2];

static void
capture(void)
{
	if (pipe(ends) == -1)
		abort();
	saved = dup(2);
	dup2(ends[1], 2);
}

/* release: what was logged meanwhile, as text and parsed. */
static struct json_object *
release(void)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;
	ssize_t n;

	dup2(saved, 2);
	close(saved);
	close(ends[1]);
	n = read(ends[0], line, sizeof(line) - 1);
	close(ends[0]);
	line[n] = '\0';
	if (n > 0)
		json_parse(&o, line, (size_t)n, &e);
	return o;
}

static void
test_line(void)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	struct err e = { .code = ERR_DB, .sqlstate = "40001", .msg = "a \"b\"" };
	const char *s = NULL;
	int64_t i = 0;

	log_init("t_log", LOG_INFO);
	capture();
	log_info("job.claimed", F_STR("job_id", "x\"\n\xff"),
	    F_I64("attempt", INT64_MIN), F_STR("reason", NULL), F_ERR(&e));
	o = release();
	ok(o != NULL, "is JSON");
	json_get_str(o, "event", 0, 99, &s, &e);
	is_str(s, "job.claimed", "event");
	json_get_str(o, "svc", 0, 99, &s, &e);
	is_str(s, "t_log", "service");
	json_get_str(o, "job_id", 0, 99, &s, &e);
	is_str(s, "x\"\n\xef\xbf\xbd", "a hostile value is only a value");
	json_get_str(o, "sqlstate", 0, 99, &s, &e);
	is_str(s, "40001", "an error brings its state");
	json_get_i64(o, "pid", 0, INT32_MAX, &i, &e);
	is_int(i, getpid(), "and whose line it is");
	ok(strchr(line, '\n') == line + strlen(line) - 1, "one line");
}

static void
test_too_long(void)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	static char big[4000];

	memset(big, '"', sizeof(big) - 1);
	capture();
	log_warn("file.removed", F_STR("state", big), F_STR("why", big),
	    F_STR("reason", big), F_STR("route", big));
	o = release();
	ok(o != NULL && json_object_object_get_ex(o, "event", NULL),
	    "what is too long leaves the event");
}

static void
test_levels(void)
{
	enum log_level l = LOG_INFO;

	capture();
	log_debug("nothing.happened");
	ok(write(2, "-", 1) == 1 && release() == NULL, "debug is off");
	is_str(line, "-", "and wrote nothing");
	is_int(log_level_parse(&l, "warn"), 0, "a level's word");
	is_int(l, LOG_WARN, "is the level");
	is_int(log_level_parse(&l, "loud"), -1, "no such level");
}

static size_t
lines_in(const char *s)
{
	size_t n = 0;

	for (; (s = strchr(s, '\n')) != NULL; s++)
		n++;
	return n;
}

static void
test_held(void)
{
	struct json_object *o;

	log_hold();
	capture();
	log_info("job.claimed");
	ok(write(2, "-", 1) == 1, "a mark");
	log_flush();
	release();
	ok(line[0] == '-' && lines_in(line) == 1, "a line is held until the flush");
	capture();
	log_info("job.claimed");
	log_warn("file.removed");
	ok(write(2, "-", 1) == 1, "a mark");
	release();
	ok(lines_in(line) == 2 && strstr(line, "job.claimed") < strstr(line, "file.removed") && line[strlen(line) - 1] == '-',
	    "what is urgent goes at once, after what came before it");
	capture();
	for (int i = 0; i < 100; i++)
		log_info("job.claimed", F_I64("attempt", i));
	log_flush();
	o = release();
	json_put(&o);
	is_int((int64_t)lines_in(line), 100, "more than fits together is not lost");
}

int
main(void)
{
	test_line();
	test_too_long();
	test_levels();
	test_held();
	return done_testing();
}
