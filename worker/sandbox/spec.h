#ifndef SANDBOX_SPEC_H
#define SANDBOX_SPEC_H
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include "../../lib/base/err.h"
/*
 * One job as the frame "job" describes it (docs/design/contract.md, section 5),
 * with every number bounded and every name fit to become a path.
 */
#define SPEC_INPUTS_MAX	32
#define SPEC_OUTPUTS_MAX 256
#define SPEC_NAME_MAX	64	/* bytes of a variable or an asset's name */

struct spec_input {
	const char *variable;	/* Python identifier */
	const char *asset_id;	/* [A-Za-z0-9][A-Za-z0-9._-]* */
	const char *kind;	/* csv tsv jsonl parquet npy tar file */
};

struct spec_limits {
	int64_t	cpus, memory_mb, wall_s, disk_mb, pids, artifacts, output_mb, log_kb;
};

struct spec {
	struct json_object *frame;	/* owned; everything below points into it */
	const char *id, *dir;
	int64_t	timeout_ms;
	bool	fresh;			/* isolation "job": a container of its own */
	struct spec_limits limits;
	size_t	n_inputs, n_outputs;
	struct spec_input inputs[SPEC_INPUTS_MAX];
	const char *outputs[SPEC_OUTPUTS_MAX];	/* declared names or globs */
	struct json_object *spec;	/* for params and columns */
};
#define SPEC_INIT { .frame = NULL }

/**
 * spec_parse(s, frame, e):
 * Take a reference on frame and describe it.  Absent limits have their
 * defaults.  Returns 0, or -1 with ERR_VALIDATION naming the member.
 */
int spec_parse(struct spec *s, struct json_object *frame, struct err *e);
void spec_release(struct spec *s);
/* spec_name_ok(s): fit to be one part of a path: no leading dot, no slash, 1..SPEC_NAME_MAX bytes. */
bool spec_name_ok(const char *s);
#endif
