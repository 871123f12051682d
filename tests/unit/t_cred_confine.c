/* What a confined runner and its forks may still do to processes. */
#include "../tap.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../worker/cred/confine.h"

/* in_confinement: what act says of itself there: its wait status. */
static int
in_confinement(int (*act)(void))
{
	struct err e = ERR_INIT;
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(confine("/tmp", 0, &e) == -1 ? 99 : act());
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

int
main(void)
{
	int status;

	is_int(in_confinement(signal_one), 0, "a process may be signalled: helpers are ended so");
	is_int(in_confinement(signal_all), 0, "not all of them");
	is_int(in_confinement(signal_group), 0, "nor a group");
	status = in_confinement(give_up);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "one that is out of memory ends by SIGABRT, which its runner tells");
	return done_testing();
}
