#ifndef TAP_H
#define TAP_H
/* TAP for unit tests: each check is one line; main ends with done_testing(). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_n, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool
ok(bool cond, const char *fmt, ...)
{
	va_list ap;

	tap_failed += !cond;
	printf("%s %d - ", cond ? "ok" : "not ok", ++tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	return cond;
}

__attribute__((unused)) static bool
is_int(int64_t got, int64_t want, const char *what)
{
	if (ok(got == want, "%s", what))
		return true;
	printf("# got %" PRId64 ", want %" PRId64 "\n", got, want);
	return false;
}

__attribute__((unused)) static bool
is_str(const char *got, const char *want, const char *what)
{
	bool same = got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);

	if (ok(same, "%s", what))
		return true;
	printf("# got  %s\n# want %s\n", got != NULL ? got : "NULL", want != NULL ? want : "NULL");
	return false;
}

__attribute__((unused)) static bool
is_mem(const void *got, const void *want, size_t n, const char *what)
{
	return ok(memcmp(got, want, n) == 0, "%s", what);
}

static inline int
done_testing(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed > 0 || tap_n == 0;
}
#endif
