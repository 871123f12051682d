#include "ct.h"

#include <sodium.h>

bool
ct_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

bool
ct_decide(bool yes)
{
	static const volatile bool answers[] = { false, true };

	return answers[yes];
}
