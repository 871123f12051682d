#include "hostmem.h"

#include <inttypes.h>
#include <stdio.h>


static int64_t
meminfo(const char *format)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	int64_t kib = -1;

	if (f == NULL)
		return INT64_MAX;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, format, &kib) == 1)
			break;
	fclose(f);
	return kib < 0 ? INT64_MAX : kib * 1024;
}

int64_t
hostmem_available(void)
{
	return meminfo("MemAvailable: %" SCNd64 " kB");
}

int64_t
hostmem_total(void)
{
	return meminfo("MemTotal: %" SCNd64 " kB");
}
