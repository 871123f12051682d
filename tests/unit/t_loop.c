/* The loop and its children: order, removal inside callbacks, signals, exec. */
#include "../../lib/proc/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/clock.h"
#include "../../lib/proc/child.h"
#include "../tap.h"

/* What callbacks leave behind. */
struct trace {
	struct loop *loop;
	struct loop_fd *a, *b;
	struct loop_timer *timer;
	char	text[64];
	int	calls, stop_after;
};

static void
note(struct trace *t, char c)
{
	size_t n = strlen(t->text);

	if (n + 1 < sizeof(t->text))
		t->text[n] = c;
	if (++t->calls == t->stop_after)
		loop_stop(t->loop);
}

static struct trace *now;
static void fire_1(void *arg) { note(arg, '1'); }
static void fire_2(void *arg) { note(arg, '2'); }
static void fire_3(void *arg) { note(arg, '3'); }

static void
test_timers_in_order(void)
{
	struct trace t = { .stop_after = 3 };
	struct loop_timer *timers[100];
	struct err e = ERR_INIT;
	int64_t begin;

	loop_new(&t.loop, &e);
	timers[0] = loop_timer_new(t.loop, fire_1, &t);
	timers[1] = loop_timer_new(t.loop, fire_2, &t);
	timers[2] = loop_timer_new(t.loop, fire_3, &t);
	loop_timer_set(timers[2], 30);
	loop_timer_set(timers[0], 10);
	loop_timer_set(timers[1], 1000);
	loop_timer_set(timers[1], 20);		/* setting again moves it */
	for (int i = 3; i < 100; i++) {		/* cancelled ones never fire */
		timers[i] = loop_timer_new(t.loop, fire_1, &t);
		loop_timer_set(timers[i], (i * 37) % 50);
	}
	for (int i = 99; i >= 3; i -= 2)
		loop_timer_cancel(timers[i]);
	for (int i = 98; i >= 3; i -= 2)
		loop_timer_free(&timers[i]);
	begin = clock_mono_us();
	is_int(loop_run(t.loop, &e), 0, "runs until stopped");
	is_str(t.text, "123", "in order of time");
	ok(clock_mono_us() - begin >= 30000, "none came early");
	for (int i = 0; i < 100; i++)
		loop_timer_free(&timers[i]);
	loop_free(t.loop);
}

static void
again(void *arg)
{
	struct trace *t = arg;

	note(t, 'x');
	loop_timer_set(t->timer, 0);
}

static void
test_timer_that_sets_itself(void)
{
	struct trace t = { .stop_after = 5 };
	struct err e = ERR_INIT;

	loop_new(&t.loop, &e);
	t.timer = loop_timer_new(t.loop, again, &t);
	loop_timer_set(t.timer, 0);
	loop_run(t.loop, &e);
	is_str(t.text, "xxxxx", "fires once for each time it was set");
	loop_timer_free(&t.timer);
	loop_free(t.loop);
}

/* Two ready descriptors; whichever callback runs first removes the other. */
static void
remove_other(void *arg, uint32_t events)
{
	struct loop_fd **self = arg;

	(void)events;
	note(now, self == &now->a ? 'a' : 'b');
	loop_fd_del(self == &now->a ? &now->b : &now->a);
	loop_fd_del(self);
}

static void
test_removed_gets_no_event(void)
{
	struct trace t = { .stop_after = 2 };
	struct err e = ERR_INIT;
	int p[2], q[2];

	now = &t;
	loop_new(&t.loop, &e);
	ok(pipe(p) == 0 && pipe(q) == 0, "two pipes");
	ok(write(p[1], "x", 1) == 1 && write(q[1], "x", 1) == 1, "both ready");
	t.a = loop_fd_add(t.loop, p[0], EPOLLIN, remove_other, &t.a, &e);
	t.b = loop_fd_add(t.loop, q[0], EPOLLIN, remove_other, &t.b, &e);
	t.timer = loop_timer_new(t.loop, fire_1, &t);
	loop_timer_set(t.timer, 20);
	loop_run(t.loop, &e);
	is_int((int64_t)strlen(t.text), 2, "one event, then the timer");
	ok(t.text[1] == '1' && t.a == NULL && t.b == NULL,
	    "the other was gone in the same batch");
	ok(loop_fd_add(t.loop, 9999, EPOLLIN, remove_other, &t.a, &e) == NULL,
	    "no such descriptor");
	is_int(e.sys, EBADF, "is an error with its errno");
	loop_timer_free(&t.timer);
	loop_free(t.loop);
	for (int i = 0; i < 2; i++) {
		close(p[i]);
		close(q[i]);
	}
}

static void
on_signal(void *arg, const struct signalfd_siginfo *si)
{
	struct trace *t = arg;

	note(t, si->ssi_signo == SIGUSR1 ? 'u' : 't');
}

static void
before_wait(void *arg)
{
	struct trace *t = arg;

	if (t->calls++ == 0)
		kill(getpid(), SIGUSR1);
	if (t->text[0] == 'u')
		loop_stop(t->loop);
}

static void
test_signal_between_check_and_wait(void)
{
	const int sigs[] = { SIGUSR1, SIGTERM };
	struct trace t = { .stop_after = -1 };
	struct err e = ERR_INIT;

	loop_new(&t.loop, &e);
	is_int(loop_signals(t.loop, sigs, 2, on_signal, &t, &e), 0, "watched");
	loop_before_wait(t.loop, before_wait, &t);
	loop_run(t.loop, &e);
	is_str(t.text, "u", "a signal before the wait is seen in it");
	loop_free(t.loop);
}

/* run: a shell with out as descriptor 1; its wait status. */
static int
run(const char *script, int out, struct err *e)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	const int fds[] = { -1, out, -1 };
	struct child_spec spec = { .argv = argv, .fds = fds, .n_fds = 3 };
	struct child c;
	int status = -1;
	siginfo_t si;

	if (child_start(&c, &spec, e) == -1)
		return -1;
	waitid(P_PIDFD, (id_t)c.pidfd, &si, WEXITED | WNOWAIT);
	is_int(child_reap(&c, &status), 1, "ended");
	is_int(c.pidfd, -1, "its pidfd is closed");
	return status;
}

static void
test_child_gets_what_it_needs(void)
{
	char got[512] = "";
	struct err e = ERR_INIT;
	int p[2], extra = open("/dev/null", O_RDONLY);	/* not close-on-exec */

	ok(pipe(p) == 0 && extra != -1, "a pipe and a stray descriptor");
	setenv("SECRET", "x", 1);
	is_int(run("ls -x /proc/self/fd | tr -s ' \\n' ' '; echo \"[$SECRET]\";"
	    " echo $(( $(ps -o pgid= -p $$) == $$ ));"
	    " grep SigBlk /proc/self/status | tr -d '\\t'", p[1], &e), 0,
	    "a shell ran");
	ok(read(p[0], got, sizeof(got) - 1) > 0, "and wrote");
	/* 3 is the folder that ls itself has open */
	is_str(got, "0 1 2 3 []\n1\nSigBlk:0000000000000000\n",
	    "three descriptors, no environment, own group, no blocked signals");
	close(p[0]);
	close(p[1]);
	close(extra);
}

static void
test_child_that_does_not_start(void)
{
	const char *argv[] = { "/nonexistent/program", NULL };
	const int fds[] = { -1, -1, -1 };
	struct child_spec spec = { .argv = argv, .fds = fds, .n_fds = 3 };
	struct child c;
	struct err e = ERR_INIT;

	is_int(child_start(&c, &spec, &e), -1, "no such program");
	is_int(e.sys, ENOENT, "tells why, at once");
	is_int(waitpid(-1, NULL, WNOHANG), -1, "and leaves no zombie");
	spec.n_fds = 2;
	is_int(child_start(&c, &spec, &e), -1, "too few descriptors");
}

static void
test_child_killed(void)
{
	const char *argv[] = { "/bin/cat", NULL };
	struct child_spec spec = { .argv = argv, .n_fds = 4 };
	struct err e = ERR_INIT;
	struct child c;
	siginfo_t si;
	int status, pair[2];
	char byte;

	ok(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "a socket");
	spec.fds = (const int[]){ pair[1], -1, -1, pair[1] };
	is_int(child_start(&c, &spec, &e), 0, "cat on a socket");
	close(pair[1]);
	is_int(child_reap(&c, &status), 0, "still runs");
	is_int(child_kill(&c, SIGKILL), 0, "killed");
	waitid(P_PIDFD, (id_t)c.pidfd, &si, WEXITED | WNOWAIT);
	is_int(child_reap(&c, &status), 1, "is reaped");
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "as killed");
	is_int(child_kill(&c, SIGKILL), -1, "once dead it gets no signal");
	is_int(read(pair[0], &byte, 1), 0, "nobody else holds its socket");
	close(pair[0]);
}

int
main(void)
{
	test_timers_in_order();
	test_timer_that_sets_itself();
	test_removed_gets_no_event();
	test_signal_between_check_and_wait();
	test_child_gets_what_it_needs();
	test_child_that_does_not_start();
	test_child_killed();
	return done_testing();
}
