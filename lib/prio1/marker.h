#ifndef PRIO1_MARKER_H
#define PRIO1_MARKER_H
#include <stdbool.h>
#include <stddef.h>
#include "../base/err.h"
#include "store.h"
/*
 * The marker of raw/ in a flat tree says of which day its parts are, and how many:
 * "2024-05-31 3\n".  The folder has no date in its name, so a bare marker of yesterday
 * would pass for today's.  Markers of a dated tree are empty.
 */
#define PRIO_RAW_SAYS	32	/* bytes, with NUL */
void prio_raw_says(char out[PRIO_RAW_SAYS], const char *date, size_t parts);
/* prio_raw_said(s, marker, out, e): what it says: 1; 0: there is none; -1.  Longer words are none of ours: "". */
int prio_raw_said(struct prio_store *s, const char *marker, char out[PRIO_RAW_SAYS], struct err *e);
bool prio_raw_of(const char *said, const char *date);	/* is it of that day, however many parts? */
#endif
