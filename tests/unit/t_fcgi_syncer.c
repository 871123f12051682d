/* What waits for the disk does so in a child, which may die and is replaced. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../../fcgi/syncer.h"
#include "../../lib/base/cleanup.h"
#include "../tap.h"

struct seen {
	struct loop *loop;
	int	calls;
	enum err_code code;
};

static void
on_done(void *arg, const struct err *e)
{
	struct seen *s = arg;

	s->calls++;
	s->code = e != NULL ? e->code : ERR_NONE;
	loop_stop(s->loop);
}

/* The only child that this process has; 0: none. */
static pid_t
child_of_ours(void)
{
	char path[64];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f != NULL)
		fclose(f);
	return pid;
}

static void
test_sync(void)
{
	char folder[] = "/tmp/t_fcgi_syncer.XXXXXX", path[64];
	CLEANUP(cleanup_close) int fd = -1;
	struct seen s = { .calls = 0 };
	struct err e = ERR_INIT;
	struct syncer *y;
	pid_t first;

	if (mkdtemp(folder) == NULL || loop_new(&s.loop, &e) == -1)
		exit(1);
	snprintf(path, sizeof(path), "%s/f", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	y = syncer_new(s.loop, folder);
	is_int(child_of_ours(), 0, "no child before there is something to sync");
	ok(write(fd, "abc", 3) == 3 && syncer_start(y, fd, true, on_done, &s, &e) == 0 && syncer_busy(y), "a sync begins");
	loop_run(s.loop, &e);
	ok(s.calls == 1 && s.code == ERR_NONE && !syncer_busy(y), "and ends");
	first = child_of_ours();
	ok(first > 0 && syncer_start(y, fd, false, on_done, &s, &e) == 0, "a second one");
	loop_run(s.loop, &e);
	ok(s.calls == 2 && s.code == ERR_NONE && child_of_ours() == first, "is done by the same child");
	kill(first, SIGSTOP);
	ok(syncer_start(y, fd, false, on_done, &s, &e) == 0 && kill(first, SIGKILL) == 0, "one that dies under a sync");
	loop_run(s.loop, &e);
	ok(s.calls == 3 && s.code == ERR_BACKPRESSURE && !syncer_busy(y), "is told: nothing is known of the bytes");
	ok(syncer_start(y, fd, false, on_done, &s, &e) == 0, "the next sync");
	loop_run(s.loop, &e);
	ok(s.calls == 4 && s.code == ERR_NONE && child_of_ours() != first, "has another child");
	ok(syncer_start(y, fd, false, on_done, &s, &e) == 0, "one that is given up");
	syncer_free(y);
	ok(s.calls == 4 && child_of_ours() == 0, "says nothing and leaves no process");
	loop_free(s.loop);
	unlink(path);
	rmdir(folder);
}

static void
test_unsyncable(void)
{
	struct seen s = { .calls = 0 };
	struct err e = ERR_INIT;
	struct syncer *y;
	int pair[2];

	if (loop_new(&s.loop, &e) == -1 || pipe2(pair, O_CLOEXEC) == -1)
		exit(1);
	y = syncer_new(s.loop, "/nonexistent");
	ok(syncer_start(y, pair[1], false, on_done, &s, &e) == 0, "what cannot be synced");
	loop_run(s.loop, &e);
	ok(s.calls == 1 && s.code == ERR_SYS, "is an error of the system");
	syncer_free(y);
	loop_free(s.loop);
	close(pair[0]);
	close(pair[1]);
}

int
main(void)
{
	test_sync();
	test_unsyncable();
	return done_testing();
}
