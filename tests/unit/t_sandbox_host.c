/* What touches the host: uid ranges, the runtime's pid file, groups (as root only). */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../worker/sandbox/cgroup.h"
#include "../../worker/sandbox/host.h"
#include "../../worker/sandbox/oci.h"
#include "../../worker/sandbox/oci_said.h"
#include "../tap.h"

#define BASE 3000000000u

static void
test_ids(void)
{
	CLEANUP(cleanup_close) int one = -1, two = -1, again = -1;
	struct err e = ERR_INIT;
	uid_t a = 0, b = 0, c = 0;

	is_int(host_claim_ids(&a, &one, BASE, &e), 0, "a range");
	is_int(host_claim_ids(&b, &two, BASE, &e), 0, "another");
	ok(a != b && b - a == HOST_ID_RANGE, "they do not meet");
	cleanup_close(&one);
	is_int(host_claim_ids(&c, &again, BASE, &e), 0, "what was given back");
	is_int(c, a, "is had again");
	is_int(host_claim_ids(&c, &again, 4294901760u, &e), 0, "the last range there is");
}

static void
test_pid_file(void)
{
	static const struct { const char *text; int rc; } rows[] = {
		{ "1234", 0 }, { "1234\n", 0 }, { "", -1 }, { "\n", -1 }, { "0", -1 }, { "1", -1 }, { "-5", -1 },
		{ "12x", -1 }, { "99999999999999999999", -1 }, { " 12", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		pid_t pid = 7;

		is_int(oci_pid_parse(rows[i].text, strlen(rows[i].text), &pid), rows[i].rc, "pid file %zu", i);
		is_int(pid, rows[i].rc == 0 ? 1234 : 7, "its value");
	}
}

static void
test_group(void)
{
	CLEANUP(cg_release) struct cg_host h = { .n_roots = 0 };
	const struct cg_limits limits = { .memory_bytes = 64 << 20, .pids = 8, .cpus = 1 };
	const struct cg_limits more = { .memory_bytes = 128 << 20, .pids = 16, .cpus = 2 };
	struct err e = ERR_INIT;
	char name[CG_NAME_MAX + 4], prefix[CG_NAME_MAX];
	pid_t pid;
	int status;

	if (geteuid() != 0 || cg_probe(&h, &e) == -1 || !cg_has(&h, CG_MEMORY)) {
		ok(true, "groups # SKIP %s", geteuid() != 0 ? "needs root" : "no memory controller");
		return;
	}
	is_int(cg_prefix(prefix, sizeof(prefix), "unit", &e), 0, "a prefix");
	snprintf(name, sizeof(name), "%s-j1", prefix);
	is_int(cg_make(&h, name, &e), 0, "a group (%s)", e.msg);
	is_int(cg_make(&h, name, &e), -1, "not twice");
	is_int(cg_limit(&h, name, &limits, &e), 0, "with limits (%s)", e.msg);
	is_int(cg_limit(&h, name, &more, &e), 0, "and with higher ones (%s)", e.msg);
	ok(cg_empty(&h, name), "empty");
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	is_int(cg_join(&h, name, pid, &e), 0, "a process joins (%s)", e.msg);
	ok(!cg_empty(&h, name) && !cg_remove(&h, name), "then it cannot be removed");
	ok(cg_read(&h, name, CG_MEMORY_NOW) >= 0 && cg_read(&h, name, CG_CPU_US) >= 0, "figures");
	is_int(cg_read(&h, name, CG_OOM_KILLS), 0, "no kill yet");
	is_int(cg_sweep(&h, "unit"), 0, "a sweep leaves what lives");
	cg_kill(&h, name);
	is_int(waitpid(pid, &status, 0), pid, "killed");
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "by SIGKILL");
	ok(cg_clear(&h, name), "cleared");
	ok(cg_read(&h, name, CG_MEMORY_NOW) == -1, "gone");
}

static void
test_sweep(void)
{
	CLEANUP(cg_release) struct cg_host h = { .n_roots = 0 };
	struct err e = ERR_INIT;
	int status;
	pid_t pid;

	if (geteuid() != 0 || cg_probe(&h, &e) == -1 || !cg_has(&h, CG_MEMORY)) {
		ok(true, "sweep # SKIP %s", geteuid() != 0 ? "needs root" : "no memory controller");
		return;
	}
	pid = fork();
	if (pid == 0) {
		char prefix[CG_NAME_MAX], name[CG_NAME_MAX + 4];
		pid_t left;

		/* A sandbox that makes a group, leaves a process in it, and dies. */
		if (cg_prefix(prefix, sizeof(prefix), "unit", &e) == -1)
			_exit(1);
		snprintf(name, sizeof(name), "%s-j1", prefix);
		if (cg_make(&h, name, &e) == -1 || (left = fork()) == -1)
			_exit(2);
		if (left == 0)
			for (;;)
				pause();
		_exit(cg_join(&h, name, left, &e) == 0 ? 0 : 3);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "somebody leaves a group with a process");
	is_int(cg_sweep(&h, "other"), 0, "another instance leaves it alone");
	is_int(cg_sweep(&h, "unit"), 1, "its own instance removes it");
	is_int(cg_sweep(&h, "unit"), 0, "once");
}

int
main(void)
{
	test_ids();
	test_pid_file();
	test_group();
	test_sweep();
	return done_testing();
}
