/* t_vdaf_own.c with eight reports in step, also where the processor has no AVX-512. */
#include <stdlib.h>

static void __attribute__((constructor))
choose(void)
{
	setenv("DR_CPU", "eight", 1);
}

#include "t_vdaf_own.c"
