#include <stdlib.h>
#include <string.h>
#include "field.h"

#define DURATION_MAX_S	(INT64_C(36525) * 86400)	/* 100 years: far inside what a timestamp holds */

static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

int
f_price(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s;
	size_t whole, part = 0;

	(void)f;
	if (field_str(at, v, 0, 64, &s, e) == -1)
		return -1;
	whole = digits(s);
	if (s[whole] == '.')
		part = digits(s + whole + 1) + 1;
	if (whole < 1 || whole > 38 || part == 1 || part > 19 || s[whole + part] != '\0')
		return err_set(e, ERR_VALIDATION, "%s must be a valid decimal number", at);
	*out = json_object_get(v);
	return 0;
}

int64_t
duration_s(const char *s)
{
	static const struct { char unit; int64_t s; } units[] = {
	    { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	size_t n = digits(s);

	if (n < 1 || n > 9 || s[n] == '\0' || s[n + 1] != '\0')
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == s[n]) {
			int64_t total = strtoll(s, NULL, 10) * units[i].s;	/* at most 10^9 * 86400 */

			return total >= 1 && total <= DURATION_MAX_S ? total : -1;
		}
	return -1;
}

int
f_duration(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s;

	(void)f;
	if (field_str(at, v, 0, 64, &s, e) == -1)
		return -1;
	if (duration_s(s) == -1)
		return err_set(e, ERR_VALIDATION,
		    "%s: duration must be in format 30d, 12h, 45m or 90s, from 1s to 36525d", at);
	*out = json_object_get(v);
	return 0;
}

/* n digits at s as a number, or -1. */
static int
number_at(const char *s, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

static int
days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool
is_offset(const char *s)
{
	int h, m;

	if (strcmp(s, "Z") == 0)
		return true;
	if ((*s != '+' && *s != '-') || strlen(s) != 6 || s[3] != ':')
		return false;
	h = number_at(s + 1, 2);
	m = number_at(s + 4, 2);
	return h >= 0 && h <= 14 && m >= 0 && m <= 59;
}

/* RFC 3339, section 5.6; no leap second, years 2000 to 9998 so that no offset leaves the range. */
static bool
is_time(const char *s)
{
	int year, month, day;
	size_t n = 0;

	if (strlen(s) < 20 || strlen(s) > 35 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' ||
	    s[16] != ':')
		return false;
	year = number_at(s, 4);
	month = number_at(s + 5, 2);
	day = number_at(s + 8, 2);
	if (year < 2000 || year > 9998 || month < 1 || month > 12 || day < 1 || day > days_of(year, month))
		return false;
	if (number_at(s + 11, 2) < 0 || number_at(s + 11, 2) > 23 || number_at(s + 14, 2) < 0 ||
	    number_at(s + 14, 2) > 59 || number_at(s + 17, 2) < 0 || number_at(s + 17, 2) > 59)
		return false;
	s += 19;
	if (*s == '.') {
		n = digits(s + 1);
		if (n < 1 || n > 9)
			return false;
		s += n + 1;
	}
	return is_offset(s);
}

int
f_time(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s;

	(void)f;
	if (field_str(at, v, 0, 64, &s, e) == -1)
		return -1;
	if (!is_time(s))
		return err_set(e, ERR_VALIDATION, "%s must be a time like 2026-01-31T12:00:00Z", at);
	*out = json_object_get(v);
	return 0;
}
