#include "b64_digit.h"

bool
b64_shown(uint32_t x)
{
	static const volatile bool answers[] = { false, true };

	return answers[(x | (0 - x)) >> 31];
}
