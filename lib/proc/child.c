#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/fault.h"

#define FDS_MAX 16

/*
 * Move every wanted descriptor above the target range first, so that dup2 to
 * 0..n-1 never overwrites one that is still needed.
 */
static int
arrange_fds(const int *fds, size_t n)
{
	int high[FDS_MAX];

	for (size_t i = 0; i < n; i++) {
		int fd = fds[i] == -1 ? open("/dev/null", O_RDWR | O_CLOEXEC) : fds[i];

		high[i] = fd == -1 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FDS_MAX);
		if (high[i] == -1)
			return -1;
	}
	for (size_t i = 0; i < n; i++)
		if (dup2(high[i], (int)i) == -1)
			return -1;
	return (int)syscall(SYS_close_range, (unsigned)n, ~0u, 0);
}

static void
run_child(const struct child_spec *s, pid_t parent, int report)
{
	const char *const default_env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	    "LANG=C.UTF-8", fault_env(), NULL };
	sigset_t none;
	int saved;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (s->die_with_parent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(111);	/* it died before we asked */
	}
	if ((s->session ? setsid() != -1 : setpgid(0, 0) == 0) && (s->cwd == NULL || chdir(s->cwd) == 0)) {
		int fds[FDS_MAX], n = (int)s->n_fds;

		/* the report pipe rides along, close-on-exec, as the last one */
		memcpy(fds, s->fds, s->n_fds * sizeof(int));
		fds[n] = report;
		if (arrange_fds(fds, s->n_fds + 1) == 0) {
			report = n;
			fcntl(report, F_SETFD, FD_CLOEXEC);
			execve(s->argv[0], (char *const *)s->argv,
			    (char *const *)(s->envp != NULL ? s->envp : default_env));
		}
	}
	saved = errno;
	if (write(report, &saved, sizeof(saved)) != (ssize_t)sizeof(saved))
		_exit(112);
	_exit(111);
}

int
child_start(struct child *out, const struct child_spec *spec, struct err *e)
{
	int pipefd[2], status, why = 0;
	pid_t pid, parent = getpid();
	ssize_t n;

	if (spec->n_fds < 3 || spec->n_fds >= FDS_MAX)
		return err_set(e, ERR_LIMIT, "child needs 3..%d descriptors", FDS_MAX - 1);
	if (pipe2(pipefd, O_CLOEXEC) == -1)
		return err_sys(e, "pipe2");
	pid = fork();
	if (pid == -1) {
		err_sys(e, "fork");
		close(pipefd[0]);
		close(pipefd[1]);
		return -1;
	}
	if (pid == 0)
		run_child(spec, parent, pipefd[1]);
	close(pipefd[1]);
	do
		n = read(pipefd[0], &why, sizeof(why));
	while (n == -1 && errno == EINTR);
	close(pipefd[0]);
	if (n != 0) {
		waitpid(pid, &status, 0);
		errno = n == (ssize_t)sizeof(why) ? why : EIO;
		return err_sys(e, "start %s", spec->argv[0]);
	}
	out->pid = pid;
	out->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (out->pidfd == -1) {
		err_sys(e, "pidfd_open");
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return -1;
	}
	fcntl(out->pidfd, F_SETFD, FD_CLOEXEC);
	return 0;
}

int
child_reap(struct child *c, int *status)
{
	pid_t r = waitpid(c->pid, status, WNOHANG);

	if (r == 0)
		return 0;
	if (r == -1)
		return -1;
	close(c->pidfd);
	c->pidfd = -1;
	return 1;
}

int
child_kill(struct child *c, int sig)
{
	if (c->pidfd == -1)
		return -1;
	return (int)syscall(SYS_pidfd_send_signal, c->pidfd, sig, NULL, 0);
}

int
child_kill_group(struct child *c, int sig)
{
	/* until it is reaped its number is its own, and so is its group's */
	return c->pidfd == -1 ? -1 : kill(-c->pid, sig);
}
