#include "when.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/base/clock.h"

#define LONGEST_S	(INT64_C(10) * 366 * 86400)

int
when_duration(const char *text, int64_t *out_s, struct err *e)
{
	static const struct { char unit; int64_t s; } units[] = {
		{ '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
	};
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (end == text || *end != units[i].unit || (*end != '\0' && end[1] != '\0'))
			continue;
		if (errno != 0 || n < 1 || n > LONGEST_S / units[i].s)
			break;
		*out_s = n * units[i].s;
		return 0;
	}
	return err_set(e, ERR_CONFIG, "%.64s: a duration like 90s, 15m, 12h or 30d is expected", text);
}

int
when_rfc3339(char out[WHEN_MAX], const char *text, struct err *e)
{
	int64_t in_s;
	time_t at;
	struct tm tm;

	if (strchr(text, 'T') != NULL) {
		if (strlen(text) >= WHEN_MAX)
			return err_set(e, ERR_CONFIG, "%.64s: a time like 2026-01-31T12:00:00Z is expected", text);
		snprintf(out, WHEN_MAX, "%s", text);
		return 0;
	}
	if (when_duration(text, &in_s, e) == -1)
		return -1;
	at = (time_t)(clock_wall_us() / 1000000 + in_s);
	if (gmtime_r(&at, &tm) == NULL || strftime(out, WHEN_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return err_set(e, ERR_SYS, "the clock is out of range");
	return 0;
}
