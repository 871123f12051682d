#ifndef CRYPT_CT_H
#define CRYPT_CT_H
#include <stdbool.h>
#include <stddef.h>
/* ct_equal(a, b, n): whether n bytes are equal, in time that depends on n only. */
bool ct_equal(const void *a, const void *b, size_t n);
/*
 * ct_decide(yes): yes, as something that may be seen: what the protocol shows
 * anyway (a proof that is refused, a try that is repeated), or the length of a
 * number in limbs.  tests/ct knows this function, and lets what depends on the
 * answer pass.
 */
bool ct_decide(bool yes);
#endif
