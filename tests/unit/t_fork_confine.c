/* What a confined runner and its forks may still do to processes. */
#include "../tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../worker/fork/confine.h"

/* in_confinement: what act says of itself there: its wait status. */
static int
in_confinement(bool net, int (*act)(void))
{
	struct err e = ERR_INIT;
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(confine("/tmp", 0, net, &e) == -1 ? 99 : act());
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		return -1;
	return status;
}

static int
signal_one(void)
{
	return kill(getpid(), 0) == -1;
}

static int
signal_all(void)
{
	return !(kill(-1, 0) == -1 && errno == EPERM);
}

static int
signal_group(void)
{
	return !(kill(-getppid(), 0) == -1 && errno == EPERM);
}

static int
give_up(void)
{
	abort();
}

static int
has_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) == -1;
}

static int
has_none(void)
{
	return !(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) == -1 && errno == EPERM);
}

static int
unplugged(void)
{
	struct err e = ERR_INIT;

	return confine_unplug(&e) == -1 || has_none() != 0;
}

static int
writes_nowhere(void)
{
	return !(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) == -1 && errno == EPERM);
}

int
main(void)
{
	int status;

	is_int(in_confinement(false, signal_one), 0, "a process may be signalled: helpers are ended so");
	is_int(in_confinement(false, signal_all), 0, "not all of them");
	is_int(in_confinement(false, signal_group), 0, "nor a group");
	status = in_confinement(false, give_up);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "one that is out of memory ends by SIGABRT, which its runner tells");
	is_int(in_confinement(false, has_none), 0, "there is no socket");
	is_int(in_confinement(true, has_socket), 0, "but for a service whose kinds may need one");
	is_int(in_confinement(true, unplugged), 0, "and of that one for no kind that does not");
	is_int(in_confinement(true, writes_nowhere), 0, "which opens files to read only");
	return done_testing();
}
