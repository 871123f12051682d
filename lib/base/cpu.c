#include "cpu.h"

#include <stdlib.h>
#include <string.h>

struct cpu {
	bool	known, avx2, avx512, eight;
};

static const struct cpu *
look(void)
{
	static struct cpu cpu;
	const char *told;

	if (cpu.known)
		return &cpu;
	told = getenv("DR_CPU");
	if (told == NULL)
		told = "";
#ifdef __x86_64__
	cpu.avx2 = __builtin_cpu_supports("avx2") && strcmp(told, "scalar") != 0;
	cpu.avx512 = cpu.avx2 && __builtin_cpu_supports("avx512f") && strcmp(told, "avx2") != 0;
#endif
	cpu.eight = cpu.avx512 || strcmp(told, "eight") == 0;
	cpu.known = true;
	return &cpu;
}

bool
cpu_avx2(void)
{
	return look()->avx2;
}

bool
cpu_avx512(void)
{
	return look()->avx512;
}

bool
cpu_eight(void)
{
	return look()->eight;
}
