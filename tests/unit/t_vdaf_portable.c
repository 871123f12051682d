/* t_vdaf_field.c with the portable functions of Field128 instead of assembler. */
#define F128_PORTABLE
#include "t_vdaf_field.c"
