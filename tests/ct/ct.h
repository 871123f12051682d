#ifndef CT_TEST_H
#define CT_TEST_H
/*
 * Constant time by Valgrind: secrets are marked undefined, and memcheck reports
 * each branch and each address that depends on one.  docs/design/ct.md says how
 * to add a test.  Outside Valgrind the marks do nothing.
 *
 * Source: A. Langley, ctgrind, 2010.
 */
#include <stddef.h>
#include <stdio.h>
#include <valgrind/memcheck.h>

/* ct_secret(p, n): what n bytes say must not be seen in time from here on. */
static inline void
ct_secret(const void *p, size_t n)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(p, n);
}

/* ct_public(p, n): the bytes may be looked at again: a result that is published,
 * or a decision that the protocol shows anyway. */
static inline void
ct_public(const void *p, size_t n)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(p, n);
}

/*
 * One TAP line a step: it is clean when Valgrind reported nothing new since the
 * step before.  main returns ct_done().
 */
static unsigned ct_steps, ct_errors, ct_failed;

static inline void
ct_step(const char *what)
{
	unsigned errors = VALGRIND_COUNT_ERRORS;

	ct_failed += errors != ct_errors;
	printf("%s %u - %s\n", errors == ct_errors ? "ok" : "not ok", ++ct_steps, what);
	fflush(stdout);
	ct_errors = errors;
}

/*
 * ct_still(p, n, what): a step that is good when bytes made of a secret are still
 * marked: memcheck followed it through every instruction on the way.  n up to 4096.
 */
static inline void
ct_still(const void *p, size_t n, const char *what)
{
	unsigned char bits[4096], any = 0;

	if (VALGRIND_GET_VBITS(p, bits, n) == 1)
		for (size_t i = 0; i < n; i++)
			any |= bits[i];
	ct_failed += any == 0;
	printf("%s %u - %s\n", any != 0 ? "ok" : "not ok", ++ct_steps, what);
	fflush(stdout);
}

static inline int
ct_done(void)
{
	printf("1..%u\n", ct_steps);
	return ct_failed > 0 || ct_steps == 0;
}
#endif
