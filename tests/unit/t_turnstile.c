/* The turnstile: what a runner may begin, what can be taken back, and that no
 * job is both begun and taken back, however the two sides meet. */
#include "../tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/proc/turnstile.h"

#define STORM_JOBS	200000u
#define STORM_STEP	7u	/* jobs granted before each taking back */

static struct turnstile *
fresh(void)
{
	CLEANUP(cleanup_close) int fd = -1;
	struct turnstile *t = turnstile_new(&fd, NULL);

	if (t == NULL)
		abort();
	return t;
}

static void
test_in_order(void)
{
	CLEANUP(turnstile_close) struct turnstile *t = fresh();

	ok(!turnstile_begin(t, 1), "nothing may begin at first");
	turnstile_grant(t, 2);
	is_int(turnstile_running(t, 2), 0, "none runs");
	ok(turnstile_begin(t, 1), "the first may");
	is_int(turnstile_running(t, 2), 1, "it runs");
	turnstile_end(t, 1);
	is_int(turnstile_running(t, 2), 0, "it has ended");
	ok(turnstile_begin(t, 2), "the second may");
	ok(!turnstile_begin(t, 3), "the third was not granted");
}

static void
test_taken_back(void)
{
	CLEANUP(turnstile_close) struct turnstile *t = fresh();

	turnstile_grant(t, 5);
	ok(turnstile_begin(t, 1) && turnstile_begin(t, 2), "two begin");
	is_int(turnstile_revoke(t, 5), 2, "all behind them are taken back");
	ok(!turnstile_begin(t, 3), "and may not begin");
	turnstile_grant(t, 6);
	ok(!turnstile_begin(t, 4), "not when later ones are granted, either");
	ok(turnstile_begin(t, 6), "which may");
	is_int(turnstile_revoke(t, 6), 6, "there was nothing left to take back");
}

static void
test_a_page_that_lies(void)
{
	CLEANUP(turnstile_close) struct turnstile *t = fresh();

	turnstile_grant(t, 3);
	atomic_store(&t->turn, UINT64_MAX);
	is_int(turnstile_running(t, 3), 3, "begun beyond what was sent counts as the last sent");
	is_int(turnstile_revoke(t, 3), 3, "for taking back, too");
}

static void
test_sealed(void)
{
	CLEANUP(cleanup_close) int fd = -1;
	CLEANUP(turnstile_close) struct turnstile *t = turnstile_new(&fd, NULL);

	is_int(ftruncate(fd, 0), -1, "the page cannot be cut off under us");
	is_int(errno, EPERM, "by a seal");
	ok((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "its descriptor is close-on-exec");
	ok(t != NULL && turnstile_open(-1, NULL) == NULL, "no page, no turnstile");
}

/* runner: begin each number in turn as soon as its fate is known, and note it. */
static int
runner(struct turnstile *t, _Atomic uint32_t *sent, char *begun)
{
	for (uint32_t seq = 1; seq <= STORM_JOBS; seq++) {
		while (atomic_load(sent) < seq)
			continue;
		if (turnstile_begin(t, seq)) {
			begun[seq] = 1;
			turnstile_end(t, seq);
		}
	}
	return 0;
}

static void
test_storm(void)
{
	CLEANUP(turnstile_close) struct turnstile *t = fresh();
	const size_t len = STORM_JOBS + 1 + sizeof(uint32_t);
	char *shared = mmap(NULL, len + 64, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	_Atomic uint32_t *sent = (_Atomic uint32_t *)(void *)shared;
	char *begun = shared + sizeof(*sent);
	char *back = calloc(1, STORM_JOBS + 1);
	int status = -1, both = 0, neither = 0, taken = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(runner(t, sent, begun));
	for (uint32_t seq = 1; seq <= STORM_JOBS; seq++) {
		turnstile_grant(t, seq);
		atomic_store(sent, seq);
		if (seq % STORM_STEP != 0)
			continue;
		for (uint32_t k = 0; k < 2000 && atomic_load(&t->ended) + seq / STORM_STEP % STORM_STEP < seq; k++)
			continue;	/* until it is at one or another of its jobs, at best */
		for (uint32_t n = turnstile_revoke(t, seq) + 1; n <= seq; n++)
			back[n] = 1;
	}
	waitpid(pid, &status, 0);
	for (uint32_t seq = 1; seq <= STORM_JOBS; seq++) {
		both += begun[seq] && back[seq];
		neither += !begun[seq] && !back[seq];
		taken += back[seq];
	}
	is_int(status, 0, "the other side ran to its end");
	is_int(both, 0, "no job was begun and taken back");
	is_int(neither, 0, "none was lost between the two (%d of %u taken back)", taken, STORM_JOBS);
	free(back);
	munmap(shared, len + 64);
}

int
main(void)
{
	test_in_order();
	test_taken_back();
	test_a_page_that_lies();
	test_sealed();
	test_storm();
	return done_testing();
}
