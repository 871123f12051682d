#include "oci_said.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

int
oci_pid_parse(const char *text, size_t n, pid_t *pid)
{
	long v = 0;
	size_t i = 0;

	for (; i < n && isdigit((unsigned char)text[i]); i++)
		if ((v = v * 10 + (text[i] - '0')) > INT32_MAX)
			return -1;
	if (i == 0 || v < 2 || (i < n && text[i] != '\n'))
		return -1;
	*pid = (pid_t)v;
	return 0;
}

void
oci_last_line(char *out, size_t n, const char *text, size_t len)
{
	const char *line;
	size_t k = 0;

	while (len > 0 && text[len - 1] == '\n')
		len--;
	line = len > 0 ? memrchr(text, '\n', len) : NULL;
	for (const char *p = line != NULL ? line + 1 : text; p < text + len && k + 1 < n; p++)
		out[k++] = (char)(isprint((unsigned char)*p) != 0 ? *p : '?');
	out[k] = '\0';
}
