#ifndef TAP_H
#define TAP_H
/* TAP for unit tests: each check is one line; main ends with done_testing(). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAP_FN(fmt, args) __attribute__((format(printf, fmt, args), unused)) static bool

static int tap_n, tap_failed;

__attribute__((format(printf, 2, 0)))
static bool
tap_line(bool cond, const char *fmt, va_list ap)
{
	tap_failed += !cond;
	printf("%s %d - ", cond ? "ok" : "not ok", ++tap_n);
	vprintf(fmt, ap);
	printf("\n");
	fflush(stdout);
	return cond;
}

#define TAP_LINE(cond)					\
	va_list ap;					\
	bool good = (cond);				\
							\
	va_start(ap, fmt);				\
	tap_line(good, fmt, ap);			\
	va_end(ap)

TAP_FN(2, 3)
ok(bool cond, const char *fmt, ...)
{
	TAP_LINE(cond);
	return good;
}

TAP_FN(3, 4)
is_int(int64_t got, int64_t want, const char *fmt, ...)
{
	TAP_LINE(got == want);
	if (!good)
		printf("# got %" PRId64 ", want %" PRId64 "\n", got, want);
	return good;
}

TAP_FN(3, 4)
is_str(const char *got, const char *want, const char *fmt, ...)
{
	TAP_LINE(got == want ||
	    (got != NULL && want != NULL && strcmp(got, want) == 0));
	if (!good)
		printf("# got  %s\n# want %s\n", got != NULL ? got : "NULL",
		    want != NULL ? want : "NULL");
	return good;
}

TAP_FN(4, 5)
is_mem(const void *got, const void *want, size_t n, const char *fmt, ...)
{
	TAP_LINE(n == 0 || memcmp(got, want, n) == 0);
	return good;
}

/* skip: a check that cannot be made here, and why. */
TAP_FN(1, 2)
skip(const char *fmt, ...)
{
	va_list ap;

	printf("ok %d # SKIP ", ++tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	return true;
}

/* unhex(out, text): the bytes that a vector spells; how many. */
__attribute__((unused)) static size_t
unhex(void *out, const char *text)
{
	uint8_t *p = out;
	size_t n = strlen(text) / 2;

	for (size_t i = 0; i < n; i++) {
		char two[3] = { text[2 * i], text[2 * i + 1], '\0' };

		p[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

static inline int
done_testing(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed > 0 || tap_n == 0;
}
#endif
