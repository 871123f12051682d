#ifndef RUNNER_OUTCOME_H
#define RUNNER_OUTCOME_H
#include <stdbool.h>
#include <stdint.h>
#include <json-c/json.h>
#include "../../lib/base/err.h"
/* What a run cost, from first to last line. */
struct run_usage { int64_t wall_ms, cpu_ms, memory_peak_bytes; };
/* outcome_new(why, started, u): the outcome object of contract.md, section 2;
 * why NULL: completed.  The caller puts it. */
struct json_object *outcome_new(const struct err *why, bool started,
    const struct run_usage *u);
#endif
