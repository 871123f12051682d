#include "fault.h"

#ifdef DR_FAULTS
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

#define DIR_FD_MIN	200	/* out of the way of descriptors that come by number */
#define ENV_NAME	"DR_FAULT_DIR"

static int dir_fd = -1;
static char env[1100];

static const char *const names[FAULT_MAX] = {
#define FAULT(id, name, who, holds) [FAULT_##id] = name,
#include "fault.def"
#undef FAULT
};

/* Opened before anything else: a sandbox covers the host's folders later on. */
__attribute__((constructor))
static void
open_dir(void)
{
	const char *dir = getenv(ENV_NAME);
	int fd = dir == NULL ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return;
	dir_fd = fcntl(fd, F_DUPFD_CLOEXEC, DIR_FD_MIN);
	close(fd);
	snprintf(env, sizeof(env), ENV_NAME "=%s", dir);
}

const char *
fault_env(void)
{
	return env[0] != '\0' ? env : NULL;
}

static void
append(const char *name, const char *text, size_t n)
{
	CLEANUP(cleanup_close) int fd = openat(dir_fd, name,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd == -1 || write(fd, text, n) != (ssize_t)n)
		abort();	/* a ledger with holes proves nothing */
}

void
fault_witness(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	if (dir_fd == -1)
		return;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n < 0 || n > (int)sizeof(line) - 2)
		abort();
	line[n] = '\n';
	append("witness", line, (size_t)n + 1);
}

/* take(fd, name): the signal when this passing is the one, or 0.  Whoever holds
 * the lock counts; a name that is gone has struck already. */
static int
take(int fd, const char *name)
{
	char text[32] = "", word[8] = "";
	struct stat st;
	int n = 0;

	if (flock(fd, LOCK_EX) == -1 || fstat(fd, &st) == -1 || st.st_nlink == 0 ||
	    pread(fd, text, sizeof(text) - 1, 0) <= 0 || sscanf(text, "%d %7s", &n, word) != 2)
		return 0;
	if (n > 1) {
		int len = snprintf(text, sizeof(text), "%d %s\n", n - 1, word);

		return pwrite(fd, text, (size_t)len, 0) == len && ftruncate(fd, len) == 0 ? 0 : SIGABRT;
	}
	if (unlinkat(dir_fd, name, 0) == -1)
		return 0;
	return strcmp(word, "stop") == 0 ? SIGSTOP : SIGKILL;
}

void
fault_pass(enum fault_id id)
{
	CLEANUP(cleanup_close) int fd = dir_fd == -1 ? -1 :
	    openat(dir_fd, names[id], O_RDWR | O_CLOEXEC);
	char line[64];
	int sig = fd == -1 ? 0 : take(fd, names[id]), n;

	if (sig == 0)
		return;
	n = snprintf(line, sizeof(line), "%s %d\n", names[id], (int)getpid());
	append("struck", line, (size_t)n);
	cleanup_close(&fd);
	kill(getpid(), sig);
}
#endif
