/* t_turboshake.c without AVX-512, where the processor has it. */
#include <stdlib.h>

static void __attribute__((constructor))
choose(void)
{
	setenv("DR_CPU", "avx2", 1);
}

#include "t_turboshake.c"
