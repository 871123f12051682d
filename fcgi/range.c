#include "range.h"
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 18		/* of a position: inside int64_t */

/* The digits at *p, at most DIGITS_MAX of them; -1 when there are none or more. */
static int64_t
position(const char **p)
{
	size_t n = strspn(*p, "0123456789");
	int64_t v;

	if (n < 1 || n > DIGITS_MAX)
		return -1;
	v = strtoll(*p, NULL, 10);
	*p += n;
	return v;
}

static int
suffix_range(const char *p, int64_t size, int64_t *from, int64_t *len)
{
	int64_t n = position(&p);

	if (n == -1 || *p != '\0')
		return 0;
	if (n == 0 || size == 0)
		return -1;
	*len = n < size ? n : size;
	*from = size - *len;
	return 1;
}

int
range_parse(const char *header, int64_t size, int64_t *from, int64_t *len)
{
	static const char unit[] = "bytes=";
	int64_t first, last = size - 1;
	const char *p;

	if (header == NULL || strncmp(header, unit, sizeof(unit) - 1) != 0)
		return 0;
	p = header + sizeof(unit) - 1;
	if (*p == '-')
		return suffix_range(p + 1, size, from, len);
	first = position(&p);
	if (first == -1 || *p++ != '-')
		return 0;
	if (*p != '\0') {
		last = position(&p);
		if (last < first || *p != '\0')
			return 0;
	}
	if (first >= size)
		return -1;
	*from = first;
	*len = (last < size ? last + 1 : size) - first;
	return 1;
}

bool
etag_among(const char *header, const char *etag, bool weak)
{
	size_t n = strlen(etag);

	if (header == NULL)
		return false;
	if (strcmp(header, "*") == 0)
		return true;
	for (const char *p = header; *p != '\0';) {
		bool is_weak;
		const char *end;

		p += strspn(p, " \t,");
		is_weak = strncmp(p, "W/", 2) == 0;
		p += is_weak ? 2 : 0;
		if (*p != '"' || (end = strchr(p + 1, '"')) == NULL)
			return false;
		if ((size_t)(end - p - 1) == n && memcmp(p + 1, etag, n) == 0 && (weak || !is_weak))
			return true;
		p = end + 1;
	}
	return false;
}
