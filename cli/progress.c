#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/clock.h"
#include "table.h"

#define CLEAR "\r\033[K"
#define BAR	24	/* characters of the bar */

void
progress_start(struct progress *p, bool quiet)
{
	*p = (struct progress){ .on = !quiet && isatty(STDERR_FILENO), .start_us = clock_mono_us(), .position = -1 };
}

/* take_far: {"progress": {"done", "total", "unit"}}, of which total may be missing. */
static void
take_far(struct progress *p, struct json_object *state)
{
	struct json_object *done = table_member(state, "progress.done"), *total = table_member(state, "progress.total"),
	    *unit = table_member(state, "progress.unit");

	p->done = done != NULL ? json_object_get_int64(done) : 0;
	p->total = total != NULL ? json_object_get_int64(total) : 0;
	snprintf(p->unit, sizeof(p->unit), "%s", unit != NULL ? json_object_get_string(unit) : "");
}

static void
print_far(const struct progress *p)
{
	int64_t done = p->done < 0 ? 0 : p->done < p->total ? p->done : p->total;
	int full = (int)((double)done / (double)p->total * BAR);
	char bar[BAR + 1];

	memset(bar, '.', BAR);
	memset(bar, '#', (size_t)full);
	bar[BAR] = '\0';
	fprintf(stderr, " [%s] %" PRId64 " of %" PRId64 " ", bar, done, p->total);
	clean_print(stderr, p->unit);
}

void
progress_set(struct progress *p, struct json_object *state)
{
	struct json_object *phase = table_member(state, "phase"), *position = table_member(state, "queue_position");

	if (p == NULL)
		return;
	snprintf(p->phase, sizeof(p->phase), "%s",
	    json_object_is_type(phase, json_type_string) ? json_object_get_string(phase) : "pending");
	p->position = json_object_is_type(position, json_type_int) ? json_object_get_int64(position) : -1;
	take_far(p, state);
	progress_tick(p);
}

void
progress_tick(void *arg)
{
	struct progress *p = arg;
	int64_t s;

	if (p == NULL || !p->on)
		return;
	s = (clock_mono_us() - p->start_us) / 1000000;
	fputs(CLEAR, stderr);
	clean_print(stderr, p->phase);
	if (p->total > 0)
		print_far(p);
	if (p->position >= 0)
		fprintf(stderr, ", position %" PRId64, p->position);
	fprintf(stderr, ", %" PRId64 ":%02" PRId64 " ", s / 60, s % 60);
}

void
progress_end(struct progress *p)
{
	if (p != NULL && p->on)
		fputs(CLEAR, stderr);
}
