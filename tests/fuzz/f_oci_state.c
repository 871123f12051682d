/* The OCI runtime's pid file. */
#include <stdlib.h>

#include "../../worker/sandbox/oci.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pid_t pid = 0;

	if (oci_pid_parse((const char *)data, size, &pid) == 0 ? pid < 2 : pid != 0)
		abort();
	return 0;
}
