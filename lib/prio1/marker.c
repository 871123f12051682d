#include "marker.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"

void
prio_raw_says(char out[PRIO_RAW_SAYS], const char *date, size_t parts)
{
	snprintf(out, PRIO_RAW_SAYS, "%s %zu\n", date, parts);
}

int
prio_raw_said(struct prio_store *s, const char *marker, char out[PRIO_RAW_SAYS], struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct err why = ERR_INIT;

	if (prio_slurp(s, marker, PRIO_RAW_SAYS - 1, &text, &why) == -1) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		if (why.code != ERR_TOO_LARGE) {
			if (e != NULL)
				*e = why;
			return -1;
		}
	}
	memset(out, 0, PRIO_RAW_SAYS);
	if (text.len > 0)
		memcpy(out, text.data, text.len);
	return 1;
}

bool
prio_raw_of(const char *said, const char *date)
{
	size_t n = strlen(date);

	return strncmp(said, date, n) == 0 && said[n] == ' ';
}
