#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
cleanup_free(void *pp)
{
	void *p;

	memcpy(&p, pp, sizeof(p));	/* any pointer type, no aliasing */
	free(p);
}

void
cleanup_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}
