/*
 * What the OCI runtime leaves: its pid file, and the log whose last line goes
 * into ours.
 * Reaches: worker/sandbox/oci_said.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../worker/sandbox/oci_said.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[40];
	pid_t pid = 0;

	if (oci_pid_parse((const char *)data, size, &pid) == 0 ? pid < 2 : pid != 0)
		abort();
	oci_last_line(line, sizeof(line), (const char *)data, size);
	for (const char *p = line; *p != '\0'; p++)
		if (*p < 0x20 || *p > 0x7e)
			abort();
	return 0;
}
