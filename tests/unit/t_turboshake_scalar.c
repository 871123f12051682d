/* t_turboshake.c without any wide instruction. */
#include <stdlib.h>

static void __attribute__((constructor))
choose(void)
{
	setenv("DR_CPU", "scalar", 1);
}

#include "t_turboshake.c"
