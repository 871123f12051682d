/* Counters that all processes share, and gauges that vanish with theirs. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../fcgi/metrics.h"
#include "../../lib/base/cleanup.h"
#include "../tap.h"

static const struct handler h;
static const struct route table[] = {
	{ "GET", "/a/{id}", &h, "", 0, "" },
	{ .method = NULL },
};

static bool
says(const char *line)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;

	metrics_render(&b);
	return !b.failed && strstr(b.data, line) != NULL;
}

/* A serving process, as far as its counters go. */
static void
process(size_t slot)
{
	pid_t pid = fork();

	if (pid == 0) {
		metrics_process(slot);
		metrics_request(&table[0], 200);
		metrics_request(NULL, 404);
		metrics_request(&table[0], 799);
		metrics_auth_refused(ERR_FORBIDDEN);
		metrics_gauge(GAUGE_PARKED, 3);
		metrics_beat(7);
		_exit(0);
	}
	if (pid == -1 || waitpid(pid, NULL, 0) != pid)
		abort();
}

int
main(void)
{
	struct err e = ERR_INIT;

	is_int(metrics_map(table, 2, &e), 0, "mapped before the processes start");
	process(0);
	process(1);
	ok(says("darkroom_compute_requests_total{method=\"GET\",route=\"/a/{id}\",status=\"200\"} 2\n"), "requests of both are counted");
	ok(says("route=\"none\",status=\"404\"} 2\n"), "those without a route, too");
	ok(says("route=\"/a/{id}\",status=\"0\"} 2\n"), "and a status that has no column of its own");
	ok(says("darkroom_compute_auth_refused_total{code=\"FORBIDDEN\"} 2\n"), "callers refused");
	ok(says("\ndarkroom_fcgi_parked 6\n"), "gauges are summed");
	is_int(metrics_last_beat(1), 7, "a process tells when its loop last turned");
	metrics_gone(1);
	ok(says("\ndarkroom_fcgi_parked 3\n"), "a process that ended has no gauges");
	ok(says("status=\"200\"} 2\n"), "but what it counted stays");
	return done_testing();
}
