#ifndef SANDBOX_COLLECT_H
#define SANDBOX_COLLECT_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
#include "outfile.h"
#include "spec.h"
/*
 * What a job leaves in its artifacts folder, after every process of it is dead:
 * first a walk that lists regular files with one link and a good name, then a
 * copy in slices.  Nothing is followed out of the folder.
 */
#define COLLECT_NAME_MAX	128	/* bytes of a name with its folders */
#define COLLECT_DEPTH_MAX	4	/* parts of a name */
#define COLLECT_SEEN_MAX	16384	/* entries looked at before the walk gives up */
#define COLLECT_NOTES_MAX	100

struct collect_file { char name[COLLECT_NAME_MAX + 1]; int64_t size; };

struct collect {
	int	root;			/* borrowed */
	const struct spec *spec;	/* borrowed */
	struct collect_file *files;	/* sorted by name */
	size_t	n_files, seen, next;
	int64_t	bytes;
	struct json_object *notes;	/* [{"name","why"}] of what stays behind */
	const char *too_large;		/* the limit that was passed, or NULL */
	const char *missing;		/* a declared output that is not there, or NULL */
	int	source;			/* being copied */
	struct outfile out;
	unsigned n_out;			/* number of the next out/<n> */
};
#define COLLECT_INIT { .root = -1, .source = -1, .out = OUTFILE_INIT }

/* collect_walk(c, root, spec, first, e): list; the first copy will be out/<first>. */
int collect_walk(struct collect *c, int root, const struct spec *spec, unsigned first, struct err *e);
/* collect_step(c, rows, e): copy at most 1 MiB.  1 there is more, 0 all is in rows, -1. */
int collect_step(struct collect *c, struct json_object *rows, struct err *e);
/* collect_near(c, name): an existing name that differs from name in case or folder only, or NULL. */
const char *collect_near(const struct collect *c, const char *name);
/* collect_name_ok(name): parts of [A-Za-z0-9._-] without leading dot, at most DEPTH and NAME_MAX. */
bool collect_name_ok(const char *name);
void collect_release(struct collect *c);
#endif
