#include "libexec.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
libexec_dir(char out[LIBEXEC_MAX], const char *set, struct err *e)
{
	ssize_t n;

	if (set[0] != '\0') {
		snprintf(out, LIBEXEC_MAX, "%s", set);
		return 0;
	}
	n = readlink("/proc/self/exe", out, LIBEXEC_MAX - 1);
	if (n <= 0)
		return err_sys(e, "libexec_dir");
	out[n] = '\0';
	*strrchr(out, '/') = '\0';
	return 0;
}
