#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/cleanup.h"

int
secret_alloc(struct secret *s, size_t n, struct err *e)
{
	uint8_t *p;

	if (n == 0 || n > SECRET_MAX)
		return err_set(e, ERR_LIMIT, "a secret of %zu bytes", n);
	if (sodium_init() == -1)
		return err_set(e, ERR_CRYPTO, "libsodium does not start");
	p = sodium_malloc(n);	/* wiped and unlocked by sodium_free */
	if (p == NULL)
		return err_set(e, ERR_CRYPTO, "no locked memory: %s",
		    strerror(errno));
	memset(p, 0, n);
	*s = (struct secret){ .p = p, .len = n };
	return 0;
}

void
secret_release(struct secret *s)
{
	sodium_free(s->p);
	*s = (struct secret)SECRET_INIT;
}

static int
read_all(int fd, struct secret *s, struct err *e)
{
	size_t got = 0;

	while (got < s->len) {
		ssize_t n = read(fd, s->p + got, s->len - got);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_sys(e, "read");
		if (n == 0)
			return err_set(e, ERR_CONFIG, "it shrank");
		got += (size_t)n;
	}
	return 0;
}

int
secret_read_file(struct secret *s, const char *path, size_t max, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	CLEANUP(secret_release) struct secret got = SECRET_INIT;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s: is no regular file", path);
	if ((st.st_mode & 077) != 0)
		return err_set(e, ERR_CONFIG,
		    "%s: others may read it; mend with chmod 600", path);
	if (st.st_size < 1 || (size_t)st.st_size > max)
		return err_set(e, ERR_CONFIG, "%s: must have 1 to %zu bytes",
		    path, max);
	if (secret_alloc(&got, (size_t)st.st_size, e) == -1 ||
	    read_all(fd, &got, e) == -1)
		return err_wrap(e, "%s", path);
	*s = got;
	got = (struct secret)SECRET_INIT;
	return 0;
}
