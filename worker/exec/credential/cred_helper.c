#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/fault.h"
#include "../../../lib/proc/frame.h"
#include "cred.h"

static void
be_helper(pid_t parent, int (*fn)(void *arg, int fd), void *arg, int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(111);	/* it died before we asked */
	close(FRAME_FD);	/* workerd is spoken to by one process */
	FAULT_POINT(CRED_HELPER);
	_exit(fn(arg, fd) == 0 ? 0 : 1);
}

int
cred_helper_start(struct cred_helper *out, int (*fn)(void *arg, int fd), void *arg, struct err *e)
{
	pid_t pid, parent = getpid();
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1)
		return err_sys(e, "pipe");
	pid = fork();
	if (pid == 0)
		be_helper(parent, fn, arg, p[1]);
	close(p[1]);
	if (pid == -1) {
		close(p[0]);
		return err_sys(e, "fork");
	}
	*out = (struct cred_helper){ .pid = pid, .fd = p[0] };
	return 0;
}

int
cred_helper_end(struct cred_helper *h, struct err *e)
{
	int status = 0;
	pid_t r;

	cleanup_close(&h->fd);
	do
		r = waitpid(h->pid, &status, 0);
	while (r == -1 && errno == EINTR);
	if (r == -1)
		return err_sys(e, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(e, ERR_INTERNAL, "a helper ended with status %d", status);
	return 0;
}
